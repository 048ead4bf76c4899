import { describe, expect, it } from 'vitest';
import type { CompletionOptions, ConnectEvent, Session, WaitOptions } from '@minimq/core';
import { CONNACK, errorOf, isPending, SESSION_PRESENT, type Bench, type Peer } from '../support.ts';
import {
  CountedSignal,
  expectNothingPending,
  forEachAnswer,
  MESSAGE,
  newBench,
  PUBACK_1,
  watch,
  type Watched,
} from './bench.ts';

// Every wait takes { signal, timeoutMs }; giving up loses nothing.

/** Receive Maximum 1, so that a second publish has to wait. */
const ONE_AT_A_TIME = '20 06  00 00  03  21 00 01';
const PUBLISH_1 = '32 06  00 01 74  00 01  00';

/** Every call that waits, in a connection whose one slot for a QoS 1 publish is taken. */
const WAITS: Record<string, (bench: Bench, options: WaitOptions) => Promise<unknown>> = {
  recv: ({ session }, options) => session.recv(options),
  poll: async ({ session }, options) => {
    // Its first answer tells of what the connection has brought.
    const first = session.poll({ timeoutMs: 0 });
    await first.catch(() => {});
    return session.poll(options);
  },
  messages: ({ session }, options) => session.messages(options).next(),
  publish: ({ session }, options) => session.publish({ topic: 't', qos: 1 }, options),
  subscribe: ({ session }, options) => session.subscribe(['f'], options),
  unsubscribe: ({ session }, options) => session.unsubscribe(['f'], options),
  completion: ({ session }, options) => session.pending[0]!.completion(options),
  'completion across connections': ({ session }, options) =>
    session.pending[0]!.completion({ ...options, acrossConnections: true }),
};

/** A session with one publish that has no answer yet. */
async function openBench(answers?: Parameters<typeof newBench>[1]): Promise<{ bench: Bench; peer: Peer }> {
  const bench = newBench({}, answers);
  const { peer } = await bench.connect(ONE_AT_A_TIME);
  await bench.session.publish({ topic: 't', qos: 1 });
  await peer.expect(PUBLISH_1);
  return { bench, peer };
}

forEachAnswer('a wait that is given up', (answers) => {
  it.each(Object.keys(WAITS))('%s() rejects with the reason of its signal, and leaves no listener', async (name) => {
    const { bench } = await openBench(answers);
    const counted = new CountedSignal();
    const reason = { not: 'even an Error' };
    const waiting = watch(WAITS[name]!(bench, { signal: counted.signal }));
    await bench.time.settle();
    expect(waiting.state).toBe('pending');
    expect(counted.listenerCount).toBe(1);
    counted.abort(reason);
    await bench.time.settle();
    expect(waiting.error).toBe(reason);
    expect(counted.listenerCount).toBe(0);
    expect(bench.session.state).toBe('connected');
  });

  it.each(Object.keys(WAITS).filter((name) => name !== 'messages'))(
    '%s() rejects with a TimeoutError when its time on the session clock is over',
    async (name) => {
      const { bench } = await openBench(answers);
      const counted = new CountedSignal();
      const waiting = watch(WAITS[name]!(bench, { timeoutMs: 250, signal: counted.signal }));
      await bench.time.advance(249);
      expect(waiting.state).toBe('pending');
      await bench.time.advance(1);
      expect(waiting.error).toMatchObject({ name: 'TimeoutError', code: 'timeout', connectionLost: false });
      expect(counted.listenerCount).toBe(0);
      expect(bench.session.state).toBe('connected');
      await expectNothingPending(bench);
    },
  );

  it('a thousand of every kind, and then everything still arrives', async () => {
    const { bench, peer } = await openBench(answers);
    const { session, time } = bench;
    const [first] = session.pending;
    const reason = new Error('enough');
    for (const [name, wait] of Object.entries(WAITS)) {
      const isConsumer = name === 'recv' || name === 'poll' || name === 'messages';
      const shared = new CountedSignal();
      let waits: Watched<unknown>[] = [];
      for (let i = 0; i < 1000; i++) {
        // One consumer at a time; and tx has room for so many unanswered requests.
        const counted = isConsumer || name.endsWith('subscribe') ? new CountedSignal() : shared;
        waits.push(watch(wait(bench, { signal: counted.signal })));
        if (counted === shared) continue;
        await Promise.resolve();
        counted.abort(reason);
        await Promise.resolve();
        expect(counted.listenerCount).toBe(0);
        if (name.endsWith('subscribe') && i === 20) break;
      }
      shared.abort(reason);
      await time.settle();
      expect(shared.addedCount, name).toBeLessThanOrEqual(1);
      expect(shared.listenerCount, name).toBe(0);
      waits = waits.filter(({ error }) => error !== reason);
      expect(waits, name).toEqual([]);
    }
    // 21 SUBSCRIBE and 21 UNSUBSCRIBE are on their way, nobody waits for their answers, and they disturb no one.
    const packets = peer.take();
    expect(packets.filter((packet) => packet.startsWith('82'))).toHaveLength(21);
    expect(packets.filter((packet) => packet.startsWith('a2'))).toHaveLength(21);
    expect(packets).toHaveLength(42);
    for (const packet of packets) {
      peer.send(`${packet.startsWith('82') ? '90' : 'b0'} 04 ${packet.slice(6, 11)} 00 00`);
    }
    peer.send(PUBACK_1, MESSAGE);
    await time.settle();
    expect(await first!.completion()).toMatchObject({ reasonCode: 0 });
    expect((await session.recv()).text()).toBe('m');
    const op = await session.publish({ topic: 't', qos: 1 });
    const subscribing = session.subscribe(['g']);
    await time.settle();
    const [publish, subscribe] = peer.take();
    peer.send(`40 02 ${publish!.slice(15, 20)}`, `90 04 ${subscribe!.slice(6, 11)} 00 02`);
    expect(await time.until(op.completion())).toMatchObject({ reasonCode: 0 });
    expect(await time.until(subscribing)).toMatchObject({ reasonCodes: [2] });
    expect(session.pending).toEqual([]);
    expect(session.isPublishQuiescent).toBe(true);
  });
});

