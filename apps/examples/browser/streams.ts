import type { QoS } from '@minimq/core';

/** One series of numbered measurements. */
export interface Stream {
  readonly topic: string;
  readonly qos: QoS;
}

/** What the client identifiers of pages begin with. */
export const PAGE_CLIENT_ID = 'page-';

/** What the publisher publishes and the page counts, one at each QoS. */
export const STREAMS: readonly Stream[] = [
  { topic: 'plant/temperature', qos: 0 },
  { topic: 'plant/pressure', qos: 1 },
  { topic: 'plant/door', qos: 2 },
];

/** A payload of a stream. `number` counts from 1, so that the page sees what is missing and what came twice. */
export function measurement(number: number, value: number): string {
  return JSON.stringify({ number, value });
}

/** The number in such a payload; undefined: it is some other text. */
export function numberOf(payload: string): number | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('number' in parsed)) return undefined;
  const { number } = parsed;
  return Number.isSafeInteger(number) && (number as number) >= 1 ? (number as number) : undefined;
}
