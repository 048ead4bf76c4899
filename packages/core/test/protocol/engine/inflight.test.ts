import { expect, it } from 'vitest';
import { Engine, Operation } from '@minimq/core/protocol';
import { Client, SESSION_PRESENT } from './client.ts';

// 65,535 in flight. Bytes are put together in place here: as text it would take too long. If the cost of one packet grew
// with the number in flight, there would be thousands of millions of steps here, and a test would run out of time.

const COUNT = 65_535;
/** A step through 1 to 65,535 that visits every one. */
const STRIDE = 7919;

function put(engine: Engine, bytes: Uint8Array): void {
  while (bytes.length > 0) {
    const room = engine.inputRoom(0);
    if (room === null) throw new Error('no room');
    const count = Math.min(room.length, bytes.length);
    room.set(bytes.subarray(0, count));
    engine.received(count, 0);
    bytes = bytes.subarray(count);
  }
}

/** Writes all there is; returns first byte and identifier (of packets of `length` bytes, it at `offset`) of each. */
function take(engine: Engine, length: number, offset: number): number[] {
  const seen: number[] = [];
  let rest = Buffer.alloc(0);
  for (let bytes = engine.output(); bytes !== null; bytes = engine.output()) {
    const whole = Buffer.concat([rest, bytes]);
    engine.sent(bytes.length, 0);
    let at = 0;
    for (; at + length <= whole.length; at += length) seen.push((whole[at]! << 16) | whole.readUInt16BE(at + offset));
    rest = whole.subarray(at);
  }
  expect(rest).toHaveLength(0);
  return seen;
}

/** `first 02 id id` for all identifiers, in an order of its own. */
function answers(first: number): { bytes: Uint8Array; order: number[] } {
  const bytes = new Uint8Array(4 * COUNT);
  const order: number[] = [];
  for (let i = 0, id = 0; i < COUNT; i++) {
    id = (id + STRIDE) % COUNT;
    order.push(id + 1);
    bytes.set([first, 2, (id + 1) >> 8, (id + 1) & 0xff], 4 * i);
  }
  return { bytes, order };
}

it('65,535 QoS 2 publishes in flight, lost and resumed, answered in any order', () => {
  const client = new Client({ tx: 8 * COUNT + 1024, txReserve: 1024, rx: 16_384 }).connect();
  const { engine } = client;
  const operations: Operation[] = [];
  for (let i = 0; i < COUNT; i++) operations.push(client.publish({ topic: 'a', qos: 2 }));
  expect(client.tryPublish({ topic: 'a', qos: 2 })).toBeNull();
  const every = (first: number): number[] => Array.from({ length: COUNT }, (_, i) => (first << 16) | (i + 1));
  expect(take(engine, 8, 5)).toEqual(every(0x34));
  client.cut();
  client.connect(SESSION_PRESENT);
  expect(take(engine, 8, 5)).toEqual(every(0x3c));

  const pubrecs = answers(0x50);
  put(engine, pubrecs.bytes);
  expect(take(engine, 4, 2)).toEqual(pubrecs.order.map((id) => (0x62 << 16) | id));
  client.cut();
  client.connect(SESSION_PRESENT);
  expect(take(engine, 4, 2)).toEqual(pubrecs.order.map((id) => (0x62 << 16) | id));
  expect(client.tryPublish({ topic: 'a', qos: 1 })).toBeNull();
  put(engine, answers(0x70).bytes);
  expect(operations.every(({ state }) => state === 'complete')).toBe(true);
  expect(client.happened()).toHaveLength(COUNT);
  expect(engine.pending).toEqual([]);
  expect(engine.canPublish(1, 8 * COUNT)).toBe(true);
});

it('65,535 received QoS 2 messages that wait for PUBREL', () => {
  const client = new Client({ rx: 16_384 }).connect();
  const { engine } = client;
  const { bytes, order } = answers(0x62);
  const publish = new Uint8Array([0x34, 6, 0, 1, 0x61, 0, 0, 0]);
  for (const id of order) {
    publish[5] = id >> 8;
    publish[6] = id & 0xff;
    put(engine, publish);
    engine.comeBack();
    engine.claimOwned();
  }
  engine.comeBack();
  expect(take(engine, 4, 2)).toEqual(order.map((id) => (0x50 << 16) | id));
  for (let at = 0; at < bytes.length; at += 32) {
    put(engine, bytes.subarray(at, at + 32));
    engine.sent(engine.output()!.length, 0);
  }
  expect(engine.state).toBe('connected');
  client.feed('62 02 00 01');
  client.expectOutput('70 03 00 01 92');
});
