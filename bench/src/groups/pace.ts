import type { Duration } from '../measures/throughput.ts';

/** How long a run takes. */
export interface Pace {
  readonly rounds: number;
  readonly duration: Duration;
  /** Round trips of one contestant in one round. */
  readonly samples: number;
  /** Idle sessions in one process. */
  readonly sessions: number;
}

export const FULL: Pace = {
  rounds: 5,
  duration: { warmUpMs: 700, measureMs: 1_000 },
  samples: 20_000,
  sessions: 10_000,
};

export const QUICK: Pace = {
  rounds: 3,
  duration: { warmUpMs: 300, measureMs: 300 },
  samples: 3_000,
  sessions: 1_000,
};
