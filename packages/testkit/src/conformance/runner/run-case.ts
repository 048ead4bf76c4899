import type { Bench, Driven } from '../bench/bench.ts';
import { Inbox } from '../bench/inbox.ts';
import { CaseError } from '../case-error.ts';
import { neededFeatures, type ConformanceCase } from '../case.ts';
import type { ClientSetup, ClientUnderTest, ConformanceClient } from '../client.ts';
import type { CaseFailure, CaseResult } from '../result.ts';
import { shortLines } from '../short-lines.ts';
import type { OpenWay, Way } from '../ways/way.ts';
import { quietClient } from './quiet-client.ts';

/** Entries of the transcript of a case that failed, the last ones: some cases send tens of thousands of packets. */
const TRANSCRIPT_ENTRIES_SHOWN = 200;

export interface RunCaseOptions {
  readonly client: ClientUnderTest;
  readonly way: Way;
  /** Milliseconds of real time until a case that hangs is given up. */
  readonly caseLimitMs: number;
}

/** Runs one case, with a broker and a client of its own. */
export async function runCase(conformanceCase: ConformanceCase, options: RunCaseOptions): Promise<CaseResult> {
  const { name, statements } = conformanceCase;
  const startMs = performance.now();
  const about = (): Pick<CaseResult, 'case' | 'statements' | 'durationMs'> => ({
    case: name,
    statements,
    durationMs: Math.round(performance.now() - startMs),
  });
  const missing = neededFeatures(conformanceCase).filter((feature) => !options.client.features.includes(feature));
  if (missing.length > 0) return { ...about(), outcome: 'not-supported', missing };
  const way = await options.way.open({ webSocket: conformanceCase.webSocket });
  const clients: ConformanceClient[] = [];
  try {
    await within(options.caseLimitMs, play(conformanceCase, options.client, way, clients));
    return { ...about(), outcome: 'passed' };
  } catch (error) {
    const transcript = way.broker.transcript.toJSON().slice(-TRANSCRIPT_ENTRIES_SHOWN);
    return { ...about(), outcome: 'failed', error: failureOf(error), transcript };
  } finally {
    await way.broker.stop();
    // A client that does not come to its end must not hold up the others.
    await within(options.caseLimitMs, Promise.all(clients.map((client) => client.stop()))).catch(() => {});
  }
}

async function play(
  { run, setup = {} }: ConformanceCase,
  underTest: ClientUnderTest,
  way: OpenWay,
  clients: ConformanceClient[],
): Promise<void> {
  const { broker, pace, webSocket } = way;
  const drive = (clientSetup: ClientSetup): Driven => {
    const inbox = new Inbox();
    const context = { clock: way.clock(), url: broker.url, open: way.connect, deliver: inbox.deliver };
    const client = quietClient(underTest.create({ ...context, setup: clientSetup }));
    clients.push(client);
    return { client, inbox };
  };
  const bench: Bench = { ...drive(setup), broker, pace, webSocket, another: drive };
  await run(bench);
  await broker.done();
}

async function within(limitMs: number, done: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CaseError('must', `Nothing has happened for ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(error: unknown): CaseFailure {
  const message = shortLines(error instanceof Error ? error.message : String(error));
  return { level: error instanceof CaseError ? error.level : 'must', message };
}
