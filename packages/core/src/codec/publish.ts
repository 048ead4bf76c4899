import type { DeliveryProperties } from './properties.ts';
import { isKnownTopic, keepTopic, putPublishTopic, readPublishTopic } from './publish-topic.ts';
import { putProperties } from './put-properties.ts';
import { checkNumber, putBytes, putPacketId, putText, type Target } from './put.ts';
import { scanProperties } from './read-properties.ts';
import type { QoS } from './qos.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte } from './topic.ts';
import { varintLength } from './varint.ts';
import { invalidArgument } from './violation.ts';

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

export function putPublish(target: Target, position: number, packet: PublishPacket, place: number): number {
  const { topic, payload, qos, packetId, properties } = packet;
  checkNumber('QoS', qos, 0, 2);
  if (!(payload instanceof Uint8Array)) throw invalidArgument('The payload has to be a Uint8Array');
  if (qos === 0 && (packetId !== undefined || packet.dup)) throw invalidArgument('QoS 0 has neither packetId nor dup');
  const isAliased = topic === '' && properties?.topicAlias !== undefined;
  position = isAliased ? putText(target, position, 'The topic', topic) : putPublishTopic(target, position, topic);
  if (qos > 0) position = putPacketId(target, position, packetId!);
  position = putProperties(target, position, properties, place);
  return putBytes(target, position, payload);
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

/** Checks the PUBLISH that `reader` was opened on, and tells where its fields are; fills `properties` where it is given. */
export function scanPublish(reader: Reader, layout: PublishLayout, properties?: Record<string, unknown>): void {
  const { first } = reader;
  const qos = (first >> 1) & 0x03;
  if (qos === 3) throw reader.malformed('3.3.1.2', 'has QoS 3');
  if (qos === 0 && (first & DUP_FLAG) !== 0) throw reader.protocolError('3.3.1.1', 'of QoS 0 has DUP set');
  layout.first = first;
  const topicStart = reader.skipField();
  const topicEnd = reader.position;
  if (!isKnownTopic(reader.bytes, topicStart, topicEnd)) {
    reader.checkText(topicStart);
    if (hasWildcardByte(reader.bytes, topicStart, topicEnd)) {
      throw reader.violation(ReasonCode.topicNameInvalid, '3.3.2.1', 'has a topic with a wildcard');
    }
    keepTopic(reader.bytes, topicStart, topicEnd);
  }
  layout.topicStart = topicStart;
  layout.topicEnd = topicEnd;
  layout.packetId = qos === 0 ? 0 : reader.packetId();
  layout.propertiesStart = reader.position;
  layout.topicAlias = scanProperties(reader, properties);
  layout.payloadStart = reader.position;
  layout.end = reader.end;
  if (topicStart === topicEnd && layout.topicAlias === 0) {
    throw reader.protocolError('3.3.2.1', 'has neither a topic nor a topic alias');
  }
}

/** The payload is a window on the bytes given. */
export function readPublish(reader: Reader): PublishPacket {
  const layout = publishLayout();
  const properties: Record<string, unknown> = {};
  scanPublish(reader, layout, properties);
  return {
    type: 'publish',
    topic: readPublishTopic(reader.bytes, layout.topicStart, layout.topicEnd),
    payload: reader.bytes.subarray(layout.payloadStart, layout.end),
    qos: ((reader.first >> 1) & 0x03) as QoS,
    retain: (reader.first & 0x01) !== 0,
    dup: (reader.first & DUP_FLAG) !== 0,
    packetId: layout.packetId === 0 ? undefined : layout.packetId,
    properties: properties as DeliveryProperties,
  };
}
