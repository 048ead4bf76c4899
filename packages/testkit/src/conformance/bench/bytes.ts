import { bytesOfHex } from '../../transcript/hex.ts';
import { u16 as twoBytes, varint } from '../vectors/bytes.ts';

// Packets by hand: nothing here knows more of MQTT than how lengths are written.

/** Bytes, or hexadecimal digits. */
export type Part = Uint8Array | readonly number[] | string;

export function concat(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const chunks = parts.map((part) => (typeof part === 'string' ? bytesOfHex(part) : part));
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}

/** A field with its two length bytes, from text. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return field(new TextEncoder().encode(value));
}

/** A field with its two length bytes, from bytes. */
export function field(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = concat(...parts);
  return concat(u16(bytes.length), bytes);
}

/** Properties with their length before them. */
export function properties(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const bytes = concat(...parts);
  return concat(varint(bytes.length), bytes);
}

/** A whole packet: its first byte, its Remaining Length, and the rest. */
export function packet(first: string, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const rest = concat(...parts);
  return concat(first, varint(rest.length), rest);
}

/** What stands behind the Remaining Length. */
export function bodyOf(bytes: Uint8Array): Uint8Array {
  let position = 1;
  while ((bytes[position] ?? 0) >= 0x80) position += 1;
  return bytes.subarray(position + 1);
}

/** Two bytes: a packet identifier, a number of seconds. */
export function u16(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(twoBytes(value));
}

/** A payload of so many bytes. */
export function filler(byteLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(byteLength).fill(0x78);
}
