import { GROWTH } from '../groups/growth.ts';
import type { ContestResult } from '../run/contest.ts';
import { formatNumber } from './format.ts';
import { growthSeries } from './series.ts';
import { table } from './table.ts';

/** A table for each thing that grew: a row for each size, a column of microseconds per message for each contestant. */
export function growthTables(contests: readonly ContestResult[]): string[] {
  return Object.entries(GROWTH).flatMap(([what, { title, values }]) => {
    const series = growthSeries(contests, what, 'usPerMessage');
    if (series.length === 0) return [];
    const rows = values.map((value) => [
      String(value),
      ...series.map(({ points }) => {
        const point = points.find(({ x }) => x === value);
        return point === undefined ? '' : formatNumber(point.y);
      }),
    ]);
    return [`µs per message: ${title}\n${table([what, ...series.map(({ name }) => name)], rows)}`];
  });
}
