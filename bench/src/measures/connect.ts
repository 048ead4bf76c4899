import type { ClientName, Target } from '../clients/client.ts';
import { openClient } from '../clients/open.ts';
import type { Metrics } from '../run/contest.ts';
import { percentile } from './percentile.ts';

export interface ConnectSettings {
  readonly warmUp: number;
  readonly samples: number;
}

/** From nothing to the CONNACK, one connection after the other. */
export async function measureConnect(
  name: ClientName,
  target: Target,
  { warmUp, samples }: ConnectSettings,
): Promise<Metrics> {
  const times: number[] = [];
  for (let i = 0; i < warmUp + samples; i++) {
    const start = performance.now();
    const client = await openClient(name, target, { payloadBytes: 64, inFlight: 1 });
    times.push(performance.now() - start);
    await client.close();
  }
  const sorted = Float64Array.from(times.slice(warmUp)).sort();
  return { connectMs: percentile(sorted, 0.5), connectP99Ms: percentile(sorted, 0.99) };
}
