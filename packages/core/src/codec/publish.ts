import { PacketType, type Sender } from './packet-type.ts';
import {
  propertiesLength,
  readProperties,
  scanProperties,
  writeProperties,
  writeText,
  writeU16,
  type DeliveryProperties,
} from './properties.ts';
import { isQoS, type QoS } from './qos.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte, topicNameLength } from './topic.ts';
import { readUtf8 } from './utf8.ts';
import { VARINT_MAX, varintLength, writeVarint } from './varint.ts';
import { invalidArgument, malformed, protocolError, violation } from './violation.ts';

/** Section 3.3. */
export interface PublishPacket {
  readonly type: 'publish';
  /** Empty only where `properties.topicAlias` says which topic it is. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 1 to 65,535; of QoS 1 and 2 only. */
  readonly packetId?: number | undefined;
  readonly properties?: DeliveryProperties | undefined;
}

/** The fixed header's first byte. */
export function publishFlags(qos: QoS, retain: boolean, dup: boolean): number {
  return 0x30 | (dup ? 0x08 : 0) | (qos << 1) | (retain ? 0x01 : 0);
}

export const DUP_FLAG = 0x08;

/** The bytes of topic, identifier and properties: all between the fixed header and the payload. */
export function publishHeadLength(topicLength: number, qos: QoS, propertiesBytes: number): number {
  return 2 + topicLength + (qos === 0 ? 0 : 2) + varintLength(propertiesBytes) + propertiesBytes;
}

export function measurePublish(packet: PublishPacket, sender: Sender): number {
  const { topic, payload, qos, packetId, properties } = packet;
  if (!isQoS(qos)) throw invalidArgument('QoS has to be 0, 1 or 2');
  if (!(payload instanceof Uint8Array)) throw invalidArgument('The payload has to be a Uint8Array');
  if (qos === 0 ? packetId !== undefined || packet.dup : !isPacketId(packetId)) {
    throw invalidArgument(
      'PUBLISH has a packetId from 1 to 65,535 where its QoS is 1 or 2, and neither it nor dup else',
    );
  }
  const topicLength = topic === '' && properties?.topicAlias !== undefined ? 0 : topicNameLength('The topic', topic);
  const length = publishHeadLength(topicLength, qos, propertiesLength(properties, PacketType.publish, sender));
  return length + payload.length;
}

export function writePublish(packet: PublishPacket, target: Uint8Array, position: number, sender: Sender): number {
  const { properties, payload } = packet;
  position = writeText(target, position, packet.topic);
  if (packet.packetId !== undefined) position = writeU16(target, position, packet.packetId);
  position = writeProperties(target, position, properties, propertiesLength(properties, PacketType.publish, sender));
  target.set(payload, position);
  return position + payload.length;
}

export function isPacketId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 0xffff;
}

/** Where the fields of a received PUBLISH stand in the buffer that holds it. */
export interface PublishLayout {
  first: number;
  topicStart: number;
  topicEnd: number;
  /** 0: none. */
  packetId: number;
  propertiesStart: number;
  payloadStart: number;
  end: number;
  /** 0: none. */
  topicAlias: number;
}

export function publishLayout(): PublishLayout {
  return {
    first: 0,
    topicStart: 0,
    topicEnd: 0,
    packetId: 0,
    propertiesStart: 0,
    payloadStart: 0,
    end: 0,
    topicAlias: 0,
  };
}

/** Checks the PUBLISH that `reader` was opened on, and tells where its fields are. Nothing is copied. */
export function scanPublish(reader: Reader, first: number, sender: Sender, layout: PublishLayout): void {
  const qos = (first >> 1) & 0x03;
  if (qos === 3) throw malformed('3.3.1.2', 'PUBLISH has QoS 3');
  if (qos === 0 && (first & DUP_FLAG) !== 0) throw protocolError('3.3.1.1', 'PUBLISH of QoS 0 has DUP set');
  const topicStart = reader.skipText();
  const topicEnd = reader.position;
  if (hasWildcardByte(reader.bytes, topicStart, topicEnd)) {
    throw violation(ReasonCode.topicNameInvalid, '3.3.2.1', 'The topic of PUBLISH has a wildcard');
  }
  layout.first = first;
  layout.topicStart = topicStart;
  layout.topicEnd = topicEnd;
  layout.packetId = qos === 0 ? 0 : readPacketId(reader);
  layout.propertiesStart = reader.position;
  layout.topicAlias = scanProperties(reader, sender);
  layout.payloadStart = reader.position;
  layout.end = reader.end;
  if (topicStart === topicEnd && layout.topicAlias === 0) {
    throw protocolError('3.3.2.1', 'PUBLISH has neither a topic nor a topic alias');
  }
}

/** Finds the fields of a PUBLISH that `scanPublish` has checked before. */
export function locatePublish(reader: Reader, first: number, layout: PublishLayout): void {
  layout.first = first;
  layout.topicStart = reader.position + 2;
  reader.skip(reader.u16());
  layout.topicEnd = reader.position;
  layout.packetId = (first & 0x06) === 0 ? 0 : reader.u16();
  layout.propertiesStart = reader.position;
  reader.skip(reader.varint());
  layout.payloadStart = reader.position;
  layout.end = reader.end;
}

export function readPacketId(reader: Reader): number {
  const packetId = reader.u16();
  if (packetId === 0) throw protocolError('2.2.1', 'A packet identifier is 0');
  return packetId;
}

/** The payload is a window on the bytes given. */
export function readPublish(reader: Reader, first: number, sender: Sender): PublishPacket {
  const layout = publishLayout();
  scanPublish(reader, first, sender, layout);
  reader.position = layout.propertiesStart;
  return {
    type: 'publish',
    topic: readUtf8(reader.bytes, layout.topicStart, layout.topicEnd),
    payload: reader.bytes.subarray(layout.payloadStart, layout.end),
    qos: ((first >> 1) & 0x03) as QoS,
    retain: (first & 0x01) !== 0,
    dup: (first & DUP_FLAG) !== 0,
    packetId: layout.packetId === 0 ? undefined : layout.packetId,
    properties: readProperties(reader, sender) as DeliveryProperties,
  };
}

/** Writes a fixed header and returns the position behind it. */
export function writeFixedHeader(target: Uint8Array, position: number, first: number, remainingLength: number): number {
  target[position] = first;
  return writeVarint(target, position + 1, remainingLength);
}

/** The length of a whole packet; throws an `InvalidRequestError` where MQTT has no way to say it. */
export function wholeLength(remainingLength: number): number {
  if (remainingLength > VARINT_MAX) throw invalidArgument('A packet has at most 268,435,460 bytes');
  return 1 + varintLength(remainingLength) + remainingLength;
}
