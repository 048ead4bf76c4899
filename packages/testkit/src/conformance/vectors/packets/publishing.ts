import type { Packet, Sender } from '@minimq/core/codec';
import { text, u16, type Bytes } from '../bytes.ts';
import { packetType } from '../spec/packet-types.ts';
import { reasonParts, type ReasonFields } from './connecting.ts';
import { NO_PROPERTIES, packetOf, part, type Form, type PropertyBlock } from './form.ts';

// PUBLISH and its four answers (sections 3.3 to 3.7).

export interface PublishFields {
  readonly name?: string;
  /** DUP, QoS and RETAIN. */
  readonly flags?: number;
  readonly topic?: string;
  readonly packetId?: number;
  readonly properties?: PropertyBlock;
  readonly payload?: Bytes;
}

export function publish(
  sender: Sender,
  {
    name = 'PUBLISH',
    flags = 0,
    topic = 't/1',
    packetId = 0x0102,
    properties = NO_PROPERTIES,
    payload = [],
  }: PublishFields = {},
): Form {
  const qos = (flags >> 1) & 3;
  const head = [
    part('text', 'Topic Name', text(topic)),
    ...(qos === 0 ? [] : [part('number', 'Packet Identifier', u16(packetId))]),
    part('properties', 'Properties', properties.bytes),
  ];
  const withPayload = (length: number): Packet =>
    packetOf({
      type: 'publish',
      topic,
      payload: new Uint8Array(payload.slice(0, length)),
      qos,
      retain: (flags & 0x01) !== 0,
      dup: (flags & 0x08) !== 0,
      packetId: qos === 0 ? undefined : packetId,
      properties: properties.properties,
    });
  return {
    name,
    sender,
    first: 0x30 | flags,
    parts: [...head, ...payload.map((byte) => part('rest', 'Payload', [byte]))],
    packet: withPayload(payload.length),
    // A payload has whatever length is left.
    stopAfter: (partCount) => (partCount < head.length ? undefined : withPayload(partCount - head.length)),
  };
}

export type AckName = 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP';
export const ACK_NAMES: readonly AckName[] = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'];

export interface AckFields extends ReasonFields {
  readonly packetId?: number;
}

export function ack(type: AckName, sender: Sender, fields: AckFields = {}): Form {
  const { name = type, packetId = 0x0102, reasonCode = 0, properties } = fields;
  const base = { type: type.toLowerCase(), packetId };
  return {
    name,
    sender,
    first: packetType(type).first,
    parts: [part('number', 'Packet Identifier', u16(packetId)), ...reasonParts(fields)],
    packet: packetOf({ ...base, reasonCode, properties: properties?.properties }),
    stopAfter: (partCount) =>
      partCount === 0 ? undefined : packetOf({ ...base, reasonCode: partCount === 1 ? 0 : reasonCode }),
  };
}
