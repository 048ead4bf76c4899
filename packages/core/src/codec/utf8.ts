/** The most bytes that a string or binary field can hold. */
export const FIELD_LENGTH_MAX = 65_535;

// Up to here a loop over characters costs less than a call into the platform. A string that grows by single characters is
// dear; by eight it is not.
const WRITE_LENGTH_MAX = 48;
const READ_LENGTH_MAX = 24;

// The high bits of U+D800 to U+DFFF, and of their upper half.
const SURROGATE = 0xd800 >> 11;
const LOW_SURROGATE = 0xdc00 >> 10;

export const decoder: TextDecoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/**
 * How many bytes `text` takes in UTF-8, or -1 where it has a lone surrogate or a character below `least`: MQTT does not
 * allow U+0000 in its text fields (section 1.5.4).
 */
export function utf8Length(text: string, least = 1): number {
  const { length } = text;
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      if (unit < least) return -1;
    } else if (unit < 0x800) bytes += 1;
    else {
      bytes += 2;
      if (unit >> 11 !== SURROGATE) continue;
      // A pair takes four bytes.
      if (unit > 0xdbff || text.charCodeAt(++i) >> 10 !== LOW_SURROGATE) return -1;
    }
  }
  return bytes;
}

/** Writes text that `utf8Length` has checked where there is room for all of it, and returns the position behind it. */
export function writeUtf8(target: Uint8Array, position: number, text: string): number {
  const { length } = text;
  if (length <= WRITE_LENGTH_MAX) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      target[position + i] = unit;
    }
    if (i === length) return position + length;
  }
  return position + encoder.encodeInto(text, target.subarray(position)).written;
}

/** Whether the bytes are well-formed UTF-8 without U+0000: no surrogates, no overlong forms, nothing cut off. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      if (lead === 0) return false;
      i += 1;
      continue;
    }
    const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4 || i + length > end) return false;
    const second = bytes[i + 1]!;
    const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) return false;
    for (let k = i + 2; k < i + length; k++) if ((bytes[k]! & 0xc0) !== 0x80) return false;
    i += length;
  }
  return true;
}

/** Reads text that `isUtf8` has checked. U+FEFF is an ordinary character and stays [MQTT-1.5.4-3]. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > READ_LENGTH_MAX) return decoder.decode(bytes.subarray(start, end));
  let all = 0;
  let i = start;
  let text = '';
  for (; i + 8 <= end; i += 8) {
    const a = bytes[i]!;
    const b = bytes[i + 1]!;
    const c = bytes[i + 2]!;
    const d = bytes[i + 3]!;
    const e = bytes[i + 4]!;
    const f = bytes[i + 5]!;
    const g = bytes[i + 6]!;
    const h = bytes[i + 7]!;
    all |= a | b | c | d | e | f | g | h;
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  let rest = '';
  for (; i < end; i++) {
    all |= bytes[i]!;
    rest += String.fromCharCode(bytes[i]!);
  }
  return all > 0x7f ? decoder.decode(bytes.subarray(start, end)) : text + rest;
}
