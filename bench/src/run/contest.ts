/** Numbers by name; a name says its unit. */
export type Metrics = Readonly<Record<string, number>>;

/** Somebody who does what a contest is about. */
export interface Contestant {
  readonly name: string;
  /** Once, in processes of its own; rejects where it cannot be done. */
  measure(): Promise<Metrics>;
}

/** The same thing done by several, to be compared. */
export interface Contest {
  /** `group/what`, unique. */
  readonly id: string;
  readonly title: string;
  readonly contestants: readonly Contestant[];
}

export interface ContestantResult {
  readonly name: string;
  /** The median of each metric over the rounds. */
  readonly median: Metrics;
  readonly rounds: readonly Metrics[];
}

export interface ContestResult {
  readonly id: string;
  readonly title: string;
  readonly results: readonly ContestantResult[];
  /** Who failed, and why; these have no result. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}
