import { describe, expect, it } from 'vitest';
import { RECEIVE_STALL_MS_DEFAULT, type Authenticator } from '@minimq/core';
import { CONNACK, errorOf, publish, type Bench, type Connection } from '../support.ts';
import { expectNothingPending, forEachAnswer, newBench, PUBACK_1, watch, type Watched } from './bench.ts';

// No deadlock in silence: where rx is full and nobody receives, no answer of the broker's can arrive.

const large = publish('t', 'x'.repeat(50));
/** Receive Maximum 1; the method "m". */
const CONNACK_1 = '20 0a  00 00  07  21 00 01  15 00 01 6d';
const auth: Authenticator = { method: 'm', start: () => undefined, respond: () => undefined };

const stalled = { name: 'NotReadyError', code: 'receive-stalled', connectionLost: false };

/** Every call that only a packet of the broker's can end, where one publish has no answer and holds the only slot. */
function callsForAnswers({ session }: Bench): Record<string, () => Promise<unknown>> {
  const [op] = session.pending;
  return {
    completion: () => op!.completion(),
    'completion across connections': () => op!.completion({ acrossConnections: true }),
    'publish for quota': () => session.publish({ topic: 't', qos: 1 }),
    subscribe: () => session.subscribe(['f']),
    unsubscribe: () => session.unsubscribe(['f']),
    reauthenticate: () => session.reauthenticate(),
  };
}

/** A session whose rx holds one message, and behind that the packets in the link. */
async function fullBench(answers?: Parameters<typeof newBench>[1], receiveStallMs?: number) {
  const bench = newBench({ rx: 64, auth, ...(receiveStallMs === undefined ? {} : { receiveStallMs }) }, answers);
  const connection = await bench.connect(CONNACK_1);
  const op = await bench.session.publish({ topic: 't', qos: 1 });
  await connection.peer.expect('32 06  00 01 74  00 01  00');
  return { bench, op, ...connection };
}

async function fill({ time }: Bench, { peer, link }: Pick<Connection, 'peer' | 'link'>): Promise<void> {
  peer.send(large, large);
  await time.settle();
  expect(link.toClient.inFlightBytes).toBeGreaterThan(0);
}

forEachAnswer('a receiver that does not come', (answers) => {
  it('ends every wait for an answer after receiveStallMs, and harms nothing', async () => {
    const { bench, op, ...connection } = await fullBench(answers);
    const { peer, event } = connection;
    const closed = watch(event.closed);
    const waits: [string, Watched<unknown>][] = [];
    for (const [name, call] of Object.entries(callsForAnswers(bench))) waits.push([name, watch(call())]);
    await bench.time.settle();
    peer.take();
    await fill(bench, connection);
    // Behind the messages come the answers.
    peer.send(PUBACK_1, '90 04  00 02  00  00', 'b0 04  00 03  00  00', 'f0 06  00  04  15 00 01 6d');
    await bench.time.advance(RECEIVE_STALL_MS_DEFAULT - 1);
    for (const [name, { state }] of waits) expect(state, name).toBe('pending');
    await bench.time.advance(1);
    for (const [name, { error }] of waits) expect(error, name).toMatchObject(stalled);
    expect(RECEIVE_STALL_MS_DEFAULT).toBe(30_000);
    await expectNothingPending(bench);
    // The connection is unharmed, and so is every packet.
    expect(closed.state).toBe('pending');
    expect(op.state).toBe('pending');
    await bench.session.recv();
    const receiving = bench.session.recv();
    await bench.time.until(receiving);
    await bench.time.settle();
    expect(op.state).toBe('complete');
    expect(bench.session.pending).toEqual([]);
    const subscribing = bench.session.subscribe(['g']);
    await peer.expect('82 07  00 04  00  00 01 67  00');
    peer.send('90 04  00 04  00  01');
    expect(await bench.time.until(subscribing)).toMatchObject({ reasonCodes: [1] });
    expect(bench.session.state).toBe('connected');
  });

  it('ends those that begin to wait during that at once, and nothing of them is sent', async () => {
    const { bench, ...connection } = await fullBench(answers);
    const { peer } = connection;
    await fill(bench, connection);
    await bench.time.advance(RECEIVE_STALL_MS_DEFAULT);
    for (const [name, call] of Object.entries(callsForAnswers(bench))) {
      expect(await errorOf(call()), name).toMatchObject(stalled);
    }
    await peer.expect();
    // What needs no answer goes on.
    await bench.session.publish({ topic: 't' });
    await bench.time.until(bench.session.flush());
    await peer.expect('30 04  00 01 74  00');
    // And with a receiver, all is as before.
    await bench.session.recv();
    const waits = Object.entries(callsForAnswers(bench)).map(([name, call]) => [name, watch(call())] as const);
    await bench.time.settle();
    for (const [name, { state }] of waits) expect(state, name).toBe('pending');
  });

  it('counts from the moment when rx became full, or the receiver was last there', async () => {
    const { bench, op, ...connection } = await fullBench(answers, 1000);
    const { peer } = connection;
    await fill(bench, connection);
    await bench.time.advance(900);
    const completion = watch(op.completion());
    // The message in hand still fills it.
    await bench.session.recv();
    await bench.time.advance(999);
    expect(completion.state).toBe('pending');
    await bench.time.advance(1);
    expect(completion.error).toMatchObject(stalled);
    await bench.session.recv();
    const later = watch(op.completion());
    peer.send(large);
    await bench.time.advance(999);
    expect(later.state).toBe('pending');
    await bench.time.advance(1);
    expect(later.error).toMatchObject(stalled);
    peer.send(PUBACK_1);
    await bench.session.recv();
    await bench.time.settle();
    expect(op.state).toBe('complete');
  });
});

