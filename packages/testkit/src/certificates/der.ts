import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

/** A value of DER, as node-forge has it. */
export type Der = forge.asn1.Asn1;

export function sequence(...values: readonly Der[]): Der {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...values]);
}

export function setOf(value: Der): Der {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, [value]);
}

/** Of a name that node-forge knows, or of numbers. */
export function oid(name: string): Der {
  const numbers = forge.pki.oids[name] ?? name;
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(numbers).getBytes());
}

/** A positive number, its most significant byte first. */
export function integer(bytes: Uint8Array): Der {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, binary(bytes));
}

export function boolean(value: boolean): Der {
  return asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\x00');
}

export function utf8(text: string): Der {
  return asn1.create(Class.UNIVERSAL, Type.UTF8, false, binary(Buffer.from(text, 'utf8')));
}

/** `unusedBits`: how many of the last byte do not count. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Der {
  return asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unusedBits) + binary(bytes));
}

export function octets(bytes: Uint8Array): Der {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, binary(bytes));
}

/** A value with a tag of the context, instead of its own or, with `content` of values, around them. */
export function tagged(tag: number, content: Uint8Array | readonly Der[]): Der {
  const type: forge.asn1.Type = tag;
  return content instanceof Uint8Array
    ? asn1.create(Class.CONTEXT_SPECIFIC, type, false, binary(content))
    : asn1.create(Class.CONTEXT_SPECIFIC, type, true, [...content]);
}

/** A moment as RFC 5280, section 4.1.2.5, wants it: two digits of the year until 2049, four from then on. */
export function time(date: Date): Der {
  if (Number.isNaN(date.getTime())) throw new TypeError('Not a date');
  return date.getUTCFullYear() < 2050
    ? asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));
}

export function encode(value: Der): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}

export function decode(bytes: Uint8Array): Der {
  return asn1.fromDer(binary(bytes));
}

/** The values inside a sequence. */
export function partsOf({ value }: Der): readonly Der[] {
  if (typeof value === 'string') throw new TypeError('This value of DER has no parts');
  return value;
}

/** node-forge keeps bytes in strings. */
function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
