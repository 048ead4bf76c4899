import type { StatementOutcome } from '../result.ts';

/** `known-failure`: only cases failed of which the list of known failures says why. */
export type ReportOutcome = StatementOutcome | 'known-failure';

export interface OutcomeName {
  readonly outcome: ReportOutcome;
  readonly label: string;
  /** Says it without colour. */
  readonly symbol: string;
  readonly explanation: string;
}

export const OUTCOME_NAMES: readonly OutcomeName[] = [
  { outcome: 'passed', label: 'passed', symbol: '✓', explanation: 'Every case that names the statement passed.' },
  { outcome: 'failed', label: 'failed', symbol: '✗', explanation: 'A case that names the statement failed.' },
  {
    outcome: 'known-failure',
    label: 'known failure',
    symbol: '!',
    explanation: 'A case failed, and the list of known failures says why.',
  },
  {
    outcome: 'not-supported',
    label: 'not supported',
    symbol: '–',
    explanation: 'The client lacks what a case needs; no other case failed.',
  },
  {
    outcome: 'unobservable',
    label: 'not observable',
    symbol: '∅',
    explanation: 'A broker cannot see it, or it asks nothing of a client.',
  },
  {
    outcome: 'not-run',
    label: 'not run',
    symbol: '·',
    explanation: 'No case that names the statement was part of the run.',
  },
];

export function outcomeName(outcome: ReportOutcome): OutcomeName {
  return OUTCOME_NAMES.find((each) => each.outcome === outcome)!;
}
