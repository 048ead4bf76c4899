import { malformed } from './violation.ts';

/** The largest Variable Byte Integer (section 1.5.5). */
export const VARINT_MAX = 268_435_455;

/** How many bytes `value`, 0 to 268,435,455, takes: 1 to 4. */
export function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
}

/** The Variable Byte Integer at `position`; -1: it does not end before `end`. */
export function varintAt(bytes: Uint8Array, position: number, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    if (position >= end) return -1;
    const byte = bytes[position++]!;
    value |= (byte & 0x7f) << shift;
    if (byte > 0x7f) continue;
    if (byte === 0 && shift > 0) break;
    return value;
  }
  throw malformed('1.5.5', 'A Variable Byte Integer is over-long');
}
