import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, type Ended } from '../children/program.ts';
import type { Row } from '../report/row.ts';
import { rowOf } from './row-of.ts';

/** The part of vitest's report that is looked at. */
interface TestReport {
  readonly numPassedTests: number;
  readonly testResults: readonly TestedFile[];
}

interface TestedFile {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[] | null;
  }[];
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What depends on the Node under it, and pours nothing: flow control has checks of its own here. */
const FILES = [
  ...['connect', 'faults', 'resumption', 'wrap'].map((name) => `packages/transport-tls/test/${name}.test.ts`),
  ...['connect', 'faults', 'proxy', 'session'].map((name) => `packages/transport-ws/test/${name}.test.ts`),
];

/** Runs the tests of the transports in another Node than `npm test` does; `command`: that Node. */
export function judgeTests(runtime: string, command: string): Promise<Row> {
  return rowOf({ runtime, transport: 'all', through: 'vitest' }, async () => {
    const { end, out, err, report } = await runVitest(command);
    if (report === undefined) throw new Error(`vitest ended with ${end}\n${err || out}`);
    const { numPassedTests, testResults } = report;
    const problems = testResults.flatMap(problemsOf);
    if (testResults.length !== FILES.length) problems.push(`${testResults.length} files were run, not ${FILES.length}`);
    if (end !== 0 && problems.length === 0) problems.push(`vitest ended with ${end}\n${err}`);
    return { result: `${numPassedTests} tests of the transports`, problems };
  });
}

async function runVitest(command: string): Promise<Ended & { readonly report: TestReport | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'minimq-runtimes-'));
  try {
    const file = join(folder, 'report.json');
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--root', ROOT, '--reporter=json', `--outputFile=${file}`, ...FILES];
    const ended = await runProgram(command, args, process.env);
    const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : undefined;
    return { ...ended, report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemsOf({ name, status, message, assertionResults }: TestedFile): string[] {
  const failed = assertionResults.filter((each) => each.status !== 'passed');
  if (failed.length === 0) return status === 'passed' ? [] : [`${name}: ${message}`];
  return failed.map(({ fullName, failureMessages }) => `${fullName}: ${(failureMessages ?? []).join('\n')}`);
}
