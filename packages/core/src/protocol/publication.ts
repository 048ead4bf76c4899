import type { PublishProperties } from '../codec/properties.ts';
import type { QoS } from '../codec/qos.ts';
import { putBytes } from '../codec/put.ts';
import { textLength } from '../codec/topic.ts';
import { utf8Length, writeUtf8 } from '../codec/utf8.ts';
import { invalidArgument } from '../codec/violation.ts';

/** A payload that is written straight into `tx`, once, when the publish is accepted. */
export interface PayloadWriter {
  /** The most bytes that `write` may need. */
  readonly byteLengthMax: number;
  /** Fills the front of `target`, which has `byteLengthMax` bytes, and returns how many it wrote. Called synchronously. */
  write(target: Uint8Array): number;
}

/** Bytes, text that goes out as UTF-8, or a function that writes bytes. */
export type Payload = Uint8Array | string | PayloadWriter;

/** A message to publish (section 3.3). */
export interface Publication {
  /** A topic name: 1 to 65,535 bytes, no wildcards. */
  readonly topic: string;
  /** Default: empty. */
  readonly payload?: Payload | undefined;
  /** Default 0. */
  readonly qos?: QoS | undefined;
  /** Whether the broker keeps it as the topic's retained message; default false. */
  readonly retain?: boolean | undefined;
  /** Default: none. Section 3.3.2.3. */
  readonly properties?: PublishProperties | undefined;
  /** The caller's own mark, at most 65,535 bytes: comes back on `session.pending`, after a restore too. Not sent. */
  readonly tag?: string | undefined;
}

/** The most bytes that the payload will take. */
export function payloadLengthMax(payload: Payload | undefined): number {
  if (payload === undefined) return 0;
  if (payload instanceof Uint8Array) return payload.length;
  if (typeof payload === 'string') return payloadTextLength(payload);
  const { byteLengthMax } = payload;
  if (!Number.isInteger(byteLengthMax) || byteLengthMax < 0 || typeof payload.write !== 'function') {
    throw invalidArgument('A payload has to be a Uint8Array, a string, or { byteLengthMax, write(target) }');
  }
  return byteLengthMax;
}

/** Writes the payload, `length` bytes at most, and returns how many it took. */
export function writePayload(
  target: Uint8Array,
  position: number,
  payload: Payload | undefined,
  length: number,
): number {
  if (payload === undefined) return 0;
  if (payload instanceof Uint8Array) return putBytes(target, position, payload) - position;
  if (typeof payload === 'string') return writeUtf8(target, position, payload) - position;
  const written = payload.write(target.subarray(position, position + length));
  if (!Number.isInteger(written) || written < 0 || written > length) {
    throw invalidArgument(`payload.write() returned ${written}, with byteLengthMax ${length}`);
  }
  return written;
}

// A payload may hold U+0000, unlike the text fields of MQTT.
function payloadTextLength(text: string): number {
  const length = utf8Length(text, 0);
  if (length < 0) throw invalidArgument('The payload has a lone surrogate, which UTF-8 cannot express');
  return length;
}

/** Checks the caller's mark. */
export function checkTag(tag: string | undefined): void {
  if (tag !== undefined) textLength('A tag', tag);
}