describe('a receiver that does not come', () => {
  it('is waited for as long as it takes with Infinity, and no timer is held', async () => {
    const { bench, op, ...connection } = await fullBench('at-once', Number.POSITIVE_INFINITY);
    await fill(bench, connection);
    const completion = watch(op.completion());
    await expectNothingPending(bench);
    await bench.time.advance(24 * 3_600_000);
    expect(completion.state).toBe('pending');
  });

  it('does not matter while rx has room', async () => {
    const { bench, op, peer } = await fullBench('at-once', 1000);
    peer.send(publish('t', 'm'));
    const completion = watch(op.completion());
    await bench.time.advance(3_600_000);
    expect(completion.state).toBe('pending');
    await expectNothingPending(bench);
  });

  it('ends no wait that something else can end: of the consumer, for the transport, for a connection', async () => {
    const bench = newBench({ rx: 64, receiveStallMs: 1000 });
    const connection = await bench.connect(CONNACK, {}, { capacityBytes: 120 });
    const { link } = connection;
    await fill(bench, connection);
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(200) });
    const flushed = watch(bench.session.flush());
    const connected = watch(bench.session.connected({ timeoutMs: 5000 }));
    const delayed = watch(bench.session.delay(5000));
    await bench.time.advance(1000);
    expect(await errorOf(bench.session.subscribe(['f']))).toMatchObject(stalled);
    expect((await bench.session.recv()).payloadLength).toBe(50);
    await bench.time.advance(1000);
    expect(await errorOf(bench.session.subscribe(['f']))).toMatchObject(stalled);
    expect([flushed.state, delayed.state]).toEqual(['pending', 'pending']);
    expect(connected.value).toBe(connection.event);
    link.toServer.resume();
    await bench.time.settle();
    expect(flushed.state).toBe('resolved');
    expect(await bench.time.until(bench.session.disconnect())).toEqual({ clean: true });
  });

  it('ends a publish that waits for room', async () => {
    const bench = newBench({ rx: 64, tx: 256, txReserve: 64, receiveStallMs: 1000 });
    const connection = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1, payload: new Uint8Array(100) });
    const waiting = watch(bench.session.publish({ topic: 't', payload: new Uint8Array(100) }));
    const subscribing = watch(bench.session.subscribe(['x'.repeat(80)]));
    await connection.peer.next();
    await fill(bench, connection);
    await bench.time.advance(1000);
    expect(waiting.error).toMatchObject(stalled);
    expect(subscribing.error).toMatchObject(stalled);
    await connection.peer.expect();
  });

  it('ends a flush of what a resume may not send before an acknowledgement', async () => {
    const bench = newBench({ rx: 64, receiveStallMs: 1000 });
    const first = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1 });
    await bench.session.publish({ topic: 't', qos: 1 });
    await bench.time.settle();
    await first.peer.close();
    // Receive Maximum 1.
    const connection = await bench.connect('20 06  01 00  03  21 00 01');
    await fill(bench, connection);
    const flushed = watch(bench.session.flush());
    await bench.time.advance(1000);
    expect(flushed.error).toMatchObject(stalled);
  });

  it('is forgotten with the connection', async () => {
    const { bench, op, ...connection } = await fullBench('at-once', 1000);
    await fill(bench, connection);
    await bench.time.advance(1000);
    expect(await errorOf(op.completion())).toMatchObject(stalled);
    await bench.time.until(bench.session.disconnect());
    // The method "m" again, and Session Present.
    const next = await bench.connect('20 07  01 00  04  15 00 01 6d');
    await next.peer.expect('3a 06  00 01 74  00 01  00');
    const completion = op.completion();
    next.peer.send(PUBACK_1);
    expect(await bench.time.until(completion)).toMatchObject({ reasonCode: 0 });
  });
});
