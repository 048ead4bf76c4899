import * as PacketType from './packet-type.ts';
import type { AckProperties, AnyProperties, SubscribeProperties } from './properties.ts';
import { putProperties } from './put-properties.ts';
import { checkNumber, putByte, putBytes, putPacketId, putText, type Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import { isQoS, type QoS, type RetainHandling } from './qos.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { checkReasonCode } from './reason.ts';
import { isShared, isTopicFilter } from './topic.ts';
import { invalidArgument } from './violation.ts';

/** What a client asks to receive (section 3.8.3.1). */
export interface Subscription {
  /** 1 to 65,535 bytes; `+` and `#` are wildcards, `$share/NAME/FILTER` a shared subscription. Section 4.7. */
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

export function putSubscribe(target: Target, position: number, packet: SubscribePacket): number {
  position = putRequestHead(target, position, packet, PacketType.subscribe, packet.subscriptions);
  for (const { topicFilter, qos = 0, noLocal, retainAsPublished, retainHandling = 0 } of packet.subscriptions) {
    checkNumber('The QoS of a subscription', qos, 0, 2);
    checkNumber('retainHandling', retainHandling, 0, 2);
    position = putTopicFilter(target, position, topicFilter);
    if (noLocal && isShared(topicFilter)) throw invalidArgument('A shared subscription cannot be noLocal');
    const options = qos | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4);
    position = putByte(target, position, options);
  }
  return position;
}

/** What SUBSCRIBE and UNSUBSCRIBE have in front of their topic filters. */
export function putRequestHead(
  target: Target,
  position: number,
  { packetId, properties }: { readonly packetId: number; readonly properties?: AnyProperties | undefined },
  place: number,
  filters: readonly unknown[],
): number {
  if (!(filters?.length > 0)) throw invalidArgument('There has to be a topic filter');
  return putProperties(target, putPacketId(target, position, packetId), properties, place);
}

export function putTopicFilter(target: Target, position: number, filter: string): number {
  position = putText(target, position, 'A topic filter', filter);
  if (!isTopicFilter(filter)) throw invalidArgument(`'${filter}' is not a topic filter`);
  return position;
}

export function readSubscribe(reader: Reader): SubscribePacket {
  const packetId = reader.packetId();
  const properties = readProperties(reader) as SubscribeProperties;
  const subscriptions: Subscription[] = [];
  while (reader.position < reader.end) subscriptions.push(readSubscription(reader));
  if (subscriptions.length === 0) throw reader.protocolError('3.8.3', 'has no topic filter');
  return { type: 'subscribe', packetId, subscriptions, properties };
}

function readSubscription(reader: Reader): Subscription {
  const topicFilter = readTopicFilter(reader);
  const options = reader.byte();
  const qos = options & 0x03;
  const retainHandling = (options >> 4) & 0x03;
  if ((options & 0xc0) !== 0) throw reader.malformed('3.8.3.1', 'has reserved option bits set');
  if (!isQoS(qos)) throw reader.protocolError('3.8.3.1', 'asks for QoS 3');
  if (!isQoS(retainHandling)) throw reader.protocolError('3.8.3.1', 'has the retain handling 3');
  const noLocal = (options & 0x04) !== 0;
  if (noLocal && isShared(topicFilter)) {
    throw reader.protocolError('3.8.3.1', 'has No Local set for a shared subscription');
  }
  return { topicFilter, qos, noLocal, retainAsPublished: (options & 0x08) !== 0, retainHandling };
}

export function readTopicFilter(reader: Reader): string {
  const topicFilter = reader.text();
  if (isTopicFilter(topicFilter)) return topicFilter;
  throw reader.violation(ReasonCode.topicFilterInvalid, '4.7', `has '${topicFilter}', which is not a topic filter`);
}

export function putSuback(target: Target, position: number, packet: SubackPacket, place: number): number {
  const { packetId, properties, reasonCodes } = packet;
  if (!(reasonCodes?.length > 0)) throw invalidArgument('SUBACK and UNSUBACK need at least one reason code');
  for (const code of reasonCodes) checkReasonCode(code, place);
  position = putProperties(target, putPacketId(target, position, packetId), properties, place);
  return putBytes(target, position, reasonCodes);
}

export function readSuback(reader: Reader, type: SubackPacket['type']): SubackPacket {
  const section = `3.${reader.first >> 4}.3`;
  const packetId = reader.packetId();
  const properties = readProperties(reader) as AckProperties;
  const reasonCodes: ReasonCode[] = [];
  while (reader.position < reader.end) reasonCodes.push(reader.reasonCode(section));
  if (reasonCodes.length === 0) throw reader.protocolError(section, 'has no reason code');
  return { type, packetId, reasonCodes, properties };
}
