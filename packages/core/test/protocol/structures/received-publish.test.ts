import { describe, expect, it } from 'vitest';
import { OwnedPublish } from '../../../src/protocol/inbound-publish.ts';
import { hex, surrounded } from '../../codec/bytes.ts';
import { publishRows } from '../../codec/publish-rows.ts';
import { sendersOf } from '../../codec/rows.ts';

// A message reads its fields from bytes that were checked when they arrived, wherever they stand by then.

const source = { inHand: null, acknowledge: () => false };

for (const { name, section, bytes: text, value } of publishRows.filter((row) => sendersOf(row).includes('server'))) {
  if (value.type !== 'publish') continue;
  describe(`${name} (${section})`, () => {
    const packet = hex(text);
    const start = 11;
    const end = start + packet.length;
    const bytes = surrounded(packet, start, 9);
    // Under an alias alone, the session knows the topic.
    const topic = value.topic === '' ? 'by/alias' : undefined;
    const message = new OwnedPublish(source, bytes, start, end, topic, 1, 2);

    it('says its fields', () => {
      expect(message.topic).toBe(topic ?? value.topic);
      expect(message.payload).toEqual(value.payload);
      expect(message.payloadLength).toBe(value.payload.length);
      expect(message.packetId).toBe(value.packetId ?? 0);
      expect(message.qos).toBe(value.qos);
      expect(message.retain).toBe(value.retain);
      expect(message.dup).toBe(value.dup);
    });

    it('says its properties, without those of the connection and of the subscriptions', () => {
      const { topicAlias: _topicAlias, subscriptionIdentifiers = [], ...properties } = { ...value.properties };
      expect(message.subscriptionIdentifiers).toEqual(subscriptionIdentifiers);
      expect(message.properties).toEqual(properties);
      expect(message.properties).toBe(message.properties);
    });
  });
}
