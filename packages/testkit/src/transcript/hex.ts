/** Bytes as hexadecimal with a space between two: `62 02 00 0a`. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += `${text === '' ? '' : ' '}${byte.toString(16).padStart(2, '0')}`;
  return text;
}

/** Reads hexadecimal digits, in any grouping. Throws a TypeError where the text is anything else. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/\s/g, '');
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits))
    throw new TypeError(`'${text}' is not hexadecimal bytes, like '62 02 00 0a'`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** `1,024 bytes` */
export function countBytes(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'byte' : 'bytes'}`;
}
