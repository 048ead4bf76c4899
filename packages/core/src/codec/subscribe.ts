import { PacketType } from './packet-type.ts';
import {
  propertiesLength,
  readProperties,
  writeProperties,
  writeText,
  writeU16,
  type AckProperties,
  type SubscribeProperties,
} from './properties.ts';
import { isPacketId, readPacketId } from './publish.ts';
import { isQoS, type QoS, type RetainHandling } from './qos.ts';
import type { Reader } from './reader.ts';
import { isReasonCode, ReasonCode, type ReasonCodeUse } from './reason-code.ts';
import { isShared, isTopicFilter, topicFilterLength } from './topic.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, malformed, protocolError, violation, wrongReasonCode } from './violation.ts';

/** What a client asks to receive (section 3.8.3.1). */
export interface Subscription {
  readonly topicFilter: string;
  /** The highest QoS to receive at; default 0. */
  readonly qos?: QoS | undefined;
  /** Whether to leave out what this client published itself; default false. Not with a shared subscription. */
  readonly noLocal?: boolean | undefined;
  /** Whether RETAIN arrives as it was published; default false: it then marks retained messages only. */
  readonly retainAsPublished?: boolean | undefined;
  /** Default `RetainHandling.send`. */
  readonly retainHandling?: RetainHandling | undefined;
}

/** Section 3.8. */
export interface SubscribePacket {
  readonly type: 'subscribe';
  readonly packetId: number;
  readonly subscriptions: readonly Subscription[];
  readonly properties?: SubscribeProperties | undefined;
}

/** Sections 3.9 and 3.11; one reason code for each topic filter. */
export interface SubackPacket {
  readonly type: 'suback' | 'unsuback';
  readonly packetId: number;
  readonly reasonCodes: readonly ReasonCode[];
  readonly properties?: AckProperties | undefined;
}

export function measureSubscribe(packet: SubscribePacket): number {
  if (!isPacketId(packet.packetId)) throw invalidArgument('packetId has to be from 1 to 65,535');
  if (!(packet.subscriptions?.length > 0)) throw invalidArgument('SUBSCRIBE needs at least one topic filter');
  let length = 2 + blockLength(packet);
  for (const subscription of packet.subscriptions) length += 3 + subscriptionLength(subscription);
  return length;
}

function subscriptionLength({ topicFilter, qos = 0, noLocal, retainHandling = 0 }: Subscription): number {
  if (!isQoS(qos)) throw invalidArgument('The QoS of a subscription has to be 0, 1 or 2');
  if (!isQoS(retainHandling)) throw invalidArgument('retainHandling has to be 0, 1 or 2');
  const length = topicFilterLength(topicFilter);
  if (noLocal && isShared(topicFilter)) throw invalidArgument('A shared subscription cannot be noLocal');
  return length;
}

function blockLength({ properties }: SubscribePacket): number {
  const length = propertiesLength(properties, PacketType.subscribe, 'client');
  return varintLength(length) + length;
}

export function writeSubscribe(packet: SubscribePacket, target: Uint8Array, position: number): number {
  const { properties } = packet;
  position = writeU16(target, position, packet.packetId);
  const length = propertiesLength(properties, PacketType.subscribe, 'client');
  position = writeProperties(target, position, properties, length);
  for (const { topicFilter, qos = 0, noLocal, retainAsPublished, retainHandling = 0 } of packet.subscriptions) {
    position = writeText(target, position, topicFilter);
    target[position++] = qos | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4);
  }
  return position;
}

export function readSubscribe(reader: Reader): SubscribePacket {
  const packetId = readPacketId(reader);
  const properties = readProperties(reader, 'client') as SubscribeProperties;
  const subscriptions: Subscription[] = [];
  while (reader.position < reader.end) subscriptions.push(readSubscription(reader));
  if (subscriptions.length === 0) throw protocolError('3.8.3', 'SUBSCRIBE has no topic filter');
  return { type: 'subscribe', packetId, subscriptions, properties };
}

function readSubscription(reader: Reader): Subscription {
  const topicFilter = readTopicFilter(reader);
  const options = reader.byte();
  const qos = options & 0x03;
  const retainHandling = (options >> 4) & 0x03;
  if ((options & 0xc0) !== 0) throw malformed('3.8.3.1', 'SUBSCRIBE has reserved option bits set');
  if (!isQoS(qos)) throw protocolError('3.8.3.1', 'SUBSCRIBE asks for QoS 3');
  if (!isQoS(retainHandling)) throw protocolError('3.8.3.1', 'SUBSCRIBE has the retain handling 3');
  const noLocal = (options & 0x04) !== 0;
  if (noLocal && isShared(topicFilter)) throw protocolError('3.8.3.1', 'A shared subscription has No Local set');
  return { topicFilter, qos, noLocal, retainAsPublished: (options & 0x08) !== 0, retainHandling };
}

export function readTopicFilter(reader: Reader): string {
  const topicFilter = reader.text();
  if (!isTopicFilter(topicFilter)) {
    throw violation(ReasonCode.topicFilterInvalid, '4.7', `'${topicFilter}' is not a topic filter`);
  }
  return topicFilter;
}

export function measureSuback(packet: SubackPacket): number {
  if (!isPacketId(packet.packetId)) throw invalidArgument('packetId has to be from 1 to 65,535');
  if (!(packet.reasonCodes?.length > 0)) throw invalidArgument('SUBACK and UNSUBACK need at least one reason code');
  for (const code of packet.reasonCodes) {
    if (!isReasonCode(code, packet.type))
      throw invalidArgument(wrongReasonCode(code, PacketType[packet.type], 'server'));
  }
  const length = propertiesLength(packet.properties, PacketType[packet.type], 'server');
  return 2 + varintLength(length) + length + packet.reasonCodes.length;
}

export function writeSuback(packet: SubackPacket, target: Uint8Array, position: number): number {
  const { properties } = packet;
  position = writeU16(target, position, packet.packetId);
  const length = propertiesLength(properties, PacketType[packet.type], 'server');
  position = writeProperties(target, position, properties, length);
  target.set(packet.reasonCodes, position);
  return position + packet.reasonCodes.length;
}

export function readSuback(reader: Reader, type: SubackPacket['type'] & ReasonCodeUse): SubackPacket {
  const packetId = readPacketId(reader);
  const properties = readProperties(reader, 'server') as AckProperties;
  const reasonCodes: ReasonCode[] = [];
  while (reader.position < reader.end) reasonCodes.push(reader.reasonCode(type, 'server', `3.${reader.type}.3`));
  if (reasonCodes.length === 0) throw protocolError(`3.${reader.type}.3`, `${type.toUpperCase()} has no reason code`);
  return { type, packetId, reasonCodes, properties };
}
