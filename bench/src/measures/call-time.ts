import { median } from '../run/median.ts';
import type { Duration } from './throughput.ts';

let kept = 0;

/** The measured time is cut in so many pieces; the median leaves out those that something else disturbed. */
const PIECES = 11;

/** Nanoseconds of one call once the code is warm. */
export function measureCallNs(call: () => number, { warmUpMs, measureMs }: Duration): number {
  let calls = 1;
  let batchMs = run(call, calls);
  for (let warmMs = batchMs; warmMs < warmUpMs; warmMs += batchMs) {
    if (batchMs < warmUpMs / 4) calls *= 2;
    batchMs = run(call, calls);
  }
  const each = Math.max(1, Math.round((calls * measureMs) / Math.max(batchMs, 1e-3) / PIECES));
  return median(Array.from({ length: PIECES }, () => (run(call, each) * 1e6) / each));
}

/** Milliseconds that `count` calls take. */
function run(call: () => number, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) kept = (kept + call()) | 0;
  return performance.now() - start;
}

/** What the calls returned, in all: reading it is what makes them count. */
export function keptSum(): number {
  return kept;
}
