import { textLength, topicNameLength } from './topic.ts';
import { FIELD_LENGTH_MAX, writeUtf8 } from './utf8.ts';
import { invalidArgument } from './violation.ts';

// The data types of section 1.5, as they are sent. A packet is laid out by one function, which runs twice: without a
// target it counts and checks, with one it writes. Every function returns the position behind what it has put.

// Up to here a loop is cheaper than a call into the platform.
const LOOP_LENGTH_MAX = 12;

/** Where a packet goes; `null`: nowhere, it is only counted. */
export type Target = Uint8Array | null;

export function putByte(target: Target, position: number, value: number): number {
  if (target !== null) target[position] = value;
  return position + 1;
}

export function putU16(target: Target, position: number, value: number): number {
  if (target !== null) {
    target[position] = value >>> 8;
    target[position + 1] = value;
  }
  return position + 2;
}

export function putU32(target: Target, position: number, value: number): number {
  return putU16(target, putU16(target, position, value >>> 16), value);
}

export function putVarint(target: Target, position: number, value: number): number {
  for (; value > 0x7f; value >>>= 7) position = putByte(target, position, value | 0x80);
  return putByte(target, position, value);
}

/** `least`: the least character allowed; 0 where the text stands for binary data. */
export function putText(target: Target, position: number, what: string, text: string, least = 1): number {
  const start = position + 2;
  if (target === null) return start + textLength(what, text, least);
  const end = writeUtf8(target, start, text);
  putU16(target, position, end - start);
  return end;
}

export function putBinary(target: Target, position: number, what: string, data: Uint8Array): number {
  if (!(data instanceof Uint8Array) || data.length > FIELD_LENGTH_MAX) {
    throw invalidArgument(`${what} has to be a Uint8Array of at most 65,535 bytes`);
  }
  return putBytes(target, putU16(target, position, data.length), data);
}

/** The wildcards are looked for while the topic is counted. */
export function putTopicName(target: Target, position: number, what: string, topic: string): number {
  return target === null ? position + 2 + topicNameLength(what, topic) : putText(target, position, what, topic);
}

/** Bytes without their length in front. */
export function putBytes(target: Target, position: number, bytes: ArrayLike<number>): number {
  const { length } = bytes;
  if (target !== null) {
    if (length > LOOP_LENGTH_MAX) target.set(bytes, position);
    else for (let i = 0; i < length; i++) target[position + i] = bytes[i]!;
  }
  return position + length;
}

/** 1 to 65,535. */
export function putPacketId(target: Target, position: number, packetId: number): number {
  checkNumber('packetId', packetId, 1, 0xffff);
  return putU16(target, position, packetId);
}

/** Throws an `InvalidRequestError` where `value` is no whole number, or out of its range. */
export function checkNumber(what: string, value: unknown, least: number, most: number): void {
  if (!(Number.isInteger(value) && (value as number) >= least && (value as number) <= most)) {
    throw invalidArgument(`${what} has to be a whole number from ${least} to ${most}`);
  }
}
