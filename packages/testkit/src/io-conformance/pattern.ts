/** Bytes that differ from place to place, so that one lost, doubled, moved or overwritten is noticed. */
export function fillPattern(target: Uint8Array, fromByte: number): void {
  for (let i = 0; i < target.length; i += 1) target[i] = patternAt(fromByte + i);
}

export function pattern(length: number, fromByte = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fillPattern(bytes, fromByte);
  return bytes;
}

/** The index of the first byte that is not the pattern's, whose beginning is at `fromByte` of it; -1: all are. */
export function firstWrong(bytes: Uint8Array, fromByte: number): number {
  for (let i = 0; i < bytes.length; i += 1) if (bytes[i] !== patternAt(fromByte + i)) return i;
  return -1;
}

function patternAt(byte: number): number {
  return (byte ^ (byte >>> 8) ^ (byte >>> 16)) & 0xff;
}
