import { EXTRA_FEATURES, type ConformanceResult } from '@minimq/testkit/conformance';

/** The cases that did not pass, with why; but for those that want what our session does without. */
export function notPassed({ cases }: ConformanceResult): readonly string[] {
  return cases
    .filter(({ outcome, missing = [] }) => outcome !== 'passed' && !missing.some((one) => EXTRA_FEATURES.includes(one)))
    .map((one) => `${one.case}: ${one.error?.message ?? String(one.missing)}`);
}
