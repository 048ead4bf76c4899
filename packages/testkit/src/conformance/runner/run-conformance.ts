import type { ConformanceCase } from '../case.ts';
import { allCases } from '../cases/index.ts';
import type { ClientUnderTest } from '../client.ts';
import type { CaseResult, ConformanceResult } from '../result.ts';
import type { Way } from '../ways/way.ts';
import { runCase } from './run-case.ts';
import { CASE_OUTCOMES, countOutcomes, STATEMENT_OUTCOMES, statementResults } from './summary.ts';

/** A case that hangs is given up after this much real time: more than any case needs over sockets. */
export const CASE_LIMIT_MS = 20_000;

export interface ConformanceOptions {
  /** Who is judged. */
  readonly client: ClientUnderTest;
  /** `memoryWay()`, `tcpWay()`, or another. */
  readonly way: Way;
  /** Default: all. */
  readonly cases?: readonly ConformanceCase[] | undefined;
  /** How many cases run at the same time. Default: as the way says; in memory one. */
  readonly concurrency?: number | undefined;
  /** Milliseconds of real time until a case that hangs is given up. Default `CASE_LIMIT_MS`. */
  readonly caseLimitMs?: number | undefined;
  /** Called after each case. */
  readonly onProgress?: ((result: CaseResult, progress: Progress) => void) | undefined;
}

export interface Progress {
  /** Cases that have been run. */
  readonly doneCount: number;
  /** Cases of the whole run. */
  readonly totalCount: number;
}

/** Judges a client. Resolves when all cases have been run, whatever their outcome; a failing client does not reject it. */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceResult> {
  const { client, way, cases = allCases, concurrency = way.concurrency, caseLimitMs = CASE_LIMIT_MS } = options;
  const startMs = performance.now();
  const chosen = cases.filter(({ ways }) => ways === undefined || ways.includes(way.name));
  const results: CaseResult[] = [];
  const entries = [...chosen.entries()];
  let doneCount = 0;
  const work = async (queue: (readonly [number, ConformanceCase])[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [place, conformanceCase] = next;
      const result = await runCase(conformanceCase, { client, way, caseLimitMs });
      results[place] = result;
      doneCount += 1;
      options.onProgress?.(result, { doneCount, totalCount: chosen.length });
    }
  };
  await work(entries.filter(([, { isHeavy }]) => isHeavy === true));
  const others = entries.filter(([, { isHeavy }]) => isHeavy !== true);
  await Promise.all(Array.from({ length: concurrency }, () => work(others)));
  const statements = statementResults(results);
  return {
    client: client.name,
    way: way.name,
    cases: results,
    statements,
    caseCounts: countOutcomes(CASE_OUTCOMES, results),
    statementCounts: countOutcomes(STATEMENT_OUTCOMES, statements),
    durationMs: Math.round(performance.now() - startMs),
  };
}
