import { describe, expect, it } from 'vitest';
import { decodePacket, type PublishPacket, type QoS } from '@minimq/core/codec';
import { aliasFormLength, AliasForm, writeAliasForm } from '../../../src/protocol/alias-form.ts';
import { Block } from '../../../src/protocol/block.ts';
import { Operation } from '../../../src/protocol/operation.ts';
import { TxArena } from '../../../src/protocol/tx-arena.ts';
import { publishBytes } from './publish-bytes.ts';

const owner = {
  events: [] as string[],
  blockWritten(): void {
    this.events.push('written');
  },
  blockDropped(): void {
    this.events.push('dropped');
  },
};

interface Message {
  readonly topic: string;
  readonly qos: QoS;
  readonly payload: string;
  /** A content type of that length; its property takes three bytes more. */
  readonly contentType: number;
}

/** The form under alias 300, as it stands in the arena beside the whole form. */
function aliased(message: Message, known: boolean): { whole: Uint8Array; form: Uint8Array; after: Uint8Array } {
  const packetId = message.qos === 0 ? undefined : 0x1234;
  const properties =
    message.contentType === 0 ? [] : [0x03, 0, message.contentType, ...Array(message.contentType).fill(0x63)];
  const whole = publishBytes({ ...message, retain: true, packetId, properties });
  const arena = new TxArena(new Uint8Array(whole.length * 2 + 40));
  const operation = new Operation(arena.bytes);
  arena.allocate(operation, whole.length, 0);
  arena.bytes.set(whole, operation.offset);
  operation.qos = message.qos;
  operation.packetId = packetId ?? 0;
  const layout = {
    first: whole[0]!,
    topicLength: message.topic.length,
    propertiesLength: properties.length,
    payloadLength: message.payload.length,
  };
  const form = new AliasForm(operation, owner);
  arena.allocate(form, aliasFormLength(operation, layout, known), 0);
  writeAliasForm(arena, form, operation, layout, 300, known);
  return {
    whole,
    form: arena.bytes.slice(form.offset, form.end),
    after: arena.bytes.slice(operation.offset, operation.end),
  };
}

const messages: Message[] = [];
for (const qos of [0, 1, 2] as const) {
  for (const contentType of [0, 5, 120, 121, 122, 130]) {
    for (const payload of ['', 'x', 'x'.repeat(90), 'x'.repeat(16_300)]) {
      messages.push(
        { topic: 'a/b/c', qos, payload, contentType },
        { topic: 't'.repeat(130), qos, payload, contentType },
      );
    }
  }
}

describe('a publish under an alias', () => {
  it('is, byte for byte, QoS 1 with the topic', () => {
    const { form } = aliased({ topic: 'a/b', qos: 1, payload: 'hi', contentType: 0 }, false);
    expect([...form]).toEqual([0x33, 13, 0, 3, 0x61, 0x2f, 0x62, 0x12, 0x34, 3, 0x23, 1, 44, 0x68, 0x69]);
  });

  it('is, byte for byte, QoS 1 without the topic', () => {
    const { form } = aliased({ topic: 'a/b', qos: 1, payload: 'hi', contentType: 0 }, true);
    expect([...form]).toEqual([0x33, 10, 0, 0, 0x12, 0x34, 3, 0x23, 1, 44, 0x68, 0x69]);
  });

  it('says the same as the whole form, which stays as it is, whatever has to be measured anew', () => {
    for (const message of messages) {
      for (const known of [false, true]) {
        const { whole, form, after } = aliased(message, known);
        expect(Buffer.compare(whole, after)).toBe(0);
        const { payload, ...expected } = decodePacket(whole, 'client') as PublishPacket;
        const { payload: decodedPayload, ...decoded } = decodePacket(form, 'client') as PublishPacket;
        expect(Buffer.compare(decodedPayload, payload)).toBe(0);
        expect(decoded).toEqual({
          ...expected,
          topic: known ? '' : message.topic,
          properties: { ...expected.properties, topicAlias: 300 },
        });
      }
    }
  });

  it('tells its owner how it left', () => {
    const form = new AliasForm(new Operation(new Uint8Array(0)), owner);
    form.written();
    form.dropped();
    expect(owner.events).toEqual(['written', 'dropped']);
  });

  it('stands in for a block without an owner, which leaves without a word', () => {
    const block = new Block(new Uint8Array(3));
    block.offset = 1;
    block.length = 2;
    expect(block.end).toBe(3);
    expect([block.written(), block.dropped()]).toEqual([undefined, undefined]);
  });
});
