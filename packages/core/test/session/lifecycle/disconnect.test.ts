import { describe, expect, it } from 'vitest';
import { DISCONNECT_TIMEOUT_MS_DEFAULT, ReasonCode, type DisconnectProperties } from '@minimq/core';
import { CONNACK, DISCONNECT, errorOf, isPending, SESSION_PRESENT } from '../support.ts';
import {
  CONNECT,
  expectClosed,
  expectNothingPending,
  forEachAnswer,
  MESSAGE_1,
  newBench,
  ScriptedIo,
  watch,
} from './bench.ts';

const PUBLISH = '30 05  00 01 74  00  61';
const PUBLISH_1 = '32 06  00 01 74  00 01  00';
/** A transport that has hardly any room. */
const NARROW = { capacityBytes: 40 };
const large = { topic: 't', payload: new Uint8Array(64) };

forEachAnswer('disconnect()', (answers) => {
  const narrow = { ...NARROW, client: { answers } };

  it('[MQTT-3.14.4-2] sends what was accepted, then DISCONNECT, then closes, though the broker keeps its side open', async () => {
    const bench = newBench({}, answers);
    const line = await bench.connect();
    await bench.session.publish({ topic: 't', payload: 'a' });
    await bench.session.publish({ topic: 't', qos: 1 });
    const done = bench.session.disconnect();
    expect(bench.session.state).toBe('disconnecting');
    expect(await bench.time.until(done)).toEqual({ clean: true });
    expect(bench.session.state).toBe('disconnected');
    expect(line.link.client.isClosed).toBe(true);
    await line.peer.expect(PUBLISH, PUBLISH_1, DISCONNECT);
    await expectClosed(line);
    await expectNothingPending(bench);
  });

  it('works before a connection, after one, and any number of times', async () => {
    const bench = newBench({}, answers);
    expect(await bench.session.disconnect()).toEqual({ clean: true });
    const line = await bench.connect();
    const all = Promise.all([bench.session.disconnect(), bench.session.disconnect(), bench.session.disconnect()]);
    expect(await bench.time.until(all)).toEqual([{ clean: true }, { clean: true }, { clean: true }]);
    await line.peer.expect(DISCONNECT);
    expect(await bench.session.disconnect()).toEqual({ clean: true });
    await expectClosed(line);
    const next = await bench.connect(SESSION_PRESENT);
    expect(await bench.time.until(bench.session.disconnect())).toEqual({ clean: true });
    await next.peer.expect(DISCONNECT);
  });

  it('does not say that it was clean where the connection had been lost before', async () => {
    const bench = newBench({}, answers);
    const { peer, event } = await bench.connect();
    await peer.close();
    await event.closed;
    expect(await bench.time.until(bench.session.disconnect())).toEqual({ clean: false });
  });

  it('gives up a connection that is being made, at every point of that', async () => {
    for (const point of ['at once', 'after CONNECT', 'within CONNACK'] as const) {
      const bench = newBench({}, answers);
      const line = bench.open();
      const connecting = watch(bench.session.connect(line.link.client));
      if (point !== 'at once') await line.peer.expect(CONNECT);
      if (point === 'within CONNACK') line.peer.send('20 03 00');
      const done = bench.session.disconnect();
      expect(bench.session.state).toBe('disconnected');
      expect(await bench.time.until(done)).toEqual({ clean: false });
      expect(connecting.error).toMatchObject({ name: 'DisconnectedError', by: 'local' });
      await expectClosed(line);
      await expectNothingPending(bench);
    }
  });

  it('settles at its deadline where the transport takes no more, and the DISCONNECT has not left', async () => {
    const bench = newBench({}, answers);
    const { link, peer, event } = await bench.connect(CONNACK, {}, narrow);
    link.toServer.stall();
    await bench.session.publish(large);
    await bench.time.settle();
    const first = watch(bench.session.disconnect());
    const closed = watch(event.closed);
    await bench.time.advance(DISCONNECT_TIMEOUT_MS_DEFAULT - 1);
    const second = watch(bench.session.disconnect());
    expect(first.state).toBe('pending');
    expect(link.client.isClosed).toBe(false);
    await bench.time.advance(1);
    expect([first.value, second.value]).toEqual([{ clean: false }, { clean: false }]);
    expect(link.client.isClosed).toBe(true);
    expect(closed.value).toMatchObject({ by: 'local' });
    link.toServer.resume();
    await bench.time.settle();
    expect(peer.take().join(' ')).not.toMatch(/e0 00/);
    expect(DISCONNECT_TIMEOUT_MS_DEFAULT).toBe(5000);
    await expectNothingPending(bench);
  });

  it('has the shortest deadline of all that were given', async () => {
    const bench = newBench({}, answers);
    const { link } = await bench.connect(CONNACK, {}, narrow);
    link.toServer.stall();
    await bench.session.publish(large);
    await bench.time.settle();
    const first = watch(bench.session.disconnect({ timeoutMs: Number.POSITIVE_INFINITY }));
    await bench.time.advance(100_000);
    expect(first.state).toBe('pending');
    const second = watch(bench.session.disconnect({ timeoutMs: 10 }));
    await bench.time.advance(9);
    expect([first.state, second.state]).toEqual(['pending', 'pending']);
    await bench.time.advance(1);
    expect([first.value, second.value]).toEqual([{ clean: false }, { clean: false }]);
  });

  it('at once, with a deadline of 0, takes what the transport takes at once', async () => {
    const bench = newBench({}, answers);
    const { link } = await bench.connect(CONNACK, {}, narrow);
    link.toServer.stall();
    await bench.session.publish(large);
    await bench.time.settle();
    expect(await bench.time.until(bench.session.disconnect({ timeoutMs: 0 }))).toEqual({ clean: false });
    expect(bench.time.nowMs).toBe(0);
    expect(link.client.isClosed).toBe(true);
  });

  it('leaves in the middle of a packet that the transport is slow to take, and follows it', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = await bench.connect(CONNACK, {}, narrow);
    link.toServer.stall();
    await bench.session.publish(large);
    await bench.time.settle();
    const done = bench.session.disconnect();
    await bench.time.advance(1000);
    expect(await isPending(bench.time, done)).toBe(true);
    link.toServer.resume();
    expect(await bench.time.until(done)).toEqual({ clean: true });
    await peer.expect(`30 44  00 01 74  00 ${'00'.repeat(64)}`, DISCONNECT);
  });
});

