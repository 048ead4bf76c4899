import type { Packet, Sender } from '@minimq/core/codec';

/** What a decoder has to make of the bytes. */
export type WireVerdict =
  /** They are this packet. Properties are left out where there are none, and a reason code that was left out is 0. */
  | { readonly kind: 'valid'; readonly packet: Packet }
  /** They are to be refused, with one of these reason codes. */
  | { readonly kind: 'invalid'; readonly reasonCodes: readonly number[] }
  /** They are the beginning of a packet: a decoder of streams waits for the rest. */
  | { readonly kind: 'incomplete' };

/** The bytes of one packet, and what a decoder has to make of them. */
export interface WireVector {
  readonly group: WireVectorGroup;
  /** Unique in the table. */
  readonly name: string;
  /** The statement, like `MQTT-2.1.3-1`, or the section of the standard, like `2.1.4`. */
  readonly rule: string;
  /** Who sends the packet: a client's decoder takes those of a server, and a server's those of a client. */
  readonly sender: Sender;
  /** `40 02 00 0a` */
  readonly hex: string;
  readonly verdict: WireVerdict;
}

/** The kinds of vectors. */
export type WireVectorGroup = (typeof WIRE_VECTOR_GROUPS)[number];

export const WIRE_VECTOR_GROUPS = [
  'whole',
  'cut-off',
  'shortened',
  'trailing-bytes',
  'fixed-header',
  'remaining-length',
  'field-length',
  'varint',
  'flags',
  'protocol',
  'packet-identifier',
  'reason-code',
  'property',
  'property-length',
  'property-repeated',
  'property-misplaced',
  'property-out-of-range',
  'property-unknown',
  'property-missing',
  'utf-8',
  'topic',
] as const;

/** What a group's generator gives; the group's name is put in front of it. */
export type VectorOfGroup = Omit<WireVector, 'group'>;
