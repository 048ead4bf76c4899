import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  allCases,
  conformanceReport,
  knownFailuresFrom,
  memoryWay,
  progressLines,
  reportToHtml,
  reportToJson,
  reportToText,
  runConformance,
  tcpWay,
  webSocketWay,
  type KnownFailure,
  type ProgramUnderTest,
  type ReportInput,
  type Way,
} from '@minimq/testkit/conformance';
import { minimq } from './clients/index.ts';
import type { RunOptions } from './options.ts';
import { resultsPage } from './results.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT_REPORT = resolve(folder, 'report', 'index.html');

interface Column extends ProgramUnderTest {
  readonly way: Way;
  readonly knownFailures: readonly KnownFailure[];
}

/** Runs what was asked for, writes the reports, and resolves with the exit code: 0 where nothing failed unexpectedly. */
export async function run({ others, withOurs, cases: pattern, report, json, results }: RunOptions): Promise<0 | 1> {
  const cases = allCases.filter(({ name }) => pattern === undefined || pattern.test(name));
  const ways = [memoryWay(), tcpWay(), webSocketWay()];
  const ours = ways.map((way): Column => ({ client: minimq, cases, way, knownFailures: [] }));
  const theirs = others.map(async ([name, prepare]): Promise<Column> => ({
    ...(await prepare(cases)),
    way: tcpWay(),
    knownFailures: await knownFailuresOf(name),
  }));
  const columns = [...(withOurs ? ours : []), ...(await Promise.all(theirs))];
  const inputs: ReportInput[] = [];
  for (const column of columns) inputs.push(await judge(column));
  const done = conformanceReport(inputs);
  const page = report === undefined ? DEFAULT_REPORT : asked(report);
  await write(page, reportToHtml(done));
  if (json !== undefined) await write(asked(json), `${JSON.stringify(reportToJson(done), undefined, 2)}\n`);
  if (results !== undefined) await write(asked(results), resultsPage(done));
  process.stdout.write(`\n${reportToText(done)}\nThe report: ${page}\n`);
  return done.exitCode;
}

async function judge({ client, cases, way, knownFailures }: Column): Promise<ReportInput> {
  const { isTTY, columns } = process.stderr;
  const write = (text: string): void => void process.stderr.write(text);
  write(`${client.name} over ${way.name}: ${cases.length} cases\n`);
  const onProgress = progressLines({ write, columns: isTTY ? columns : undefined, knownFailures });
  return { result: await runConformance({ client, way, cases, onProgress }), knownFailures };
}

/** `known/NAME.json`. */
async function knownFailuresOf(name: string): Promise<readonly KnownFailure[]> {
  return knownFailuresFrom(JSON.parse(await readFile(resolve(folder, 'known', `${name}.json`), 'utf8')));
}

/** Where somebody who is in their own folder means a path to be. */
function asked(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path);
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
