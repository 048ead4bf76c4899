/** A failure that is known and does not spoil a run. */
export interface KnownFailure {
  /** The name of the case. */
  readonly case: string;
  /** Why it fails, for those who read the report. */
  readonly reason: string;
}
