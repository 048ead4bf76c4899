import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, SESSION_PRESENT } from './client.ts';

// A received message is a view of rx until the application comes back; a copy lasts.

const MESSAGE = '32 0d  00 01 61  00 05  06  08 00 01 72 0b 07  78';

describe('a view', () => {
  it('reads rx in place', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const view = client.receive();
    const { payload } = view;
    expect(payload.buffer).toBe(view.payload.buffer);
    expect(payload.byteLength).toBe(1);
    expect(payload.buffer.byteLength).toBe(1024);
  });

  it('ends when the application comes back: its getters throw', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const view = client.receive();
    client.engine.comeBack();
    const uses: readonly (() => unknown)[] = [
      () => view.topic,
      () => view.payload,
      () => view.text(),
      () => view.properties,
      () => view.subscriptionIdentifiers,
      () => view.responseTarget(),
      () => view.reply('x'),
      () => view.toOwned(),
    ];
    for (const use of uses) {
      expect(errorOf(use)).toMatchObject({ name: 'InvalidRequestError', code: 'stale-view', connectionLost: false });
    }
    // What is no window on rx stays.
    expect(view).toMatchObject({ qos: 1, retain: false, dup: false, packetId: 5, payloadLength: 1 });
  });

  it('ends for good, even where it was read before', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const view = client.receive();
    expect(view.topic).toBe('a');
    const { properties } = view;
    client.engine.comeBack();
    expect(errorOf(() => view.topic)).toMatchObject({ code: 'stale-view' });
    expect(errorOf(() => view.properties)).toMatchObject({ code: 'stale-view' });
    // Properties that were taken out are values of their own.
    expect(properties).toEqual({ responseTopic: 'r' });
  });

  it('outlives the connection, and ends with the next coming back', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const view = client.receive();
    client.feed('30 05 00 01 62 00 79');
    client.cut();
    expect(view.text()).toBe('x');
    client.connect(SESSION_PRESENT);
    client.feed('30 05 00 01 63 00 7a', 1);
    expect(view.text()).toBe('x');
    expect(view.topic).toBe('a');
    expect(client.receive().text()).toBe('z');
    expect(errorOf(() => view.text())).toMatchObject({ code: 'stale-view' });
  });

  it('outlives disconnect()', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const view = client.receive();
    client.engine.disconnect(0);
    client.expectOutput('e0 00');
    expect(view.text()).toBe('x');
  });

  it('is never moved or overwritten while it is good, however much arrives', () => {
    const client = new Client({ rx: 64 }).connect();
    client.feed('30 13  00 01 61  00  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65');
    const view = client.receive();
    for (let i = 0; i < 500; i++) {
      client.feed('d0 00 90 04 00 63 00 00', 3);
      expect(view.text()).toBe('0123456789abcde');
    }
    client.offer('30 05 00 01 62 00 79'.repeat(20));
    expect(view.text()).toBe('0123456789abcde');
    expect(view.topic).toBe('a');
  });
});

describe('an owned copy', () => {
  it('lasts as long as anyone keeps it', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const owned = client.receiveOwned();
    client.engine.comeBack();
    client.cut();
    client.connect(CONNACK);
    client.feed('30 09 00 01 62 00 ff ff ff ff ff'.repeat(20));
    expect(owned).toMatchObject({ topic: 'a', qos: 1, packetId: 5, subscriptionIdentifiers: [7] });
    expect(owned.text()).toBe('x');
    expect(owned.responseTarget()).toEqual({ topic: 'r', correlationData: undefined });
    expect(owned.payload.buffer.byteLength).toBeLessThan(20);
  });

  it('of a view is as good as one that was claimed as such', () => {
    const client = new Client().connect();
    client.feed(MESSAGE);
    const owned = client.receive().toOwned();
    client.engine.comeBack();
    expect(owned).toMatchObject({ topic: 'a', qos: 1, packetId: 5, payloadLength: 1, subscriptionIdentifiers: [7] });
  });

  it('of a message under an alias has its topic', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  78   30 07  00 00  03 23 00 01  79   30 07  00 00  03 23 00 01  7a');
    client.receive();
    const [copy, owned] = [client.receive().toOwned(), client.receiveOwned()];
    client.engine.comeBack();
    expect([copy.topic, owned.topic]).toEqual(['a', 'a']);
    expect([copy.text(), owned.text()]).toEqual(['y', 'z']);
  });
});

describe('what arrived before the loss', () => {
  it('is still handed over in order', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78  32 07 00 01 61 00 01 00 79  34 07 00 01 61 00 02 00 7a  30 05 00 01 61');
    client.cut();
    expect(client.texts()).toEqual(['x', 'y', 'z']);
  });

  it('is still handed over after a packet that ended the connection', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78  32 07 00 01 61 00 01 00 79  00 00');
    expect(client.engine.state).toBe('disconnecting');
    expect(client.receive().text()).toBe('x');
    client.expectRejected(0x81);
    expect(client.texts()).toEqual(['y']);
  });

  it('is still handed over after the broker’s DISCONNECT', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78  e0 00  30 05 00 01 61 00 79');
    client.closed();
    expect(client.texts()).toEqual(['x']);
  });

  it('is dropped by the next connection', () => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78');
    client.cut();
    client.engine.start(0);
    client.expectNoMessage();
  });

  it.each(['connected', 'disconnected'])('is dropped by disconnect(), %s', (state) => {
    const client = new Client().connect();
    client.feed('30 05 00 01 61 00 78  30 05 00 01 61 00 79');
    const view = client.receive();
    if (state === 'disconnected') client.cut();
    client.engine.disconnect(0);
    expect(client.engine.hasMessage).toBe(false);
    expect(view.text()).toBe('x');
  });

  it('with its topic under an alias is handed over under it', () => {
    const client = new Client({ topicAliasMaximum: 1 }).connect();
    client.feed('30 08  00 01 61  03 23 00 01  78   30 07  00 00  03 23 00 01  79');
    client.cut();
    client.receive();
    expect(client.receive().topic).toBe('a');
  });
});
