import { describe, expect, it } from 'vitest';
import { Buffers, Session, type Io } from '@minimq/core';
import { VirtualTime } from '@minimq/testkit';
import { CONNACK, errorOf, isPending, newSession, publish, SESSION_PRESENT } from '../support.ts';
import {
  expectNothingPending,
  forEachAnswer,
  MESSAGE,
  newBench,
  PUBACK_1,
  ScriptedIo,
  watch,
  WriteCount,
} from './bench.ts';

const failure = new Error('broken pipe');

forEachAnswer('one write for many', (answers) => {
  it('takes all that a loop of awaited publishes has accepted in a turn', async () => {
    const bench = newBench({ tx: 64 * 1024 }, answers);
    const { link, peer } = await bench.connect();
    await bench.time.settle();
    const writes = new WriteCount(link);
    for (let i = 0; i < 1000; i++) await bench.session.publish({ topic: 't', payload: String(i), qos: 1 });
    await bench.time.settle();
    expect(peer.take()).toHaveLength(1000);
    // The first, and all the others.
    expect(writes.count).toBe(2);
  });

  it('takes acknowledgements, pings and requests along', async () => {
    const bench = newBench({ manualAck: true }, answers);
    const { link, peer } = await bench.connect();
    const messages = Array.from({ length: 20 }, (_, i) => publish('t', 'm', { first: '32', id: i + 1 }));
    peer.send(...messages);
    await bench.time.settle();
    const writes = new WriteCount(link);
    for (let i = 0; i < 20; i++) (await bench.session.recv()).ack();
    await bench.time.settle();
    expect(writes.count).toBe(2);
    expect(peer.take()).toHaveLength(20);
  });

  it('is no write where nothing is to be said', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = await bench.connect();
    await bench.time.settle();
    const writes = new WriteCount(link);
    peer.send(MESSAGE, MESSAGE);
    await bench.time.settle();
    await bench.session.recv();
    await bench.session.recv();
    await bench.session.flush();
    bench.session.drive();
    await bench.time.settle();
    expect(writes.count).toBe(0);
  });
});

describe('a write', () => {
  /** What was asked of an io, and which turn it was. Its writes stay open until the test answers. */
  class Writes {
    readonly writes: { readonly atTurn: number; readonly bytes: number }[] = [];
    readonly time = new VirtualTime({ turns: 'held' });
    readonly session: Session;
    readonly io: Io;
    turn = 0;
    answer: (count: number) => void = () => {};

    constructor(answers: 'number' | 'microtask' | 'test') {
      this.session = newSession(this.time);
      let connack: number[] | undefined = [0x20, 3, 0, 0, 0];
      this.io = {
        read: (buffer) => {
          if (connack === undefined) return new Promise(() => {});
          buffer.set(connack);
          connack = undefined;
          return 5;
        },
        write: (bytes) => {
          this.writes.push({ atTurn: this.turn, bytes: bytes.length });
          if (answers === 'number') return bytes.length;
          if (answers === 'microtask') return Promise.resolve(bytes.length);
          return new Promise((resolve) => void (this.answer = resolve));
        },
        flush: () => {},
        close: () => {},
      };
    }

    /** Connected, after an idle moment. */
    async connect(): Promise<void> {
      const connecting = this.session.connect(this.io);
      await this.time.settle();
      this.answer(29);
      await connecting;
      await this.time.settle();
      this.writes.length = 0;
      this.turn = 0;
    }

    async nextTurn(): Promise<void> {
      this.turn++;
      await this.time.turn();
    }
  }

  const small = { topic: 't' };

  it.each(['number', 'microtask'] as const)(
    'begins in a microtask, and the next with the next turn (%s)',
    async (answers) => {
      const scene = new Writes(answers);
      await scene.connect();
      scene.session.tryPublish(small);
      expect(scene.writes).toEqual([]);
      await Promise.resolve();
      expect(scene.writes).toEqual([{ atTurn: 0, bytes: 6 }]);
      for (let i = 0; i < 5; i++) {
        scene.session.tryPublish(small);
        for (let tick = 0; tick < 10; tick++) await Promise.resolve();
      }
      expect(scene.writes).toHaveLength(1);
      await scene.nextTurn();
      expect(scene.writes).toEqual([
        { atTurn: 0, bytes: 6 },
        { atTurn: 1, bytes: 30 },
      ]);
      scene.session.tryPublish(small);
      for (let tick = 0; tick < 10; tick++) await Promise.resolve();
      expect(scene.writes).toHaveLength(2);
      await scene.nextTurn();
      expect(scene.writes.at(-1)).toEqual({ atTurn: 2, bytes: 6 });
      await scene.nextTurn();
      // Idle again: a microtask is enough.
      scene.session.tryPublish(small);
      await Promise.resolve();
      expect(scene.writes.at(-1)).toEqual({ atTurn: 3, bytes: 6 });
      await scene.time.until(scene.session.disconnect());
    },
  );

  it('is alone: while one is under way, no other begins, and then it takes everything', async () => {
    const scene = new Writes('test');
    await scene.connect();
    scene.session.tryPublish(small);
    await Promise.resolve();
    for (let turn = 0; turn < 4; turn++) {
      scene.session.tryPublish(small);
      await scene.nextTurn();
    }
    expect(scene.writes).toEqual([{ atTurn: 0, bytes: 6 }]);
    scene.answer(6);
    await scene.nextTurn();
    expect(scene.writes).toHaveLength(2);
    expect(scene.writes[1]!.bytes).toBe(24);
    // Part of it: the rest goes on.
    scene.answer(7);
    await scene.nextTurn();
    expect(scene.writes[2]!.bytes).toBe(17);
    scene.answer(17);
    const done = scene.session.disconnect();
    await scene.time.settle();
    scene.answer(2);
    await scene.time.settle();
    expect(await done).toEqual({ clean: true });
  });

  it('of drive() begins at once, where none was made in this turn', async () => {
    const scene = new Writes('number');
    await scene.connect();
    scene.session.tryPublish(small);
    scene.session.drive();
    expect(scene.writes).toEqual([{ atTurn: 0, bytes: 6 }]);
    scene.session.tryPublish(small);
    scene.session.drive();
    expect(scene.writes).toHaveLength(1);
    await scene.nextTurn();
    expect(scene.writes).toHaveLength(2);
    await scene.time.until(scene.session.disconnect());
  });
});

