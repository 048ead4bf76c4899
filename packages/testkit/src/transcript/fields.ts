import { describeReasonCode, type Packet } from '@minimq/core/codec';
import { countBytes, hexOf } from './hex.ts';

// Packets as people read them: one flat list of names and values, properties included.

export type Field = readonly [name: string, value: unknown];

/** Longer text is cut off in messages. */
const TEXT_LENGTH_MAX = 48;
/** More bytes are cut off where they are shown in hexadecimal. */
const HEX_BYTES_MAX = 16;

/** The fields of a packet and then its properties, as far as they are there. */
export function fieldsOf(packet: Packet): readonly Field[] {
  return flatten(packet).filter(([name]) => name !== 'type');
}

/** The same for anything that has fields and `properties`: a will, or what a script names. */
export function flatten(fields: object): readonly Field[] {
  const { properties, ...own } = fields as { readonly properties?: object };
  return [...Object.entries(own), ...Object.entries(properties ?? {})].filter(([, value]) => value !== undefined);
}

/** One value, short enough for a column. */
export function formatValue(name: string, value: unknown): string {
  if (name === 'reasonCode' && typeof value === 'number') return describeReasonCode(value);
  if (typeof value === 'string') return quote(value);
  if (value instanceof Uint8Array) return formatBytes(value);
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'function') return value.name === '' || value.name === name ? '(a function)' : value.name;
  if (Array.isArray(value)) {
    return `[${value.map((item) => formatValue(name === 'reasonCodes' ? 'reasonCode' : '', item)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) return formatInner(value);
  return String(value);
}

/** `{ topic: 'a', qos: 1 }` */
export function formatObject(fields: object): string {
  return formatFields(flatten(fields));
}

/** A subscription, a will: without what is off. */
function formatInner(fields: object): string {
  return formatFields(
    flatten(fields).filter(([name, value]) => value !== false && !(name === 'retainHandling' && value === 0)),
  );
}

function formatFields(fields: readonly Field[]): string {
  const list = fields.map(([name, value]) => `${name}: ${formatValue(name, value)}`);
  return list.length === 0 ? '{}' : `{ ${list.join(', ')} }`;
}

/** The fields in one line; what is off, empty or a plain success is left out, since it says nothing. */
export function summaryOf(packet: Packet): string {
  return fieldsOf(packet)
    .filter(([name, value]) => !isUnremarkable(name, value))
    .map(([name, value]) => (value === true ? name : `${name} ${formatValue(name, value)}`))
    .join(', ');
}

function isUnremarkable(name: string, value: unknown): boolean {
  if (value === false) return name !== 'sessionPresent' && !name.startsWith('request') && !name.endsWith('Available');
  if (value instanceof Uint8Array) return value.length === 0;
  return name === 'reasonCode' && value === 0;
}

function formatBytes(bytes: Uint8Array): string {
  const text = printable(bytes);
  if (text !== undefined)
    return text.length > TEXT_LENGTH_MAX ? `${quote(text)} (${countBytes(bytes.length)})` : quote(text);
  const shown = hexOf(bytes.subarray(0, HEX_BYTES_MAX));
  return bytes.length > HEX_BYTES_MAX ? `${shown} ... (${countBytes(bytes.length)})` : shown;
}

/** As text, if it is all letters that show. */
function printable(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /^\P{C}*$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function quote(text: string): string {
  const shown = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}...` : text;
  return `'${shown.replaceAll(/[\p{C}\\']/gu, escape)}'`;
}

function escape(letter: string): string {
  return letter === "'" || letter === '\\' ? `\\${letter}` : `\\u{${letter.codePointAt(0)!.toString(16)}}`;
}
