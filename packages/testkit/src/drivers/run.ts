import type { Bench, Exchange, RecordingBench } from './bench.ts';
import { TroubleError } from './trouble-error.ts';

/** Where a run is, for the message of its failure. */
export interface Place {
  readonly where: string;
  readonly position: object | undefined;
}

/** Without trouble, to learn how long the exchange is. */
export const UNTROUBLED: Place = { where: 'without any trouble', position: undefined };

/** Runs an exchange to its end. Rejects with a `TroubleError`. */
export async function runOnce<B extends RecordingBench>(
  bench: B,
  place: Place,
  play: (bench: B) => Promise<unknown>,
): Promise<void> {
  try {
    await play(bench);
  } catch (cause) {
    throw new TroubleError({ ...place, transcript: bench.transcript, cause });
  }
}

/** Lets the time run as far as the exchange needs. */
export function playThrough(exchange: Exchange, limitMs: number | undefined): (bench: Bench) => Promise<unknown> {
  return (bench) => bench.time.until(begin(exchange, bench), { limitMs });
}

/** Begins when somebody moves the time already. A synchronous throw becomes a rejection. */
export async function begin<B extends Bench>(exchange: Exchange<B>, bench: B): Promise<unknown> {
  await Promise.resolve();
  return exchange(bench);
}

/** The trouble has to have come, or the run has shown nothing. */
export function unlike(what: string): Error {
  return new Error(`The exchange is not the same each time: ${what}`);
}