describe('reading', () => {
  it('gives the event loop a turn after at most rx.length bytes taken synchronously', async () => {
    for (const readMax of [1, 7, 600, 1024, 5000]) {
      const time = new VirtualTime({ turns: 'held' });
      const session = new Session({
        buffers: Buffers.allocate({ rx: 1024, tx: 1024 }),
        clock: time.clock(),
        keepAlive: 0,
        inbound: 'discard',
      });
      const bytesInTurn = [0];
      let first = true;
      // An endless stream of small messages, always there at once.
      const endless = Buffer.from(MESSAGE.replaceAll(' ', '').repeat(1000), 'hex');
      let position = 0;
      const io = new ScriptedIo({
        read: (buffer) => {
          if (first) {
            first = false;
            buffer.set([0x20, 0x06, 0, 0, 3, 0x12, 0, 0]);
            return 8;
          }
          const count = Math.min(buffer.length, readMax);
          buffer.set(endless.subarray(position, position + count));
          position = (position + count) % 7;
          bytesInTurn[bytesInTurn.length - 1]! += count;
          return count;
        },
      });
      const connecting = watch(session.connect(io));
      for (let turn = 0; turn < 30; turn++) {
        bytesInTurn.push(0);
        await time.turn();
      }
      expect(connecting.state).toBe('resolved');
      expect(Math.max(...bytesInTurn)).toBeLessThanOrEqual(1024);
      // And it does go on, with all that it may.
      expect(bytesInTurn.slice(5, 25).every((count) => count === 1024 || count === 0)).toBe(true);
      expect(bytesInTurn.reduce((sum, count) => sum + count)).toBeGreaterThan(5 * 1024);
      const discarded = session.discardedCount;
      expect(discarded).toBeGreaterThan(500);
      const done = session.disconnect();
      await time.until(done);
    }
  });

  it('has one read outstanding, no more, and none while rx is full', async () => {
    const bench = newBench({ rx: 64 });
    const { link, peer } = await bench.connect();
    await bench.time.settle();
    expect(link.client.outstanding).toEqual(['read']);
    const large = publish('t', 'x'.repeat(50));
    peer.send(large, large);
    await bench.time.settle();
    expect(link.client.outstanding).toEqual([]);
    expect(link.toClient.inFlightBytes).toBeGreaterThan(0);
    await bench.session.recv();
    await bench.session.recv();
    await bench.session.disconnect();
  });
});

