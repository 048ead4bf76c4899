import * as PacketType from './packet-type.ts';
import type { UnsubscribeProperties } from './properties.ts';
import type { Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import type { Reader } from './reader.ts';
import { putRequestHead, putTopicFilter, readTopicFilter } from './subscribe.ts';

/** Section 3.10. UNSUBACK has the form of SUBACK: see there. */
export interface UnsubscribePacket {
  readonly type: 'unsubscribe';
  readonly packetId: number;
  readonly topicFilters: readonly string[];
  readonly properties?: UnsubscribeProperties | undefined;
}

export function putUnsubscribe(target: Target, position: number, packet: UnsubscribePacket): number {
  const { topicFilters } = packet;
  position = putRequestHead(target, position, packet, PacketType.unsubscribe, topicFilters);
  for (const topicFilter of topicFilters) position = putTopicFilter(target, position, topicFilter);
  return position;
}

export function readUnsubscribe(reader: Reader): UnsubscribePacket {
  const packetId = reader.packetId();
  const properties = readProperties(reader) as UnsubscribeProperties;
  const topicFilters: string[] = [];
  while (reader.position < reader.end) topicFilters.push(readTopicFilter(reader));
  if (topicFilters.length === 0) throw reader.protocolError('3.10.3', 'has no topic filter');
  return { type: 'unsubscribe', packetId, topicFilters, properties };
}
