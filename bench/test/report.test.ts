import { describe, expect, test } from 'vitest';
import { GROUPS } from '../src/groups/index.ts';
import { QUICK } from '../src/groups/pace.ts';
import { chartsSvg } from '../src/report/chart.ts';
import { formatMetric, formatNumber } from '../src/report/format.ts';
import { growthCharts } from '../src/report/growth-charts.ts';
import { growthTables } from '../src/report/growth-table.ts';
import { table } from '../src/report/table.ts';
import { judge, TARGETS } from '../src/report/targets.ts';
import type { ContestResult } from '../src/run/contest.ts';

function result(id: string, medians: Readonly<Record<string, Readonly<Record<string, number>>>>): ContestResult {
  const results = Object.entries(medians).map(([name, median]) => ({ name, median, rounds: [median] }));
  return { id, title: id, results, failures: [] };
}

test('numbers have three digits', () => {
  const numbers = [0.0123, 1.234, 12.34, 123.4, 1234, 12_345, 1_234_567, 7, 10];
  const texts = ['0.012', '1.23', '12.3', '123', '1234', '12.3 k', '1.23 M', '7', '10'];
  expect(numbers.map(formatNumber)).toEqual(texts);
  expect(formatMetric('cpuUsPerMessage')).toBe('cpu µs per message');
});

test('a table is aligned', () => {
  expect(
    table(
      ['', 'a'],
      [
        ['long', '1'],
        ['s', '22'],
      ],
    ),
  ).toBe('       a\n----  --\nlong   1\ns     22');
});

describe('targets', () => {
  test('name contests and contestants that there are', () => {
    const contests = new Map([...GROUPS.values()].flatMap((group) => group(QUICK)).map((each) => [each.id, each]));
    for (const { contest, ours, beside } of TARGETS) {
      const names = contests.get(contest)?.contestants.map(({ name }) => name);
      expect(names, contest).toContain(ours);
      if (beside !== undefined) expect(names, contest).toContain(beside);
    }
  });

  test('of throughput are ratios of ours to theirs, and of time of theirs to ours', () => {
    const judged = judge([
      result('throughput/tcp/publish-qos1-64', {
        bare: { messagesPerSecond: 5_000 },
        'minimq publish': { messagesPerSecond: 1_300 },
        mqttjs: { messagesPerSecond: 100 },
      }),
      result('codec/publish', {
        minimq: { encodeNs: 100, decodeNs: 100 },
        'mqtt-packet': { encodeNs: 1_000, decodeNs: 900 },
      }),
    ]);
    expect(judged.map(({ what, beside, value, reached }) => [what, beside, value, reached])).toEqual([
      ['publish QoS 1', 'mqttjs', 13, true],
      ['publish QoS 1', 'bare', 0.26, false],
      ['encode PUBLISH', 'mqtt-packet', 10, true],
      ['decode PUBLISH', 'mqtt-packet', 9, false],
    ]);
  });

  test('of memory are what is beyond a bare socket', () => {
    const idle = { bare: { heapBytesPerSession: 3_000 }, minimq: { heapBytesPerSession: 7_000 } };
    expect(judge([result('memory/tcp/idle', idle)])).toMatchObject([{ value: 4_000, reached: true }]);
  });
});

test('the growth is drawn with logarithmic axes, a line for each contestant', () => {
  const contests = [1, 10, 100].map((value) =>
    result(`growth/in-flight/${value}`, { minimq: { usPerMessage: value }, 'a<b': { usPerMessage: 10 } }),
  );
  const charts = growthCharts(contests);
  expect(charts).toHaveLength(1);
  const svg = chartsSvg(charts);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 480 300"/);
  // Three powers of ten, evenly spaced from left to right, and from bottom to top.
  expect(svg).toContain('points="64,252 264,144 464,36"');
  expect(svg).toContain('points="64,144 264,144 464,144"');
  expect(svg).toContain('a&lt;b');
});

test('the growth is a table too, a row for each size', () => {
  const contests = [1, 10].map((value) =>
    result(`growth/sessions/${value}`, { minimq: { usPerMessage: value / 2 }, mqttjs: { usPerMessage: 20 } }),
  );
  const [text, ...others] = growthTables(contests);
  expect(others).toEqual([]);
  expect(text!.split('\n').slice(1, 5)).toEqual([
    'sessions  minimq  mqttjs',
    '--------  ------  ------',
    '1          0.500      20',
    '10             5      20',
  ]);
});
