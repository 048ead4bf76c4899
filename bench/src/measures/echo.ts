import type { BenchClient } from '../clients/client.ts';
import type { Metrics } from '../run/contest.ts';
import { percentile } from './percentile.ts';

const NS_PER_US = 1_000;

export interface EchoSettings {
  readonly payloadBytes: number;
  /** Round trips before those that count. */
  readonly warmUp: number;
  readonly samples: number;
}

/** How long a message takes to the peer and back, one at a time. */
export async function measureEcho(
  client: BenchClient,
  { payloadBytes, warmUp, samples }: EchoSettings,
): Promise<Metrics> {
  const all = new Float64Array(warmUp + samples);
  let next = 0;
  const work = client.echoer(payloadBytes, (ns) => {
    all[next++] = ns;
  });
  await work(warmUp + samples);
  const sorted = all.subarray(warmUp).sort();
  return {
    p50Us: percentile(sorted, 0.5) / NS_PER_US,
    p99Us: percentile(sorted, 0.99) / NS_PER_US,
    p999Us: percentile(sorted, 0.999) / NS_PER_US,
  };
}
