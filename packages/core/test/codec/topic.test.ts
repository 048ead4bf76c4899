import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, hasWildcard, isShared, isTopicFilter, packetLength } from '@minimq/core/codec';
import { expectInvalidArgument } from './refusal.ts';

// Sections 4.7 and 4.8.2: Topic Names and Topic Filters.

const filters = [
  'a',
  '/',
  '//',
  'a/b',
  '/a',
  'a/',
  'a//b',
  ' ',
  'a b',
  '#',
  '+',
  'a/#',
  '/#',
  '+/#',
  '+/+',
  '/+',
  '+/',
  'a/+/b',
  '+/a/+',
  'a/+/#',
  '$SYS/#',
  '$SYS',
  '$',
  '$share', // no slash: a filter like any other
  '$shared/a',
  '$SHARE/a',
  'a/$share/b',
  'é/\u{1F600}',
];
const shared = [
  '$share/g/t',
  '$share/g/#',
  '$share/g/+',
  '$share/g/+/a/#',
  '$share/g//',
  '$share/g//t',
  '$share/g/$SYS/a',
  '$share/g/$share/h/t',
  '$share/ /t',
  '$share/$share/t',
];
const bad: readonly [filter: string, rule: string][] = [
  ['', 'MQTT-4.7.3-1'],
  ['a#', 'MQTT-4.7.1-1'],
  ['#a', 'MQTT-4.7.1-1'],
  ['##', 'MQTT-4.7.1-1'],
  ['#/', 'MQTT-4.7.1-1'],
  ['#/a', 'MQTT-4.7.1-1'],
  ['a/#/b', 'MQTT-4.7.1-1'],
  ['a/#/', 'MQTT-4.7.1-1'],
  ['a/b#', 'MQTT-4.7.1-1'],
  ['#/#', 'MQTT-4.7.1-1'],
  ['+#', 'MQTT-4.7.1-1'],
  ['a+', 'MQTT-4.7.1-2'],
  ['+a', 'MQTT-4.7.1-2'],
  ['++', 'MQTT-4.7.1-2'],
  ['a/b+', 'MQTT-4.7.1-2'],
  ['a/+b/c', 'MQTT-4.7.1-2'],
  ['$share/', 'MQTT-4.8.2-1'],
  ['$share//', 'MQTT-4.8.2-1'],
  ['$share//t', 'MQTT-4.8.2-1'],
  ['$share/g', 'MQTT-4.8.2-2'],
  ['$share/g/', 'MQTT-4.8.2-2'],
  ['$share/+/t', 'MQTT-4.8.2-2'],
  ['$share/#', 'MQTT-4.8.2-2'],
  ['$share/#/t', 'MQTT-4.8.2-2'],
  ['$share/g+/t', 'MQTT-4.8.2-2'],
  ['$share/g#/t', 'MQTT-4.8.2-2'],
  ['$share/g/a#', 'MQTT-4.7.1-1'],
  ['$share/g/#/a', 'MQTT-4.7.1-1'],
  ['$share/g/a+', 'MQTT-4.7.1-2'],
];

describe('a topic filter', () => {
  for (const topicFilter of [...filters, ...shared]) {
    it(`is '${topicFilter}', and goes as it is [MQTT-3.10.4-1]`, () => {
      expect(isTopicFilter(topicFilter)).toBe(true);
      expect(isShared(topicFilter)).toBe(shared.includes(topicFilter));
      const requests = [
        { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter }] },
        { type: 'unsubscribe', packetId: 1, topicFilters: [topicFilter] },
      ] as const;
      for (const packet of requests) {
        const target = new Uint8Array(packetLength(packet, 'client'));
        encodePacket(packet, 'client', target);
        expect(Buffer.from(target).includes(Buffer.from(topicFilter))).toBe(true);
        expect(JSON.stringify(decodePacket(target, 'client'))).toContain(JSON.stringify(topicFilter));
      }
    });
  }

  for (const [topicFilter, rule] of bad) {
    it(`is not '${topicFilter}' [${rule}]`, () => {
      expect(isTopicFilter(topicFilter)).toBe(false);
      const subscriptions = [{ topicFilter: 'good' }, { topicFilter }];
      expectInvalidArgument(
        () => packetLength({ type: 'subscribe', packetId: 1, subscriptions }, 'client'),
        /not a topic filter/,
      );
      const topicFilters = ['good', topicFilter];
      expectInvalidArgument(
        () => packetLength({ type: 'unsubscribe', packetId: 1, topicFilters }, 'client'),
        /not a topic filter/,
      );
    });
  }

  it('has a wildcard or not', () => {
    expect(['a', 'a/b', '', '$share/g/t'].map(hasWildcard)).toEqual([false, false, false, false]);
    expect(['+', 'a/#', '$share/g/+/t'].map(hasWildcard)).toEqual([true, true, true]);
  });
});

describe('a topic name', () => {
  const message = { type: 'publish', payload: new Uint8Array(0), qos: 0, retain: false, dup: false } as const;

  for (const topic of ['a', '/', 'a//b', '$SYS/a', '$share/g/t', ' ', 'é', '\uFEFFa', 'x'.repeat(65_535)]) {
    it(`is '${topic.slice(0, 20)}', and goes as it is`, () => {
      const packet = { ...message, topic };
      const target = new Uint8Array(packetLength(packet, 'client'));
      encodePacket(packet, 'client', target);
      expect(decodePacket(target, 'client')).toMatchObject({ topic });
    });
  }

  for (const topic of ['', '#', '+', 'a/#', 'a+b', 'x'.repeat(65_536)]) {
    it(`is not '${topic.slice(0, 20)}' [MQTT-3.3.2-2] [MQTT-4.7.3-1] [MQTT-4.7.3-3]`, () => {
      expectInvalidArgument(() => packetLength({ ...message, topic }, 'client'), /topic/);
    });
  }
});
