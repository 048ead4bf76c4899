import { describe, expect, it } from 'vitest';
import { Client } from './client.ts';

// rx is full, and nobody has been receiving for receiveStallMs.

const message = `30 1e 00 01 61 00 ${'78'.repeat(26)}`;

function full(receiveStallMs = 30_000): Client {
  const client = new Client({ rx: 64, receiveStallMs });
  client.nowMs = 1000;
  client.connect();
  expect(client.offer(message.repeat(2))).toBe(0);
  expect(client.engine.inputRoom(1000)).toBeNull();
  return client;
}

describe('a full rx that nobody empties', () => {
  it('is told once, when the time is over', () => {
    const client = full();
    expect(client.engine.deadlineMs).toBe(31_000);
    client.engine.tick(30_999);
    expect(client.happened()).toEqual([]);
    expect(client.engine.receiveStalled).toBe(false);
    client.engine.tick(31_000);
    expect(client.happened()).toEqual([{ kind: 'receive-stalled' }]);
    expect(client.engine.receiveStalled).toBe(true);
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.nowMs = 500_000;
    expect(client.engine.inputRoom(client.nowMs)).toBeNull();
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.engine.tick(500_000);
    expect(client.happened()).toEqual([]);
    expect(client.engine.state).toBe('connected');
  });

  it('counts from when it was full, however often that is asked', () => {
    const client = full();
    client.nowMs = 20_000;
    expect(client.engine.inputRoom(20_000)).toBeNull();
    expect(client.engine.deadlineMs).toBe(31_000);
  });

  it('harms nothing: the packets are there when somebody receives', () => {
    const client = full();
    client.engine.tick(31_000);
    client.happened();
    expect(client.texts()).toHaveLength(2);
    expect(client.engine.receiveStalled).toBe(false);
    client.feed(message, 5);
    expect(client.texts()).toEqual(['x'.repeat(26)]);
  });

  it('does not count while somebody receives, and counts anew from then', () => {
    const client = full();
    client.nowMs = 30_000;
    client.receive();
    // The message in hand still holds its place, so that rx is full as before.
    expect(client.engine.inputRoom(30_000)).toBeNull();
    expect(client.engine.deadlineMs).toBe(60_000);
    client.engine.tick(60_000);
    expect(client.happened()).toEqual([{ kind: 'receive-stalled' }]);
  });

  it('is not full once there is room', () => {
    const client = full();
    client.texts();
    expect(client.engine.inputRoom(2000)).not.toBeNull();
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('may be waited for for ever', () => {
    const client = full(Number.POSITIVE_INFINITY);
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.engine.tick(1e12);
    expect(client.happened()).toEqual([]);
  });

  it('is nothing any more once the connection is over', () => {
    const client = full();
    client.engine.disconnect(2000);
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
    client.output();
    client.happened();
    client.nowMs = 100_000;
    client.connect('20 03 01 00 00');
    expect(client.engine.inputRoom(100_000)).not.toBeNull();
    expect(client.engine.receiveStalled).toBe(false);
  });
});
