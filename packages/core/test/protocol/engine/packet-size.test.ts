import { describe, expect, it } from 'vitest';
import { Client, CONNACK } from './client.ts';

// Our own Maximum Packet Size is the length of rx; what is longer is known from its fixed header.

describe('a packet that is longer than rx', () => {
  it('[MQTT-3.1.2-24] of a declared 256 MB is refused with 0x95 from its fixed header alone', () => {
    const client = new Client().connect();
    const room = client.engine.inputRoom(0)!.length;
    client.feed('30 ff ff ff 7f');
    expect(room).toBe(1024);
    client.expectRejected(0x95, /268435460 bytes/);
  });

  it('is refused as soon as the last byte of its length is there', () => {
    const client = new Client().connect();
    client.feed('30');
    client.feed('ff');
    client.feed('ff');
    client.feed('ff');
    expect(client.engine.state).toBe('connected');
    client.feed('7f');
    client.expectRejected(0x95);
  });

  it('is refused by one byte, and not without it', () => {
    const client = new Client({ rx: 64 }).connect();
    client.feed(`30 3e 00 01 61 00 ${'78'.repeat(58)}`);
    expect(client.receive().payloadLength).toBe(58);
    client.engine.comeBack();
    client.feed('30 3f');
    client.expectRejected(0x95);
  });

  it.each([
    ['20', 'CONNACK'],
    ['90', 'SUBACK'],
    ['b0', 'UNSUBACK'],
    ['40', 'PUBACK'],
    ['e0', 'DISCONNECT'],
    ['d0', 'PINGRESP'],
  ])('[MQTT-3.9.2-1] [MQTT-3.11.2-1] is refused whatever it is: %s (%s)', (first) => {
    const client = new Client({ rx: 40 }).connect();
    client.feed(`${first} 27`);
    client.expectRejected(0x95);
  });

  it('[MQTT-3.2.2-19] [MQTT-3.2.2-20] is refused as a CONNACK too', () => {
    const client = new Client({ rx: 40 });
    client.start();
    client.feed('20 27  00 00  24  1f 00 21');
    client.expectOutput('e0 01 95');
    expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x95 });
  });

  it('of an impossible length is refused with 0x81 rather', () => {
    const client = new Client().connect();
    client.feed('30 ff ff ff 80');
    client.expectRejected(0x81);
  });
});

describe('rx', () => {
  it('is all that is read into: no more is taken in than it has room for', () => {
    const client = new Client({ rx: 100 }).connect();
    const buffer = client.engine.inputRoom(0)!.buffer;
    for (let i = 0; i < 1000; i++) {
      const room = client.engine.inputRoom(0);
      if (room === null) break;
      expect(room.buffer).toBe(buffer);
      expect(room.byteOffset + room.length).toBeLessThanOrEqual(100);
      client.offer('30 05 00 01 61 00 78'.slice(0, 3 * room.length));
    }
    expect(client.engine.inputRoom(0)).toBeNull();
  });

  it('stops being read when the arriving packet would not fit until a message is claimed, and goes on then', () => {
    const client = new Client({ rx: 64 }).connect();
    const message = `30 1e 00 01 61 00 ${'78'.repeat(26)}`;
    expect(client.offer(message.repeat(3))).toBeGreaterThan(0);
    expect(client.engine.inputRoom(0)).toBeNull();
    client.receive();
    // The one in hand still holds its place.
    expect(client.engine.inputRoom(0)).toBeNull();
    client.receive();
    expect(client.engine.inputRoom(0)).not.toBeNull();
  });

  it('is given back by every other packet at once, however many come while a message waits', () => {
    const client = new Client({ rx: 64 }).connect();
    client.feed(`30 1e 00 01 61 00 ${'78'.repeat(26)}`);
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    for (let i = 0; i < 1000; i++) client.feed('d0 00 40 02 00 63 90 04 00 63 00 00', 7);
    client.feed('40 02 00 01');
    expect(client.engine.pending).toEqual([]);
    expect(client.receive().payloadLength).toBe(26);
  });

  it('holds as many messages as fit, of any size', () => {
    const client = new Client({ rx: 1024 }).connect();
    client.feed('30 05 00 01 61 00 78'.repeat(146));
    expect(client.texts()).toHaveLength(146);
    client.expectOutput();
  });
});

it('a Maximum Packet Size that MQTT cannot reach is not said', () => {
  const client = new Client({ rx: 268_435_460 });
  client.engine.start(0);
  client.expectOutput('10 13  00 04 4d 51 54 54 05 02 00 00  05  11 00 00 0e 10  00 01 63');
  client.feed(CONNACK);
  client.expectConnected(false);
});
