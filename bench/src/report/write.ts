import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContestResult } from '../run/contest.ts';
import { chartsSvg } from './chart.ts';
import { growthCharts } from './growth-charts.ts';
import { describeMachine, describeVersions, type Results } from './results.ts';
import { judge } from './targets.ts';

export function resultsOf(contests: readonly ContestResult[], rounds: number): Results {
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: describeVersions(),
    rounds,
    contests,
    targets: judge(contests),
  };
}

/** Writes `results.json`, and `growth.svg` where something grew; returns their paths. */
export function writeResults(folder: string, results: Results): string[] {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, 'results.json');
  writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  const charts = growthCharts(results.contests);
  if (charts.length === 0) return [json];
  const svg = join(folder, 'growth.svg');
  writeFileSync(svg, chartsSvg(charts));
  return [json, svg];
}
