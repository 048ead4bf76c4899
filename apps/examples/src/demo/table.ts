import { QoS } from '@minimq/core';
import type { Account } from './tally.ts';

const HEAD = ['', 'sent', 'received', 'cut off', 'again', 'lost', 'doubled'];

const PROMISES: Readonly<Record<QoS, string>> = {
  [QoS.atMostOnce]: 'at most once',
  [QoS.atLeastOnce]: 'at least once',
  [QoS.exactlyOnce]: 'exactly once',
};

/** The account of every QoS, and how long the gap was, as lines of text. */
export function table(accounts: readonly Account[], gapMs: Readonly<Record<string, number>>): readonly string[] {
  const cells = accounts.map(({ qos, sent, received, cutOff, again, lost, doubled }) => [
    `QoS ${qos}, ${PROMISES[qos]}`,
    ...[sent, received, cutOff, again, lost, doubled].map(String),
  ]);
  const rows = [HEAD, ...cells];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
  const [atMostOnce, atLeastOnce] = accounts;
  return [
    '',
    ...lines,
    '',
    ...Object.entries(gapMs).map(([side, ms]) => `The ${side} was without connection for ${Math.round(ms)} ms.`),
    ...(atMostOnce!.cutOff === 0 ? [] : [CUT_OFF]),
    ...(atLeastOnce!.again === 0 ? [] : [AGAIN]),
  ];
}

const CUT_OFF =
  'cut off: on its way when the line was cut, or published while the subscriber was away. QoS 0 promises no more.';
const AGAIN = 'again: not acknowledged at the cut, so sent a second time. QoS 1 promises no less.';
