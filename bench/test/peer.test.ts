import { describe, expect, test } from 'vitest';
import { Connection } from '../src/peer/connection.ts';
import type { PeerSettings } from '../src/peer/settings.ts';
import { FakeWire } from './fake-wire.ts';

const CONNECT = [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 0, 0, 0, 0];
const TOPIC = [0, 1, 0x61];

function connect(settings: Partial<PeerSettings> = {}, isFirst = true): { wire: FakeWire; connection: Connection } {
  const wire = new FakeWire();
  const connection = new Connection({ transport: 'tcp', receiveMaximum: 1_000, ...settings }, wire, isFirst);
  wire.deliver(...CONNECT);
  return { wire, connection };
}

describe('the peer', () => {
  test('answers CONNECT with its Receive Maximum [MQTT-3.1.4-5]', () => {
    const { wire } = connect();
    expect(wire.sent).toEqual([[0x20, 6, 0, 0, 3, 0x21, 0x03, 0xe8]]);
  });

  test('acknowledges by QoS, all of a chunk with one write [MQTT-3.3.4-1]', () => {
    const { wire, connection } = connect();
    const chunk = [
      [0x30, 4, ...TOPIC, 0],
      [0x32, 6, ...TOPIC, 0x01, 0x02, 0],
      [0x34, 6, ...TOPIC, 0x01, 0x03, 0],
      [0x62, 2, 0x01, 0x03],
    ];
    wire.deliver(...chunk.flat());
    expect(wire.sent.slice(1)).toEqual([[0x40, 2, 1, 2, 0x50, 2, 1, 3, 0x70, 2, 1, 3]]);
    expect(connection.messagesIn).toBe(3);
  });

  test('answers PINGREQ [MQTT-3.12.4-1], SUBSCRIBE [MQTT-3.8.4-1] and UNSUBSCRIBE [MQTT-3.10.4-4]', () => {
    const { wire } = connect();
    wire.deliver(0xc0, 0);
    wire.deliver(0x82, 7, 0, 5, 0, ...TOPIC, 2);
    wire.deliver(0xa2, 6, 0, 6, 0, ...TOPIC);
    expect(wire.sent.slice(1)).toEqual([
      [0xd0, 0],
      [0x90, 4, 0, 5, 0, 2],
      [0xb0, 4, 0, 6, 0, 0],
    ]);
  });

  test('floods within what is in flight, and goes on as it is acknowledged [MQTT-3.3.4-9]', () => {
    const { wire, connection } = connect({ flood: { qos: 1, payloadBytes: 0, inFlight: 2 } });
    const topic = [...Buffer.from('bench/topic')];
    const publish = (packetId: number): number[] => [0x32, 16, 0, 11, ...topic, 0, packetId, 0];
    wire.deliver(0x82, 7, 0, 5, 0, ...TOPIC, 2);
    expect(wire.sent.at(-1)).toEqual([...publish(1), ...publish(2)]);
    wire.deliver(0x40, 2, 0, 1);
    expect(wire.sent.at(-1)).toEqual(publish(1));
    wire.deliver(0x40, 2, 0, 2, 0x40, 2, 0, 1);
    expect(wire.sent.at(-1)).toEqual([...publish(2), ...publish(1)]);
    expect(connection.messagesOut).toBe(5);
  });

  test('releases what was received of QoS 2 [MQTT-4.3.3-4], and counts it when it is complete', () => {
    const { wire, connection } = connect({ flood: { qos: 2, payloadBytes: 0, inFlight: 1 } });
    wire.deliver(0x82, 7, 0, 5, 0, ...TOPIC, 2);
    wire.deliver(0x50, 2, 0, 1);
    expect(wire.sent.at(-1)).toEqual([0x62, 2, 0, 1]);
    expect(connection.messagesOut).toBe(1);
    wire.deliver(0x70, 2, 0, 1);
    expect(connection.messagesOut).toBe(2);
  });

  test('waits for the last of many subscriptions', () => {
    const flood = { qos: 1, payloadBytes: 0, inFlight: 1, afterSubscriptions: 2 } as const;
    const { wire, connection } = connect({ flood });
    wire.deliver(0x82, 7, 0, 5, 0, ...TOPIC, 2);
    expect(connection.messagesOut).toBe(0);
    wire.deliver(0x82, 7, 0, 6, 0, ...TOPIC, 2);
    expect(connection.messagesOut).toBe(1);
  });

  test('cuts its first connection without an acknowledgement, and finds the session on the next [MQTT-3.2.2-3]', () => {
    const first = connect({ cutAfterMessages: 2 });
    const publish = [0x32, 6, ...TOPIC, 0, 1, 0];
    first.wire.deliver(...publish);
    expect(first.wire.isClosed).toBe(false);
    first.wire.deliver(...publish);
    expect(first.wire.isClosed).toBe(true);
    expect(first.wire.sent).toHaveLength(1);

    const second = connect({ cutAfterMessages: 2 }, false);
    expect(second.wire.sent[0]!.slice(0, 3)).toEqual([0x20, 6, 1]);
    second.wire.deliver(...publish);
    expect(second.wire.sent.at(-1)).toEqual([0x40, 2, 0, 1]);
  });

  test('echoes what follows CONNECT as it came', () => {
    const { wire } = connect({ echoes: true });
    wire.deliver(0x30, 4, ...TOPIC, 0);
    expect(wire.sent.at(-1)).toEqual([0x30, 4, ...TOPIC, 0]);
  });

  test('refuses to go on with a packet that it does not know', () => {
    const { wire } = connect();
    expect(() => wire.deliver(0xf0, 2, 0, 0)).toThrow(/begins with 240/);
  });
});
