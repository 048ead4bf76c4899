import type { CaseResult, ConformanceResult, StatementResult } from '../result.ts';
import type { StatementId } from '../statements.ts';
import type { KnownFailure } from './known-failures.ts';
import { OUTCOME_NAMES, type ReportOutcome } from './outcomes.ts';

/** A run for the report: one column. */
export interface ReportInput {
  readonly result: ConformanceResult;
  /** Default: none. */
  readonly knownFailures?: readonly KnownFailure[] | undefined;
}

/** A case that failed, and why if that is known. */
export interface ReportedFailure {
  readonly result: CaseResult;
  /** Undefined: it is not on the list of known failures. */
  readonly reason: string | undefined;
}

/** What a statement has come to in one run. */
export interface ReportedStatement {
  readonly outcome: ReportOutcome;
  readonly result: StatementResult;
}

/** A run and what the list of known failures makes of it. */
export interface ReportRun {
  /** `minimq over memory` */
  readonly label: string;
  readonly result: ConformanceResult;
  readonly statements: ReadonlyMap<StatementId, ReportedStatement>;
  readonly counts: Readonly<Record<ReportOutcome, number>>;
  /** In the order of the run, known ones included. */
  readonly failures: readonly ReportedFailure[];
  /** Known failures whose case passes now. */
  readonly passingAgain: readonly KnownFailure[];
  /** Known failures whose case was not run. */
  readonly notRun: readonly KnownFailure[];
}

export interface ConformanceReport {
  readonly runs: readonly ReportRun[];
  /** 0 where nothing failed that is not on a list of known failures. */
  readonly exitCode: 0 | 1;
}

/** Lays runs beside each other. */
export function conformanceReport(inputs: readonly ReportInput[]): ConformanceReport {
  const runs = inputs.map(reportRun);
  const hasFailed = runs.some(({ failures }) => failures.some(({ reason }) => reason === undefined));
  return { runs, exitCode: hasFailed ? 1 : 0 };
}

function reportRun({ result, knownFailures = [] }: ReportInput): ReportRun {
  const reasons = new Map(knownFailures.map((known) => [known.case, known.reason]));
  const outcomes = new Map(result.cases.map((each) => [each.case, each.outcome]));
  const statements = new Map(
    result.statements.map((each) => [
      each.id,
      { outcome: outcomeOf(each, (name) => outcomes.get(name) === 'failed' && !reasons.has(name)), result: each },
    ]),
  );
  return {
    label: `${result.client} over ${result.way}`,
    result,
    statements,
    counts: countsOf([...statements.values()]),
    failures: result.cases
      .filter(({ outcome }) => outcome === 'failed')
      .map((each) => ({ result: each, reason: reasons.get(each.case) })),
    passingAgain: knownFailures.filter((known) => outcomes.get(known.case) === 'passed'),
    notRun: knownFailures.filter((known) => !['passed', 'failed'].includes(outcomes.get(known.case) ?? '')),
  };
}

function outcomeOf({ outcome, cases }: StatementResult, isUnknownFailure: (name: string) => boolean): ReportOutcome {
  return outcome === 'failed' && !cases.some(isUnknownFailure) ? 'known-failure' : outcome;
}

function countsOf(statements: readonly ReportedStatement[]): Readonly<Record<ReportOutcome, number>> {
  const counts = OUTCOME_NAMES.map(
    ({ outcome }) => [outcome, statements.filter((each) => each.outcome === outcome).length] as const,
  );
  return Object.fromEntries(counts) as Record<ReportOutcome, number>;
}