describe('a signal', () => {
  it('has one listener however many waits share it, and none once they are over', async () => {
    const { bench, peer } = await openBench();
    const { session, time } = bench;
    const counted = new CountedSignal();
    const options = { signal: counted.signal };
    const [op] = session.pending;
    const waits = [
      session.recv(options),
      session.publish({ topic: 't', qos: 1 }, options),
      session.subscribe(['f'], options),
      session.unsubscribe(['f'], options),
      ...Array.from({ length: 100 }, () => op!.completion(options)),
    ].map((wait) => watch<unknown>(wait));
    await time.settle();
    expect([counted.listenerCount, counted.addedCount]).toEqual([1, 1]);
    peer.send(PUBACK_1, '90 04  00 02  00  00', 'b0 04  00 03  00  00');
    await time.settle();
    expect(waits.filter(({ state }) => state === 'pending')).toHaveLength(1);
    expect([counted.listenerCount, counted.addedCount]).toEqual([1, 1]);
    peer.send(MESSAGE);
    await time.settle();
    expect(waits.every(({ state }) => state === 'resolved')).toBe(true);
    expect(counted.listenerCount).toBe(0);
    // The next wait may listen again.
    const next = watch(session.recv(options));
    expect([counted.listenerCount, counted.addedCount]).toEqual([1, 2]);
    counted.abort(new Error('enough'));
    await time.settle();
    expect(next.state).toBe('rejected');
    expect(counted.listenerCount).toBe(0);
  });

  it('has no listener for what settles at once', async () => {
    const bench = newBench();
    const { session, time } = bench;
    const { peer } = await bench.connect();
    const counted = new CountedSignal();
    const options = { signal: counted.signal };
    const op = await session.publish({ topic: 't' }, options);
    await session.publish({ topic: 't', qos: 1 }, options);
    await time.settle();
    await op.completion(options);
    await session.flush(options);
    await session.connected(options);
    peer.send(MESSAGE, MESSAGE, MESSAGE);
    await time.settle();
    await session.recv(options);
    await session.poll(options);
    await session.messages(options).next();
    await peer.close();
    for (const call of [
      () => session.publish({ topic: 't' }, options),
      () => session.recv(options),
      () => session.subscribe(['f'], options),
      () => session.flush(options),
      () => session.pending[0]!.completion(options),
    ]) {
      expect(await errorOf(call)).toMatchObject({ name: 'DisconnectedError' });
    }
    expect(await session.messages(options).next()).toMatchObject({ done: true });
    expect(counted.addedCount).toBe(0);
  });

  it('has no listener left when the connection ends the wait', async () => {
    const { bench, peer } = await openBench();
    const counted = new CountedSignal();
    const waits = Object.entries(WAITS)
      .filter(([name]) => name !== 'poll' && name !== 'messages')
      .map(([name, wait]) => [name, watch(wait(bench, { signal: counted.signal }))] as const);
    const connected = watch(bench.session.connected({ signal: counted.signal }));
    await bench.time.settle();
    expect(connected.state).toBe('resolved');
    await peer.close();
    await bench.time.settle();
    for (const [name, { state }] of waits) {
      expect(state, name).toBe(name === 'completion across connections' ? 'pending' : 'rejected');
    }
    expect(counted.listenerCount).toBe(1);
    const next = await bench.connect(SESSION_PRESENT);
    next.peer.send(PUBACK_1);
    await bench.time.settle();
    expect(counted.listenerCount).toBe(0);
  });

  it('that is aborted already does nothing at all', async () => {
    const { bench, peer } = await openBench();
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    peer.send(MESSAGE);
    await bench.time.settle();
    const waits: typeof WAITS = { ...WAITS, poll: ({ session }, options) => session.poll(options) };
    for (const [name, wait] of Object.entries(waits)) {
      expect(await errorOf(wait(bench, { signal })), name).toBe(reason);
    }
    expect(await errorOf(bench.session.publish({ topic: 't' }, { signal }))).toBe(reason);
    expect(await errorOf(bench.session.flush({ signal }))).toBe(reason);
    expect(await errorOf(bench.session.connected({ signal }))).toBe(reason);
    await peer.expect();
    expect(bench.session.pending).toHaveLength(1);
    expect((await bench.session.recv()).text()).toBe('m');
  });
});

