import type { ContestResult } from '../run/contest.ts';

/** A line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** The contests `growth/WHAT/VALUE` of one WHAT, as a line for each contestant. */
export function growthSeries(contests: readonly ContestResult[], what: string, metric: string): Series[] {
  const start = `growth/${what}/`;
  const lines = new Map<string, { x: number; y: number }[]>();
  for (const { id, results } of contests) {
    if (!id.startsWith(start)) continue;
    const x = Number(id.slice(start.length));
    for (const { name, median } of results) {
      const points = lines.get(name) ?? [];
      lines.set(name, points);
      points.push({ x, y: median[metric]! });
    }
  }
  return [...lines].map(([name, points]) => ({ name, points }));
}
