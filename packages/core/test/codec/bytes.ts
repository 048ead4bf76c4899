// Packets by hand: nothing here uses the encoder under test.

/** `'40 02 00 0a'` as bytes. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/.test(digits)) throw new Error(`not bytes in hexadecimal: '${text}'`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** Bytes as `'40 02 00 0a'`. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** A fixed header in front of `body`. */
export function framed(first: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = [first];
  let left = body.length;
  do {
    header.push(left > 127 ? (left % 128) + 128 : left);
    left = Math.floor(left / 128);
  } while (left > 0);
  return new Uint8Array([...header, ...body]);
}

/** `framed('40', '00 0a', '00')`, from hexadecimal. */
export function framedHex(first: string, ...body: string[]): Uint8Array<ArrayBuffer> {
  return framed(hex(first)[0] ?? 0, hex(body.join(' ')));
}

/** Property Length (up to 127) and properties. */
export function block(...properties: string[]): string {
  const bytes = hex(properties.join(' '));
  if (bytes.length > 127) throw new Error('a block of more than 127 bytes');
  return `${toHex(new Uint8Array([bytes.length]))} ${toHex(bytes)}`;
}

/** What is behind the fixed header. */
export function bodyOf(packet: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 1;
  while ((packet[start] ?? 0) > 127) start++;
  return new Uint8Array(packet.subarray(start + 1));
}

/** `bytes` with `before` and `after` bytes of 0xAA around: what a reader must not look at, and a writer not touch. */
export function surrounded(bytes: Uint8Array, before: number, after: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(before + bytes.length + after).fill(0xaa);
  all.set(bytes, before);
  return all;
}