describe('what is given up', () => {
  it('lets those behind it go first, but none that share its signal', async () => {
    const bench = newBench({ tx: 256, txReserve: 64 });
    const { peer } = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1, payload: new Uint8Array(100) });
    await peer.next();
    const controller = new AbortController();
    const reason = new Error('enough');
    const { signal } = controller;
    const large = watch(bench.session.publish({ topic: 't', payload: new Uint8Array(100) }, { signal }));
    const sharing = watch(bench.session.publish({ topic: 't', payload: 'a' }, { signal }));
    const behind = watch(bench.session.publish({ topic: 't', payload: 'b' }));
    await peer.expect();
    expect(bench.session.tryPublish({ topic: 't', payload: 'c' })).toBeNull();
    controller.abort(reason);
    await bench.time.settle();
    expect([large.error, sharing.error]).toEqual([reason, reason]);
    expect(behind.state).toBe('resolved');
    await peer.expect('30 05  00 01 74  00  62');
  });

  it('lets those behind it go first when its time is over', async () => {
    const bench = newBench({ tx: 256, txReserve: 64 });
    const { peer } = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1, payload: new Uint8Array(100) });
    await peer.next();
    const large = watch(bench.session.publish({ topic: 't', payload: new Uint8Array(100) }, { timeoutMs: 10 }));
    const behind = watch(bench.session.publish({ topic: 't', payload: 'b' }));
    await bench.time.advance(10);
    expect(large.error).toMatchObject({ code: 'timeout' });
    expect(behind.state).toBe('resolved');
    await peer.expect('30 05  00 01 74  00  62');
  });

  it('as a subscribe that waits for room, is not sent', async () => {
    const bench = newBench({ tx: 256, txReserve: 64 });
    const { peer } = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1, payload: new Uint8Array(160) });
    await peer.next();
    const controller = new AbortController();
    const given = watch(bench.session.subscribe(['x'.repeat(30)], { signal: controller.signal }));
    const behind = watch(bench.session.subscribe(['f']));
    await peer.expect();
    controller.abort(new Error('enough'));
    await peer.expect('82 07  00 02  00  00 01 66  00');
    expect([given.state, behind.state]).toEqual(['rejected', 'pending']);
  });

  it('as a completion, can be asked for again', async () => {
    const { bench, peer } = await openBench();
    const [op] = bench.session.pending;
    for (let i = 0; i < 3; i++) {
      const asking = watch(op!.completion({ timeoutMs: 10 }));
      await bench.time.advance(10);
      expect(asking.error).toMatchObject({ code: 'timeout' });
    }
    expect(op!.state).toBe('pending');
    const last = op!.completion();
    peer.send(PUBACK_1);
    expect(await bench.time.until(last)).toMatchObject({ reasonCode: 0 });
  });
});

