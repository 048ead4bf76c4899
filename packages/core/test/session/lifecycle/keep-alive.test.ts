import { describe, expect, it } from 'vitest';
import { Buffers, Session, type Clock } from '@minimq/core';
import { memoryLink, VirtualTime } from '@minimq/testkit';
import { CONNACK, Peer, publish, type Connection } from '../support.ts';
import { expectNothingPending, forEachAnswer, MESSAGE, newBench, PINGREQ, PINGRESP, watch } from './bench.ts';

// Sections 3.1.2.10 and 3.12, as a session sees to them by itself.

/** A peer that answers every PINGREQ at once. */
function answerPings({ peer }: Connection): void {
  peer.answer = (packet) => (packet === PINGREQ ? PINGRESP : undefined);
}

forEachAnswer('keep alive', (answers) => {
  it('[MQTT-3.1.2-20] pings an idle broker by itself: a handler that takes ten minutes keeps its connection', async () => {
    const bench = newBench({ keepAlive: 5 }, answers);
    const connection = await bench.connect();
    const { peer, event } = connection;
    answerPings(connection);
    peer.send('32 07  00 01 74  00 01  00  6d');
    const message = await bench.time.until(bench.session.recv());
    const closed = watch(event.closed);
    await bench.time.advance(600_000);
    expect(closed.state).toBe('pending');
    expect(message.text()).toBe('m');
    // Each leaves three quarters of the keep alive after the one before.
    const pings = peer.take();
    expect(new Set(pings)).toEqual(new Set([PINGREQ]));
    expect(pings).toHaveLength(160);
    const receiving = watch(bench.session.recv());
    await peer.expect('40 02  00 01');
    expect(receiving.state).toBe('pending');
  });

  it('notices a dead peer in time, whatever the program waits for', async () => {
    const bench = newBench({ keepAlive: 10 }, answers);
    const { peer, event, link } = await bench.connect();
    const closed = watch(event.closed);
    const receiving = watch(bench.session.recv());
    await bench.time.advance(7499);
    await peer.expect();
    await bench.time.advance(1);
    await peer.expect(PINGREQ);
    await bench.time.advance(4999);
    expect(closed.state).toBe('pending');
    await bench.time.advance(1);
    expect(closed.value).toMatchObject({ by: 'keep-alive' });
    expect(receiving.error).toBe(closed.value);
    expect(link.client.isClosed).toBe(true);
    await expectNothingPending(bench);
  });

  it('notices a dead peer in time where the transport does not even take the PINGREQ', async () => {
    const bench = newBench({ keepAlive: 10 }, answers);
    const { event, link } = await bench.connect(CONNACK, {}, { client: { answers }, capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    const closed = watch(event.closed);
    await bench.time.advance(7500 + 4999);
    expect(closed.state).toBe('pending');
    await bench.time.advance(1);
    expect(closed.value).toMatchObject({ by: 'keep-alive' });
  });

  it('kills nothing where the timer fires hours late and the PINGRESP is there by then', async () => {
    for (const lateMs of [100, 4_999, 5_000, 3_600_000, 36_000_000]) {
      const bench = newBench({ keepAlive: 10 }, answers);
      const { peer, event } = await bench.connect();
      const closed = watch(event.closed);
      await bench.time.advance(7500);
      await peer.expect(PINGREQ);
      bench.time.jump(5000 + lateMs);
      peer.send(PINGRESP);
      peer.answer = (packet) => (packet === PINGREQ ? PINGRESP : undefined);
      await bench.time.advance(1);
      expect(closed.state).toBe('pending');
      expect(bench.session.state).toBe('connected');
      await bench.time.advance(60_000);
      expect(closed.state).toBe('pending');
    }
  });

  it('gives one more window to an answer that is not there after hours of sleep, and not two', async () => {
    for (const isAlive of [true, false]) {
      const bench = newBench({ keepAlive: 10 }, answers);
      const { peer, event } = await bench.connect();
      const closed = watch(event.closed);
      await bench.time.advance(7500);
      await peer.expect(PINGREQ);
      bench.time.jump(3_600_000);
      await bench.time.advance(4_999);
      expect(closed.state).toBe('pending');
      if (isAlive) peer.send(PINGRESP);
      await bench.time.advance(1);
      expect(closed.state).toBe(isAlive ? 'pending' : 'resolved');
      if (!isAlive) expect(closed.value).toMatchObject({ by: 'keep-alive' });
    }
  });

  it('bears timers that are always late', async () => {
    for (const lateMs of [900, 1200]) {
      const bench = newBench({ keepAlive: 10 }, answers);
      const connection = await bench.connect();
      answerPings(connection);
      const closed = watch(connection.event.closed);
      bench.time.timerLateMs = lateMs;
      await bench.time.advance(600_000);
      expect(closed.state).toBe('pending');
      bench.time.timerLateMs = 0;
      await bench.time.advance(10_000);
    }
  });

  it('is suspended while rx is full: a slow consumer is not a dead peer', async () => {
    const bench = newBench({ keepAlive: 10, rx: 64, receiveStallMs: Number.POSITIVE_INFINITY }, answers);
    const { peer, event } = await bench.connect();
    const closed = watch(event.closed);
    const large = publish('t', 'x'.repeat(50));
    peer.send(large, large, PINGRESP);
    await bench.time.advance(7500);
    await peer.expect(PINGREQ);
    await bench.time.advance(600_000);
    expect(closed.state).toBe('pending');
    // PINGREQs go on: the broker must not take us for dead either.
    expect(peer.take().length).toBeGreaterThan(75);
    // Reading again, the answer has a fresh window, and the PINGRESP that waited counts.
    await bench.session.recv();
    await bench.session.recv();
    await bench.time.advance(4_999);
    expect(closed.state).toBe('pending');
  });

  it('goes on after rx was full: a peer that dies then is noticed', async () => {
    const bench = newBench({ keepAlive: 10, rx: 64, receiveStallMs: Number.POSITIVE_INFINITY }, answers);
    const { peer, event } = await bench.connect();
    const closed = watch(event.closed);
    const large = publish('t', 'x'.repeat(50));
    peer.send(large, large);
    await bench.time.advance(60_000);
    expect(peer.take().length).toBeGreaterThan(5);
    await bench.session.recv();
    await bench.session.recv();
    const waiting = watch(bench.session.recv());
    const resumedMs = bench.time.nowMs;
    expect(await bench.time.until(event.closed)).toMatchObject({ by: 'keep-alive' });
    expect(bench.time.nowMs - resumedMs).toBeLessThanOrEqual(7500 + 5000);
    await bench.time.settle();
    expect(waiting.error).toBe(closed.value);
  });
});

describe('keep alive', () => {
  it('takes in first what had arrived when a deadline fires, though the platform tells of it only after its timers', async () => {
    const clock = new LateInputClock();
    const session = new Session({
      buffers: Buffers.allocate({ rx: 1024, tx: 1024 }),
      clock,
      keepAlive: 10,
      clientId: 'c',
    });
    const link = memoryLink();
    const peer = new Peer(clock.time, link.server);
    const connecting = session.connect(link.client);
    await peer.next();
    peer.send(CONNACK);
    const event = await connecting;
    const closed = watch(event.closed);
    await clock.time.advance(7500);
    await peer.expect(PINGREQ);
    link.toClient.stall();
    peer.send(PINGRESP);
    clock.onTimers = () => link.toClient.resume();
    await clock.time.advance(5000);
    expect(closed.state).toBe('pending');
    clock.onTimers = () => {};
    await clock.time.until(session.disconnect());
  });

  it('[MQTT-3.1.2-21] is the one of the CONNACK where that has one', async () => {
    const bench = newBench({ keepAlive: 60 });
    const { peer } = await bench.connect('20 06  00 00  03  13 00 04');
    await bench.time.advance(2999);
    await peer.expect();
    await bench.time.advance(1);
    await peer.expect(PINGREQ);
  });

  it('of 0 means none of this: no timer at all', async () => {
    for (const [keepAlive, connack] of [
      [0, CONNACK],
      [60, '20 06  00 00  03  13 00 00'],
    ] as const) {
      const bench = newBench({ keepAlive });
      const { peer, event } = await bench.connect(connack);
      const closed = watch(event.closed);
      await expectNothingPending(bench);
      await bench.time.advance(3_600_000);
      await peer.expect();
      expect(closed.state).toBe('pending');
    }
  });

  it('takes the time limit for an answer that is configured', async () => {
    const bench = newBench({ keepAlive: 60, pingTimeoutMs: 700 });
    const { peer, event } = await bench.connect();
    const closed = watch(event.closed);
    await bench.time.advance(45_000);
    await peer.expect(PINGREQ);
    await bench.time.advance(699);
    expect(closed.state).toBe('pending');
    await bench.time.advance(1);
    expect(closed.value).toMatchObject({ by: 'keep-alive' });
  });

  it('holds no timer once the connection is gone', async () => {
    const bench = newBench({ keepAlive: 60 });
    const { peer } = await bench.connect();
    await bench.time.settle();
    expect(bench.time.pending).toHaveLength(1);
    await peer.close();
    expect(bench.session.state).toBe('disconnected');
    await expectNothingPending(bench);
  });

  it('lets what arrives and what leaves put a ping off, and has one timer for it', async () => {
    const bench = newBench({ keepAlive: 10 });
    const connection = await bench.connect();
    const { peer } = connection;
    for (let i = 0; i < 20; i++) {
      await bench.time.advance(5000);
      peer.send(MESSAGE);
      await bench.session.publish({ topic: 't' });
      await bench.time.settle();
      await bench.session.recv();
      expect(bench.time.pending.length).toBeLessThanOrEqual(1);
    }
    expect(peer.take().filter((packet) => packet === PINGREQ)).toEqual([]);
  });
});

/** As an event loop has it: timers fire, then input is delivered, then deferred calls run. */
class LateInputClock implements Clock {
  readonly time = new VirtualTime();
  onTimers: () => void = () => {};
  readonly #clock = this.time.clock();

  now(): number {
    return this.#clock.now();
  }

  wake(atMs: number | undefined, fn: () => void): void {
    this.#clock.wake(atMs, () => {
      fn();
      this.onTimers();
    });
  }

  defer(fn: () => void): void {
    this.#clock.defer(fn);
  }

  random(): number {
    return 0;
  }
}
