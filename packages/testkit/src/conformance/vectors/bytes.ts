/** Bytes while they are put together. */
export type Bytes = readonly number[];

export function u16(value: number): Bytes {
  return [value >>> 8, value & 0xff];
}

export function u32(value: number): Bytes {
  return [...u16(value >>> 16), ...u16(value & 0xffff)];
}

/** Section 1.5.5, in the fewest bytes. */
export function varint(value: number): Bytes {
  return value < 128 ? [value] : [128 + (value % 128), ...varint(Math.floor(value / 128))];
}

/** The same value with a byte more than it needs [MQTT-1.5.5-1]. */
export function overLong(value: Bytes): Bytes {
  return [...value.slice(0, -1), value.at(-1)! | 0x80, 0];
}

/** Binary data: a length and so many bytes. */
export function binary(bytes: Bytes): Bytes {
  return [...u16(bytes.length), ...bytes];
}

export function utf8(text: string): Bytes {
  return [...new TextEncoder().encode(text)];
}

/** A text field: a length and so many bytes. */
export function text(value: string): Bytes {
  return binary(utf8(value));
}

/** A packet: its first byte, its Remaining Length and what is counted by that. */
export function framed(first: number, body: Bytes): Bytes {
  return [first, ...varint(body.length), ...body];
}

/** `0x0b` */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