describe('disconnect()', () => {
  it('[MQTT-3.14.4-1] lets nothing follow: no acknowledgement, no answer, no publish', async () => {
    const bench = newBench();
    const { link, peer } = await bench.connect(CONNACK, {}, NARROW);
    peer.send(MESSAGE_1);
    await bench.session.recv();
    link.toServer.stall();
    await bench.session.publish(large);
    await bench.time.settle();
    const done = bench.session.disconnect();
    peer.send('34 07  00 01 74  00 02  00  6d', '62 02  00 05', '00');
    expect(await errorOf(bench.session.publish({ topic: 't' }))).toMatchObject({ by: 'local' });
    await bench.time.settle();
    link.toServer.resume();
    await bench.time.until(done);
    await peer.expect(`30 44  00 01 74  00 ${'00'.repeat(64)}`, DISCONNECT);
  });

  it('leaves behind what the broker has no quota for, and what waits to be accepted', async () => {
    const bench = newBench();
    const { peer } = await bench.connect('20 06  00 00  03  21 00 01');
    await bench.session.publish({ topic: 't', qos: 1 });
    const waiting = watch(bench.session.publish({ topic: 't', qos: 1 }));
    expect(await bench.time.until(bench.session.disconnect())).toEqual({ clean: true });
    expect(waiting.error).toMatchObject({ name: 'DisconnectedError', by: 'local' });
    await peer.expect(PUBLISH_1, DISCONNECT);
  });

  it('leaves behind what a resume may not send yet', async () => {
    const bench = newBench();
    const first = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1 });
    await bench.session.publish({ topic: 't', qos: 1 });
    await first.peer.expect(PUBLISH_1, '32 06  00 01 74  00 02  00');
    await first.peer.close();
    await first.event.closed;
    const { peer } = await bench.connect('20 06  01 00  03  21 00 01');
    expect(await bench.time.until(bench.session.disconnect())).toEqual({ clean: true });
    await peer.expect('3a 06  00 01 74  00 01  00', DISCONNECT);
    expect(bench.session.pending).toHaveLength(2);
  });

  it('[MQTT-3.14.2-1] says what it is told to say', async () => {
    for (const [options, packet] of [
      [{ reasonCode: ReasonCode.disconnectWithWillMessage }, 'e0 01 04'],
      [{ properties: { sessionExpiryInterval: 60 } }, 'e0 07  00 05  11 00 00 00 3c'],
      [
        { reasonCode: 0x93, properties: { reasonString: 'no', userProperties: [['k', 'v']] } },
        'e0 0e  93 0c  1f 00 02 6e 6f  26 00 01 6b 00 01 76',
      ],
    ] as const) {
      const bench = newBench();
      const { peer, event } = await bench.connect();
      expect(await bench.time.until(bench.session.disconnect(options))).toEqual({ clean: true });
      await peer.expect(packet);
      expect(await event.closed).toMatchObject({ by: 'local' });
    }
  });

  it('refuses what no DISCONNECT can say, and then has done nothing', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1);
    await bench.time.settle();
    for (const options of [
      { reasonCode: 0x8e as ReasonCode },
      { reasonCode: 0x01 as ReasonCode },
      { properties: { sessionExpiryInterval: -1 } },
      { properties: { reasonString: '\0' } },
      { properties: { serverReference: 'b' } as unknown as DisconnectProperties },
      { timeoutMs: -1 },
      { timeoutMs: Number.NaN },
    ]) {
      const error = await errorOf(bench.session.disconnect(options));
      expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
    }
    expect(bench.session.state).toBe('connected');
    await peer.expect();
    expect((await bench.session.recv()).text()).toBe('m');
  });

  it('settles at its deadline where close() hangs, and does not call that clean', async () => {
    const io = new ScriptedIo({ close: () => new Promise(() => {}) });
    const bench = newBench();
    giveConnack(io);
    await bench.time.until(bench.session.connect(io));
    const first = watch(bench.session.disconnect({ timeoutMs: 1000 }));
    await bench.time.advance(500);
    expect(bench.session.state).toBe('disconnected');
    expect(io.isClosed).toBe(true);
    // It waits for the same.
    const second = watch(bench.session.disconnect({ timeoutMs: 200 }));
    await bench.time.advance(200);
    expect([first.value, second.value]).toEqual([undefined, { clean: false }]);
    await bench.time.advance(300);
    expect(first.value).toEqual({ clean: false });
    await expectNothingPending(bench);
  });

  it('waits for close(), and makes nothing of its failure', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const closing = { resolve: (): void => {}, reject: (_error: unknown): void => {} };
      const close = (): Promise<void> =>
        new Promise((resolve, reject) => void Object.assign(closing, { resolve, reject }));
      const io = new ScriptedIo({ close });
      const bench = newBench();
      giveConnack(io);
      await bench.time.until(bench.session.connect(io));
      const done = bench.session.disconnect();
      const again = bench.session.disconnect();
      expect(await isPending(bench.time, done)).toBe(true);
      const third = bench.session.disconnect();
      expect(await isPending(bench.time, third)).toBe(true);
      closing[settle](new Error('already gone'));
      expect(await bench.time.until(Promise.all([done, again, third]))).toEqual(Array(3).fill({ clean: true }));
    }
  });

  it('does not end the next connection where its own deadline passes during that', async () => {
    const io = new ScriptedIo({ close: () => new Promise(() => {}) });
    const bench = newBench();
    giveConnack(io);
    await bench.time.until(bench.session.connect(io));
    const done = watch(bench.session.disconnect());
    await bench.time.advance(1000);
    const { event, peer } = await bench.connect(SESSION_PRESENT);
    const closed = watch(event.closed);
    await bench.time.advance(10_000);
    expect(done.value).toEqual({ clean: false });
    expect(closed.state).toBe('pending');
    expect(bench.session.state).toBe('connected');
    await peer.expect();
  });

  it('drops what has arrived and nobody has claimed, during a connection and after it', async () => {
    for (const isLost of [false, true]) {
      const bench = newBench();
      const { peer, event } = await bench.connect();
      peer.send('30 05  00 01 74  00  61', '30 05  00 01 74  00  62');
      await bench.time.settle();
      if (isLost) {
        await peer.close();
        await event.closed;
        expect((await bench.session.recv()).text()).toBe('a');
      }
      await bench.time.until(bench.session.disconnect());
      expect(await errorOf(bench.session.recv())).toBe(await event.closed);
    }
  });
});

/** The io reads a CONNACK, and then nothing. */
function giveConnack(io: ScriptedIo): void {
  const { read } = io;
  io.read = (buffer) => {
    io.read = read;
    buffer.set([0x20, 3, 0, 0, 0]);
    return 5;
  };
}
