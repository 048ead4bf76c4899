import type { Work } from '../clients/client.ts';
import { cpuUs } from './cpu.ts';

export interface Throughput {
  readonly messages: number;
  readonly elapsedMs: number;
  /** Microseconds. */
  readonly cpuUs: number;
}

export interface Duration {
  /** Milliseconds until the code is taken to be warm. */
  readonly warmUpMs: number;
  /** Milliseconds that the measured part should take. */
  readonly measureMs: number;
}

const FIRST_BATCH = 100;
/** Fewer messages than this leave code uncompiled, however long they take; but there is a limit to how long. */
const WARM_UP_MESSAGES = 20_000;
const WARM_UP_TIMES_MAX = 3;

/** Does the work in growing batches until it is warm and its speed is known; then one measured batch. */
export async function measureThroughput(work: Work, { warmUpMs, measureMs }: Duration): Promise<Throughput> {
  // What is done once, such as subscribing, is not part of the time.
  await work(1);
  const start = performance.now();
  let batch = FIRST_BATCH;
  let batchMs = 0;
  let done = 0;
  for (;;) {
    const batchStart = performance.now();
    await work(batch);
    batchMs = performance.now() - batchStart;
    done += batch;
    const warmMs = performance.now() - start;
    if (warmMs >= warmUpMs && (done >= WARM_UP_MESSAGES || warmMs >= warmUpMs * WARM_UP_TIMES_MAX)) break;
    // A batch shall not go far past the time.
    if (batchMs < warmUpMs / 4) batch *= 2;
  }
  const messages = Math.max(1, Math.round((batch * measureMs) / batchMs));
  const cpuAtStart = cpuUs();
  const measureStart = performance.now();
  await work(messages);
  return { messages, elapsedMs: performance.now() - measureStart, cpuUs: cpuUs() - cpuAtStart };
}
