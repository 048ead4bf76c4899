import type { AnyProperties, Packet, Sender } from '@minimq/core/codec';
import { framed, type Bytes } from '../bytes.ts';

// Legal packets in their parts, so that a group can take one part and spoil it.

/** One field of a packet. A binary field's two bytes of length belong to it, and so does a Property Length. */
export interface Part {
  readonly kind: 'number' | 'text' | 'binary' | 'properties' | 'rest';
  /** As the standard has it: `Topic Name`. */
  readonly name: string;
  readonly bytes: Bytes;
}

export interface Form {
  readonly name: string;
  readonly sender: Sender;
  readonly first: number;
  readonly parts: readonly Part[];
  /** What the parts are when they are decoded. */
  readonly packet: Packet;
  /** What the packet is where it ends after so many parts; or the reason codes for it. Elsewhere it is malformed. */
  readonly stopAfter: (partCount: number) => Stop | undefined;
}

export type Stop = Packet | readonly number[];

/** A Property Length, and so many bytes of properties. */
export interface PropertyBlock {
  readonly bytes: Bytes;
  /** Undefined: none. */
  readonly properties?: AnyProperties | undefined;
}

export const NO_PROPERTIES: PropertyBlock = { bytes: [0] };

export function bodyOf({ parts }: Form): Bytes {
  return parts.flatMap((part) => part.bytes);
}

export function bytesOf(form: Form): Bytes {
  return framed(form.first, bodyOf(form));
}

/** The form with other bytes in one of its parts; what it then decodes to is for the caller to know. */
export function withPart(form: Form, part: Part, bytes: Bytes): Form {
  return { ...form, parts: form.parts.map((each) => (each === part ? { ...each, bytes } : each)) };
}

/** Of packets that cannot end early. */
export function noStop(): undefined {
  return undefined;
}

export function part(kind: Part['kind'], name: string, bytes: Bytes): Part {
  return { kind, name, bytes };
}

/** Fields as a packet, without those that are not there. */
export function packetOf(fields: Readonly<Record<string, unknown>>): Packet {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as Packet;
}