describe('timeoutMs', () => {
  it('of 0 is over with the next turn, and what is there by then still counts', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    expect(await errorOf(bench.time.until(bench.session.recv({ timeoutMs: 0 })))).toMatchObject({ code: 'timeout' });
    expect(bench.time.nowMs).toBe(0);
    peer.send(MESSAGE);
    await bench.time.settle();
    expect((await bench.session.recv({ timeoutMs: 0 })).text()).toBe('m');
  });

  it('of Infinity holds no timer', async () => {
    const bench = newBench();
    await bench.connect();
    const receiving = bench.session.recv({ timeoutMs: Number.POSITIVE_INFINITY });
    expect(await isPending(bench.time, receiving)).toBe(true);
    expect(bench.time.pending).toEqual([]);
    const error = errorOf(receiving);
    await bench.session.disconnect();
    expect(await error).toMatchObject({ by: 'local' });
  });

  it('takes each at its own time, whatever the order of the calls', async () => {
    const { bench } = await openBench();
    const [op] = bench.session.pending;
    const order: number[] = [];
    const waits = [30, 10, 20, 10].map((timeoutMs) =>
      op!.completion({ timeoutMs }).catch(() => void order.push(bench.time.nowMs)),
    );
    await bench.time.until(Promise.all(waits));
    expect(order).toEqual([10, 10, 20, 30]);
    await expectNothingPending(bench);
  });

  it('that is no time is refused, and nothing has happened', async () => {
    const { bench, peer } = await openBench();
    for (const timeoutMs of [-1, Number.NaN, '5' as unknown as number]) {
      for (const [name, wait] of Object.entries(WAITS).filter(([each]) => each !== 'messages')) {
        expect(await errorOf(wait(bench, { timeoutMs })), name).toMatchObject({
          name: 'InvalidRequestError',
          code: 'invalid-argument',
        });
      }
    }
    await peer.expect();
  });

  it('leaves no timer behind where the wait settles before', async () => {
    const { bench, peer } = await openBench();
    const completion = bench.session.pending[0]!.completion({ timeoutMs: 60_000 });
    const receiving = bench.session.recv({ timeoutMs: 30_000 });
    peer.send(PUBACK_1, MESSAGE);
    await bench.time.until(Promise.all([completion, receiving]));
    expect(bench.time.nowMs).toBe(0);
    await expectNothingPending(bench);
  });
});

describe('across connections', () => {
  it('a completion waits through a loss and through attempts that fail', async () => {
    const { bench, peer } = await openBench();
    const [op] = bench.session.pending;
    const options: CompletionOptions = { acrossConnections: true };
    const across = watch(op!.completion(options));
    const plain = watch(op!.completion());
    await peer.close();
    await bench.time.settle();
    expect([across.state, plain.state]).toEqual(['pending', 'rejected']);
    const refused = bench.open();
    const refusal = watch<ConnectEvent>(bench.session.connect(refused.link.client));
    await refused.peer.close();
    expect(refusal.state).toBe('rejected');
    const later = watch(op!.completion(options));
    const next = await bench.connect(SESSION_PRESENT);
    await next.peer.expect('3a 06  00 01 74  00 01  00');
    next.peer.send(PUBACK_1);
    await bench.time.settle();
    expect([across.state, later.state]).toEqual(['resolved', 'resolved']);
  });

  it('a completion ends as invalidated where the session is gone', async () => {
    const { bench, peer } = await openBench();
    const across = watch(bench.session.pending[0]!.completion({ acrossConnections: true }));
    await peer.close();
    await bench.connect(CONNACK);
    expect(across.error).toMatchObject({ name: 'InvalidatedError', code: 'invalidated' });
  });

  it('a completion and connected() can be given up while there is no connection', async () => {
    const { bench, peer } = await openBench();
    const session: Session = bench.session;
    await peer.close();
    const counted = new CountedSignal();
    const across = watch(session.pending[0]!.completion({ acrossConnections: true, signal: counted.signal }));
    const connected = watch(session.connected({ signal: counted.signal }));
    const timed = watch(session.connected({ timeoutMs: 50 }));
    await bench.time.advance(50);
    expect(timed.error).toMatchObject({ code: 'timeout' });
    const reason = new Error('enough');
    expect(counted.listenerCount).toBe(1);
    counted.abort(reason);
    await bench.time.settle();
    expect([across.error, connected.error]).toEqual([reason, reason]);
    expect(counted.listenerCount).toBe(0);
    await expectNothingPending(bench);
  });
});
