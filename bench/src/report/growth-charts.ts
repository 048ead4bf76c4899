import { GROWTH } from '../groups/growth.ts';
import type { ContestResult } from '../run/contest.ts';
import type { Chart } from './chart.ts';
import { growthSeries } from './series.ts';

/** A chart for each thing that grew in this run. */
export function growthCharts(contests: readonly ContestResult[]): Chart[] {
  return Object.entries(GROWTH).flatMap(([what, { title }]) => {
    const series = growthSeries(contests, what, 'usPerMessage');
    if (series.length === 0) return [];
    return [{ title: 'µs per message', xLabel: title, series }];
  });
}
