import type { TranscriptJson } from '../transcript/json.ts';
import type { Feature } from './feature.ts';
import type { StatementId } from './statements.ts';

// What comes out of a run: plain data, which survives JSON.

/** `not-supported`: the client has not what the case needs. */
export type CaseOutcome = 'passed' | 'failed' | 'not-supported';

export interface CaseFailure {
  /** `must`: against a rule that the standard demands; `should`: against one that it recommends. */
  readonly level: 'must' | 'should';
  /** Where a script came apart: what was wanted, what came, and the last packets. */
  readonly message: string;
}

export interface CaseResult {
  /** The name of the case; no two have the same. */
  readonly case: string;
  readonly statements: readonly StatementId[];
  readonly outcome: CaseOutcome;
  /** Where it failed. */
  readonly error?: CaseFailure;
  /** Where it failed: the last 200 packets at most. */
  readonly transcript?: readonly TranscriptJson[];
  /** Where it is not supported: what the client lacks. */
  readonly missing?: readonly Feature[];
  readonly durationMs: number;
}

/**
 * `passed`: all cases that name it passed. `failed`: one failed. `not-supported`: none failed, and one was not supported
 * for want of more than `EXTRA_FEATURES`, or no other was run.
 * `unobservable`: a broker cannot see it, or it asks nothing of a client. `not-run`: none of the cases that name it was
 * part of the run.
 */
export type StatementOutcome = CaseOutcome | 'unobservable' | 'not-run';

export interface StatementResult {
  readonly id: StatementId;
  readonly outcome: StatementOutcome;
  /** The names of the cases that were run for it. */
  readonly cases: readonly string[];
  /** Why it is unobservable. */
  readonly reason?: string;
}

export interface ConformanceResult {
  readonly client: string;
  /** Over what: `memory`, `tcp`. */
  readonly way: string;
  readonly cases: readonly CaseResult[];
  /** All 251, in the order of the standard. */
  readonly statements: readonly StatementResult[];
  readonly caseCounts: Readonly<Record<CaseOutcome, number>>;
  readonly statementCounts: Readonly<Record<StatementOutcome, number>>;
  readonly durationMs: number;
}
