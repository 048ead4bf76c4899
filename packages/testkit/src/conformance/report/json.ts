import { statements, type Statement } from '../statements.ts';
import type { ConformanceResult } from '../result.ts';
import type { KnownFailure } from './known-failures.ts';
import { OUTCOME_NAMES, type ReportOutcome } from './outcomes.ts';
import type { ConformanceReport, ReportRun } from './report.ts';

/** A report as plain data, for other programs. */
export interface ReportJson {
  readonly standard: 'MQTT 5.0';
  readonly exitCode: 0 | 1;
  readonly statements: readonly Statement[];
  readonly runs: readonly RunJson[];
}

export interface RunJson {
  /** How many statements have come to which outcome. */
  readonly counts: Readonly<Record<ReportOutcome, number>>;
  /** The statements of each outcome that counts known failures apart, by their identifiers. */
  readonly outcomes: Readonly<Record<string, ReportOutcome>>;
  /** The cases that failed, as the list of known failures explains them. */
  readonly knownFailures: readonly KnownFailure[];
  readonly passingAgain: readonly KnownFailure[];
  readonly notRun: readonly KnownFailure[];
  /** All that the run gave; `conformanceReport` takes it again. */
  readonly result: ConformanceResult;
}

/** For `JSON.stringify`. */
export function reportToJson({ runs, exitCode }: ConformanceReport): ReportJson {
  return { standard: 'MQTT 5.0', exitCode, statements, runs: runs.map(runToJson) };
}

function runToJson({ counts, statements: ofRun, failures, passingAgain, notRun, result }: ReportRun): RunJson {
  return {
    counts: Object.fromEntries(OUTCOME_NAMES.map(({ outcome }) => [outcome, counts[outcome]])) as RunJson['counts'],
    outcomes: Object.fromEntries([...ofRun].map(([id, { outcome }]) => [id, outcome])),
    knownFailures: failures.flatMap(({ result: { case: name }, reason }) =>
      reason === undefined ? [] : [{ case: name, reason }],
    ),
    passingAgain,
    notRun,
    result,
  };
}
