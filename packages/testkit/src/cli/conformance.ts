import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { testCertificates } from '../certificates/index.ts';
import {
  allCases,
  BEHAVIOURS,
  conformanceReport,
  describeTask,
  knownFailuresFrom,
  programTasks,
  programUnderTest,
  progressLines,
  reportToHtml,
  reportToJson,
  reportToText,
  runConformance,
  type ConformanceCase,
  type KnownFailure,
} from '../conformance/index.ts';
import { WAYS, withConformanceOptions, type ConformanceFlags } from './conformance-options.ts';
import { CommandFailure, type Surroundings } from './surroundings.ts';

/** `conformance`: judges a program that speaks MQTT v5, started anew for each case. */
export function conformanceCommand(surroundings: Surroundings): Command {
  const command = new Command('conformance')
    .description('Judges an MQTT v5 client by the statements of the standard: a program that is started for each case.')
    .action((flags: ConformanceFlags) => conformance(flags, surroundings));
  return withConformanceOptions(command);
}

async function conformance(flags: ConformanceFlags, surroundings: Surroundings): Promise<void> {
  const cases = allCases.filter(({ name }) => flags.case?.test(name) ?? true);
  if (flags.list) return list(cases, surroundings);
  if (flags.client === undefined)
    throw new CommandFailure('--client is missing; --list says what a program has to do', 2);
  const folder = await mkdtemp(join(tmpdir(), 'minimq-conformance-'));
  try {
    await judge(flags, flags.client, cases, folder, surroundings);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A line for each case that a program can play. */
async function list(cases: readonly ConformanceCase[], { out }: Surroundings): Promise<void> {
  const tasks = await programTasks(cases);
  for (const [behaviour, sentence] of Object.entries(BEHAVIOURS)) out(`${behaviour}: ${sentence}\n`);
  out('\n');
  for (const { name, statements } of cases) {
    const task = tasks.get(name);
    if (task !== undefined) out(`${name}\n  ${statements.join(', ')}\n  ${describeTask(task)}\n`);
  }
  out(`\n${tasks.size} of ${cases.length} cases; the others need more than a program can be told.\n`);
}

async function judge(
  flags: ConformanceFlags,
  command: string,
  cases: readonly ConformanceCase[],
  folder: string,
  { out, err, signal, columns }: Surroundings,
): Promise<void> {
  const { over, name, lacks, plays } = flags;
  const knownFailures = flags.known === undefined ? [] : await knownFailuresIn(flags.known);
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, testCertificates().ca.cert);
  const program = await asked(() => programUnderTest({ command, name, lacks, plays, ca, signal }, cases));
  const result = await runConformance({
    ...program,
    way: WAYS[over](),
    concurrency: flags.concurrency,
    onProgress: progressLines({ write: err, columns, knownFailures }),
  });
  if (signal.aborted) throw new CommandFailure('It was stopped before its end', 1);
  const report = conformanceReport([{ result, knownFailures }]);
  if (flags.report !== undefined) await writeFile(flags.report, reportToHtml(report));
  if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(reportToJson(report), undefined, 2)}\n`);
  out(reportToText(report));
  if (report.exitCode !== 0) throw new CommandFailure('The client has failed', report.exitCode);
}

async function knownFailuresIn(path: string): Promise<readonly KnownFailure[]> {
  const text = await readFile(path, 'utf8');
  return asked(async () => knownFailuresFrom(JSON.parse(text)));
}

/** What is wrong in an argument, or in a file that an argument names, is the caller's to mend. */
async function asked<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    throw new CommandFailure(error.message, 2, { cause: error });
  }
}
