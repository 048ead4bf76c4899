import type { CaseResult, ConformanceResult, StatementId, StatementOutcome } from '@minimq/testkit/conformance';
import { statements } from '@minimq/testkit/conformance';

// Results of runs that never were, written by hand.

/** A run of `cases`; the statements that none of them names were not run, but for the first, which is unobservable. */
export function resultOf(client: string, cases: readonly CaseResult[], durationMs = 1234): ConformanceResult {
  const list = statements.map(({ id }, i) => {
    const about = cases.filter((each) => each.statements.includes(id));
    const names = about.map((each) => each.case);
    if (i === 0) return { id, outcome: 'unobservable' as const, cases: names, reason: 'It hides.' };
    return { id, outcome: worst(about), cases: names };
  });
  const count = (outcome: StatementOutcome): number => list.filter((each) => each.outcome === outcome).length;
  const ofCases = (outcome: StatementOutcome): number => cases.filter((each) => each.outcome === outcome).length;
  return {
    client,
    way: 'memory',
    cases,
    statements: list,
    caseCounts: { passed: ofCases('passed'), failed: ofCases('failed'), 'not-supported': ofCases('not-supported') },
    statementCounts: {
      passed: count('passed'),
      failed: count('failed'),
      'not-supported': count('not-supported'),
      unobservable: count('unobservable'),
      'not-run': count('not-run'),
    },
    durationMs,
  };
}

function worst(cases: readonly CaseResult[]): StatementOutcome {
  if (cases.length === 0) return 'not-run';
  const found = (['failed', 'not-supported'] as const).find((outcome) =>
    cases.some((each) => each.outcome === outcome),
  );
  return found ?? 'passed';
}

export function passed(name: string, ...ids: StatementId[]): CaseResult {
  return { case: name, statements: ids, outcome: 'passed', durationMs: 1 };
}

export function notSupported(name: string, ...ids: StatementId[]): CaseResult {
  return { case: name, statements: ids, outcome: 'not-supported', missing: ['manual-ack'], durationMs: 0 };
}

/** With a transcript of a PUBLISH and its PUBACK. */
export function failed(name: string, message: string, ...ids: StatementId[]): CaseResult {
  return {
    case: name,
    statements: ids,
    outcome: 'failed',
    error: { level: 'must', message },
    transcript: [
      { atMs: 5, connection: 1, direction: 'toServer', packet: 'PUBLISH', bytes: '32 06 00 01 61 00 07 00' },
      { atMs: 6, connection: 1, direction: 'toClient', packet: 'PUBACK', bytes: '40 02 00 07' },
    ],
    durationMs: 2,
  };
}
