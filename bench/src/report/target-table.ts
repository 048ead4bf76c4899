import { formatNumber } from './format.ts';
import { table } from './table.ts';
import type { TargetResult } from './targets.ts';

/** What was to be reached, and whether it was. */
export function targetTable(targets: readonly TargetResult[]): string {
  const rows = targets.map(({ what, beside, atLeast, atMost, value, reached, isGoal }) => [
    what,
    beside ?? '',
    atLeast === undefined ? `at most ${formatNumber(atMost!)}` : `at least ${formatNumber(atLeast)}`,
    formatNumber(value),
    reached ? 'reached' : isGoal ? 'not yet' : 'NOT REACHED',
  ]);
  return table(['target', 'beside', 'wanted', 'measured', ''], rows);
}
