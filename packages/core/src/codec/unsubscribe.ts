import { PacketType } from './packet-type.ts';
import {
  propertiesLength,
  readProperties,
  writeProperties,
  writeText,
  writeU16,
  type UnsubscribeProperties,
} from './properties.ts';
import { isPacketId, readPacketId } from './publish.ts';
import type { Reader } from './reader.ts';
import { readTopicFilter } from './subscribe.ts';
import { topicFilterLength } from './topic.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, protocolError } from './violation.ts';

/** Section 3.10. UNSUBACK has the form of SUBACK: see there. */
export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly topicFilters: readonly string[];
  readonly properties?: UnsubscribeProperties | undefined;
}

export function measureUnsubscribe(packet: UnsubscribePacket): number {
  if (!isPacketId(packet.packetId)) throw invalidArgument('packetId has to be from 1 to 65,535');
  if (!(packet.topicFilters?.length > 0)) throw invalidArgument('UNSUBSCRIBE needs at least one topic filter');
  const properties = propertiesLength(packet.properties, PacketType.unsubscribe, 'client');
  let length = 2 + varintLength(properties) + properties;
  for (const topicFilter of packet.topicFilters) length += 2 + topicFilterLength(topicFilter);
  return length;
}

export function writeUnsubscribe(packet: UnsubscribePacket, target: Uint8Array, position: number): number {
  const { properties } = packet;
  position = writeU16(target, position, packet.packetId);
  const length = propertiesLength(properties, PacketType.unsubscribe, 'client');
  position = writeProperties(target, position, properties, length);
  for (const topicFilter of packet.topicFilters) position = writeText(target, position, topicFilter);
  return position;
}

export function readUnsubscribe(reader: Reader): UnsubscribePacket {
  const packetId = readPacketId(reader);
  const properties = readProperties(reader, 'client') as UnsubscribeProperties;
  const topicFilters: string[] = [];
  while (reader.position < reader.end) topicFilters.push(readTopicFilter(reader));
  if (topicFilters.length === 0) throw protocolError('3.10.3', 'UNSUBSCRIBE has no topic filter');
  return { type: 'unsubscribe', packetId, topicFilters, properties };
}
