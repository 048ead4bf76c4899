import { EXTRA_FEATURES } from '../feature.ts';
import type { CaseOutcome, CaseResult, StatementOutcome, StatementResult } from '../result.ts';
import { statements } from '../statements.ts';
import { unobservable } from '../unobservable.ts';

/** What the cases say of each statement, in the order of the standard. */
export function statementResults(cases: readonly CaseResult[]): readonly StatementResult[] {
  return statements.map(({ id }) => {
    const about = cases.filter(({ statements: ids }) => ids.includes(id));
    const names = about.map((result) => result.case);
    const reason = unobservable[id];
    if (about.length === 0 && reason !== undefined) {
      return { id, outcome: 'unobservable', cases: names, reason };
    }
    return { id, outcome: outcomeOf(about), cases: names };
  });
}

/** How often each outcome occurs. */
export function countOutcomes<Outcome extends string>(
  outcomes: readonly Outcome[],
  results: readonly { readonly outcome: Outcome }[],
): Readonly<Record<Outcome, number>> {
  const count = (wanted: Outcome): number => results.filter(({ outcome }) => outcome === wanted).length;
  return Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])) as Record<Outcome, number>;
}

export const CASE_OUTCOMES: readonly CaseOutcome[] = ['passed', 'failed', 'not-supported'];
export const STATEMENT_OUTCOMES: readonly StatementOutcome[] = [...CASE_OUTCOMES, 'unobservable', 'not-run'];

function outcomeOf(all: readonly CaseResult[]): StatementOutcome {
  if (all.length === 0) return 'not-run';
  const telling = all.filter((one) => !lacksExtrasOnly(one));
  const cases = telling.length === 0 ? all : telling;
  const worst = (['failed', 'not-supported'] as const).find((outcome) => cases.some((one) => one.outcome === outcome));
  return worst ?? 'passed';
}

function lacksExtrasOnly({ outcome, missing = [] }: CaseResult): boolean {
  return outcome === 'not-supported' && missing.every((feature) => EXTRA_FEATURES.includes(feature));
}
