import type { Packet } from '@minimq/core/codec';
import { text, u16 } from '../bytes.ts';
import { NO_PROPERTIES, packetOf, part, type Form, type PropertyBlock } from './form.ts';

// SUBSCRIBE, UNSUBSCRIBE and their answers (sections 3.8 to 3.11).

interface RequestFields {
  readonly name?: string;
  readonly packetId?: number;
  readonly properties?: PropertyBlock;
}

export interface SubscribeFields extends RequestFields {
  readonly subscriptions?: readonly (readonly [topicFilter: string, options: number])[];
}

/** Packet Identifier and properties come first in all four. */
const HEAD_PARTS = 2;

export function subscribe({
  name = 'SUBSCRIBE',
  packetId = 0x0102,
  properties = NO_PROPERTIES,
  subscriptions = [['a/+', 1]],
}: SubscribeFields = {}): Form {
  const withFirst = (count: number): Packet =>
    packetOf({
      type: 'subscribe',
      packetId,
      subscriptions: subscriptions.slice(0, count).map(([topicFilter, options]) => ({
        topicFilter,
        qos: options & 3,
        noLocal: (options & 0x04) !== 0,
        retainAsPublished: (options & 0x08) !== 0,
        retainHandling: (options >> 4) & 3,
      })),
      properties: properties.properties,
    });
  return {
    name,
    sender: 'client',
    first: 0x82,
    parts: [
      ...head(packetId, properties),
      ...subscriptions.flatMap(([topicFilter, options]) => [
        part('text', 'Topic Filter', text(topicFilter)),
        part('number', 'Subscription Options', [options]),
      ]),
    ],
    packet: withFirst(subscriptions.length),
    stopAfter: stopsAfter(2, [0x82], withFirst),
  };
}

export interface UnsubscribeFields extends RequestFields {
  readonly topicFilters?: readonly string[];
}

export function unsubscribe({
  name = 'UNSUBSCRIBE',
  packetId = 0x0102,
  properties = NO_PROPERTIES,
  topicFilters = ['a/+'],
}: UnsubscribeFields = {}): Form {
  const withFirst = (count: number): Packet =>
    packetOf({
      type: 'unsubscribe',
      packetId,
      topicFilters: topicFilters.slice(0, count),
      properties: properties.properties,
    });
  return {
    name,
    sender: 'client',
    first: 0xa2,
    parts: [
      ...head(packetId, properties),
      ...topicFilters.map((topicFilter) => part('text', 'Topic Filter', text(topicFilter))),
    ],
    packet: withFirst(topicFilters.length),
    stopAfter: stopsAfter(1, [0x82], withFirst),
  };
}

export interface SubackFields extends RequestFields {
  readonly reasonCodes?: readonly number[];
}

export function suback(
  type: 'SUBACK' | 'UNSUBACK',
  { name = type, packetId = 0x0102, properties = NO_PROPERTIES, reasonCodes = [0] }: SubackFields = {},
): Form {
  const withFirst = (count: number): Packet =>
    packetOf({
      type: type.toLowerCase(),
      packetId,
      reasonCodes: reasonCodes.slice(0, count),
      properties: properties.properties,
    });
  return {
    name,
    sender: 'server',
    first: type === 'SUBACK' ? 0x90 : 0xb0,
    parts: [...head(packetId, properties), ...reasonCodes.map((code) => part('number', 'Reason Code', [code]))],
    packet: withFirst(reasonCodes.length),
    stopAfter: stopsAfter(1, [0x82, 0x81], withFirst),
  };
}

function head(packetId: number, properties: PropertyBlock): Form['parts'] {
  return [part('number', 'Packet Identifier', u16(packetId)), part('properties', 'Properties', properties.bytes)];
}

/** The packet may end behind each item of its list, but not in front of the first one. */
function stopsAfter(
  partsPerItem: number,
  reasonCodesOfNone: readonly number[],
  withFirst: (count: number) => Packet,
): Form['stopAfter'] {
  return (partCount) => {
    const count = (partCount - HEAD_PARTS) / partsPerItem;
    if (count < 0 || !Number.isInteger(count)) return undefined;
    return count === 0 ? reasonCodesOfNone : withFirst(count);
  };
}
