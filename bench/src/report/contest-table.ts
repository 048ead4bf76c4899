import type { ContestResult } from '../run/contest.ts';
import { formatMetric, formatNumber } from './format.ts';
import { table } from './table.ts';

/** What a contest came to: a row for each contestant, with the first metric beside that of the first one. */
export function contestTable({ title, results, failures }: ContestResult): string {
  const metrics = Object.keys(results[0]?.median ?? {});
  const first = metrics[0];
  const rows = results.map(({ name, median }) => {
    const base = first === undefined ? Number.NaN : results[0]!.median[first]!;
    const ratio = first === undefined ? '' : `${(median[first]! / base).toFixed(2)} x`;
    return [name, ratio, ...metrics.map((metric) => formatNumber(median[metric]!))];
  });
  const header = ['', `of ${results[0]?.name ?? 'none'}`, ...metrics.map((metric) => formatMetric(metric))];
  const failed = failures.map(({ name, reason }) => `${name} failed: ${reason}`);
  return [title, table(header, rows), ...failed].join('\n');
}
