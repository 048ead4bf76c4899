/** One line of the table. */
export interface Row {
  readonly runtime: string;
  readonly version: string;
  readonly transport: string;
  /** The stream under MQTT. */
  readonly through: string;
  /** What it came to, where nothing went wrong. */
  readonly result: string;
  readonly timeMs: number;
  /** What went wrong; empty: nothing. */
  readonly problems: readonly string[];
}