forEachAnswer('flush()', (answers) => {
  it('settles when everything accepted before was handed to the transport, and by it to the system', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = await bench.connect(CONNACK, {}, { client: { answers }, capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    const flushed = bench.session.flush();
    await bench.time.advance(1000);
    expect(await isPending(bench.time, flushed)).toBe(true);
    link.toServer.resume();
    await bench.time.until(flushed);
    expect(peer.take()).toHaveLength(1);
    await bench.time.until(bench.session.flush());
  });

  it('does not wait for what is accepted after it', async () => {
    const bench = newBench({}, answers);
    const { link } = await bench.connect(CONNACK, {}, { client: { answers }, capacityBytes: 40 });
    await bench.session.publish({ topic: 't' });
    const flushed = watch(bench.session.flush());
    await bench.session.publish({ topic: 't', payload: new Uint8Array(100) });
    link.toServer.stall();
    await bench.time.settle();
    expect(flushed.state).toBe('resolved');
    link.toServer.resume();
  });

  it('waits for what a resume has still to send', async () => {
    const bench = newBench({}, answers);
    const first = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1 });
    await bench.session.publish({ topic: 't', qos: 1 });
    await bench.time.settle();
    await first.peer.close();
    // Receive Maximum 1.
    const { peer } = await bench.connect('20 06  01 00  03  21 00 01');
    const flushed = bench.session.flush();
    await peer.expect('3a 06  00 01 74  00 01  00');
    expect(await isPending(bench.time, flushed)).toBe(true);
    peer.send(PUBACK_1);
    await bench.time.until(flushed);
    await peer.expect('3a 06  00 01 74  00 02  00');
  });

  it('can be given up, ends with the connection, and leaves nothing behind', async () => {
    const bench = newBench({}, answers);
    const { link, event } = await bench.connect(CONNACK, {}, { client: { answers }, capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = watch(bench.session.flush({ signal: controller.signal }));
    const timed = watch(bench.session.flush({ timeoutMs: 10 }));
    const ended = watch(bench.session.flush());
    await bench.time.advance(10);
    controller.abort(reason);
    await bench.time.settle();
    expect(aborted.error).toBe(reason);
    expect(timed.error).toMatchObject({ code: 'timeout' });
    link.reset(failure);
    expect(await event.closed).toBe(ended.error ?? (await errorOf(bench.session.flush())));
    await expectNothingPending(bench);
    await bench.connect(SESSION_PRESENT);
    await bench.time.until(bench.session.flush());
  });
});

describe('flush() of the transport', () => {
  it('is called once everything was written, and waited for', async () => {
    let finish = (): void => {};
    const io = new ScriptedIo({ flush: () => new Promise((resolve) => void (finish = resolve)) });
    const bench = newBench();
    const { read } = io;
    io.read = (buffer) => {
      io.read = read;
      buffer.set([0x20, 3, 0, 0, 0]);
      return 5;
    };
    await bench.session.connect(io);
    await bench.session.publish({ topic: 't' });
    const flushed = bench.session.flush();
    expect(io.calls.at(-1)).not.toBe('flush');
    expect(await isPending(bench.time, flushed)).toBe(true);
    expect(io.calls.slice(-2)).toEqual(['write', 'flush']);
    finish();
    await bench.time.until(flushed);
    // Nothing is on its way: it is asked at once.
    const again = bench.session.flush();
    expect(io.calls.at(-1)).toBe('flush');
    finish();
    await bench.time.until(again);
  });

  it('ends the connection where it fails, also where no read and no write would notice', async () => {
    for (const fails of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ]) {
      for (const isIdle of [true, false]) {
        const bench = newBench();
        const { link, event } = await bench.connect();
        await bench.time.settle();
        link.client.flush = fails;
        if (!isIdle) await bench.session.publish({ topic: 't' });
        const flushed = watch(bench.session.flush());
        const error = await bench.time.until(event.closed);
        expect(error).toMatchObject({ by: 'transport', cause: { code: 'transport-failed', cause: failure } });
        await bench.time.settle();
        expect(flushed.error).toBe(error);
      }
    }
  });

  it('may return what is no promise', async () => {
    const bench = newBench();
    const { link } = await bench.connect();
    link.client.flush = () => null as unknown as undefined;
    await bench.session.publish({ topic: 't' });
    await bench.time.until(bench.session.flush());
    expect(bench.session.state).toBe('connected');
  });
});
