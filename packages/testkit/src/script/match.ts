import type { Packet } from '@minimq/core/codec';
import { fieldsOf, flatten, formatValue } from '../transcript/fields.ts';
import { bytesEqual, bytesOfHex, hexOf } from '../transcript/hex.ts';
import type { ClientPacketName, ClientPackets, Matcher } from './packets.ts';

type AnyMatcher = object | string | ((packet: never) => boolean);

/** A packet that a script waits for, or may wait for. */
export interface Want<P = unknown> {
  readonly type: ClientPacketName;
  readonly matcher: AnyMatcher | undefined;
  /** Never there: the type of the packet. */
  readonly packet?: P;
}

/** Makes one for each packet: `want.publish({ topic: 'a' })`. */
export type WantFace = {
  readonly [Name in ClientPacketName]: (matcher?: Matcher<ClientPackets[Name]>) => Want<ClientPackets[Name]>;
};

export const CLIENT_PACKETS: readonly ClientPacketName[] = [
  'connect',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'unsubscribe',
  'pingreq',
  'disconnect',
  'auth',
];

/** Packets for `expect.unordered()`, named and not waited for yet. */
export const want: WantFace = Object.fromEntries(
  CLIENT_PACKETS.map((type) => [type, (matcher?: AnyMatcher): Want => ({ type, matcher })]),
) as unknown as WantFace;

/** Why a packet is not the one; undefined: it is. */
export interface Mismatch {
  /** `type`, `bytes`, `function`, or the names of the fields that differ. */
  readonly kind: 'type' | 'bytes' | 'function' | 'fields';
  readonly fields: readonly string[];
}

export function mismatch(wanted: Want, packet: Packet, bytes: Uint8Array): Mismatch | undefined {
  const { type, matcher } = wanted;
  if (packet.type !== type) return { kind: 'type', fields: [] };
  if (matcher === undefined) return undefined;
  if (isFunction(matcher)) return matcher(packet) ? undefined : { kind: 'function', fields: [] };
  const exact = exactBytes(matcher);
  if (exact !== undefined) return bytesEqual(exact, bytes) ? undefined : { kind: 'bytes', fields: [] };
  const given = new Map(fieldsOf(packet));
  const fields = wantedFields(wanted).flatMap(([name, value]) => (matches(value, given.get(name)) ? [] : [name]));
  return fields.length === 0 ? undefined : { kind: 'fields', fields };
}

/** The fields that a matcher names. A packet of another kind, as in `expect.pubrel(publish)`, stands for its identifier. */
export function wantedFields({ type, matcher }: Want): readonly (readonly [name: string, value: unknown])[] {
  if (typeof matcher !== 'object' || matcher instanceof Uint8Array) return [];
  const fields = matcher as { readonly type?: unknown; readonly packetId?: unknown };
  if (fields.type !== undefined && fields.type !== type) return [['packetId', fields.packetId]];
  const { properties, ...own } = fields as { readonly properties?: object };
  return [...Object.entries(own), ...Object.entries(properties ?? {})].filter(([name]) => name !== 'type');
}

function isFunction(matcher: AnyMatcher): matcher is (packet: Packet) => boolean {
  return typeof matcher === 'function';
}

/** The bytes that a matcher is, if it is bytes. */
export function exactBytes(matcher: Want['matcher']): Uint8Array | undefined {
  if (typeof matcher === 'string') return bytesOfHex(matcher);
  return matcher instanceof Uint8Array ? matcher : undefined;
}

/** As it stands in the script: `publish({ topic: 'a' })`. */
export function formatWant(wanted: Want): string {
  const { type, matcher } = wanted;
  if (matcher === undefined) return `${type}()`;
  if (typeof matcher === 'function') return `${type}(a function)`;
  const exact = exactBytes(matcher);
  if (exact !== undefined) return `${type}('${hexOf(exact)}')`;
  const fields = wantedFields(wanted).map(([name, value]) => `${name}: ${formatValue(name, value)}`);
  return `${type}({ ${fields.join(', ')} })`.replace('{  }', '{}');
}

/** Whether a value is as wanted. Objects are compared by the fields that are named, lists item by item. */
export function matches(wanted: unknown, value: unknown): boolean {
  if (typeof wanted === 'function')
    return value !== undefined && (wanted as (value: unknown) => unknown)(value) === true;
  if (isAsymmetric(wanted)) return wanted.asymmetricMatch(value);
  if (value instanceof Uint8Array) return matchesBytes(wanted, value);
  if (wanted instanceof RegExp) return typeof value === 'string' && wanted.test(value);
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && value.length === wanted.length && wanted.every((item, i) => matches(item, value[i]));
  }
  if (typeof wanted !== 'object' || wanted === null) return Object.is(wanted, value);
  if (typeof value !== 'object' || value === null) return false;
  const given = new Map(flatten(value));
  return flatten(wanted).every(([name, inner]) => matches(inner, given.get(name)));
}

function matchesBytes(wanted: unknown, value: Uint8Array): boolean {
  if (wanted instanceof Uint8Array) return bytesEqual(wanted, value);
  if (wanted instanceof RegExp) return wanted.test(new TextDecoder().decode(value));
  if (typeof wanted !== 'string') return false;
  if (bytesEqual(new TextEncoder().encode(wanted), value)) return true;
  return /^[0-9a-f]{2}(?: [0-9a-f]{2})*$/i.test(wanted) && bytesEqual(bytesOfHex(wanted), value);
}

/** What test runners have for `any(String)` and the like. */
function isAsymmetric(wanted: unknown): wanted is { asymmetricMatch(value: unknown): boolean } {
  if (typeof wanted !== 'object' || wanted === null || !('asymmetricMatch' in wanted)) return false;
  return typeof wanted.asymmetricMatch === 'function';
}
