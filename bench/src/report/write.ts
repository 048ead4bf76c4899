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
  writeFileSync(json, jsonOf(results));
  const charts = growthCharts(results.contests);
  if (charts.length === 0) return [json];
  const svg = join(folder, 'growth.svg');
  writeFileSync(svg, chartsSvg(charts));
  return [json, svg];
}

/** A line for each contestant and each target: readable, and its changes can be. */
function jsonOf({ contests, targets, ...head }: Results): string {
  const lines = (items: readonly unknown[], indent: string): string =>
    items.map((each) => `${indent}${JSON.stringify(each, rounded)}`).join(',\n');
  const blocks = contests.map(({ id, title, results }) =>
    [
      `    {\n      "id": ${JSON.stringify(id)},\n      "title": ${JSON.stringify(title)},\n      "results": [`,
      `${lines(results, '        ')}\n      ]\n    }`,
    ].join('\n'),
  );
  return [
    `${JSON.stringify(head, rounded, 2).slice(0, -2)},\n  "contests": [\n${blocks.join(',\n')}\n  ],`,
    `  "targets": [\n${lines(targets, '    ')}\n  ]\n}\n`,
  ].join('\n');
}

/** More digits than five were not measured. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
