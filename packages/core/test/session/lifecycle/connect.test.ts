import { describe, expect, it } from 'vitest';
import { Buffers, CONNECT_TIMEOUT_MS_DEFAULT, Session, type ConnectOptions } from '@minimq/core';
import { VirtualTime } from '@minimq/testkit';
import { Bench, CONNACK, errorOf, isPending, SESSION_PRESENT } from '../support.ts';
import {
  CONNECT,
  CountedSignal,
  expectClosed,
  expectNothingPending,
  forEachAnswer,
  newBench,
  RESUME,
  ScriptedIo,
  watch,
} from './bench.ts';

forEachAnswer('connect()', (answers) => {
  it('[MQTT-3.1.0-1] sends CONNECT and nothing else, and settles with the CONNACK', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client);
    expect(bench.session.state).toBe('connecting');
    expect(bench.session.granted).toBeUndefined();
    await peer.expect(CONNECT);
    expect(await isPending(bench.time, connecting)).toBe(true);
    // Server Keep Alive 10, and a client identifier that was not asked for.
    peer.send('20 06  00 00  03  13 00 0a');
    const event = await connecting;
    expect(event).toMatchObject({ kind: 'connected', clientId: 'c', granted: { keepAlive: 10 } });
    expect(bench.session.state).toBe('connected');
    expect(bench.session.granted).toBe(event.granted);
    await peer.expect();
  });

  it('[MQTT-3.2.2-3] says whether the broker kept the session', async () => {
    const bench = newBench({}, answers);
    const first = await bench.connect();
    await first.peer.close();
    expect(await first.event.closed).toMatchObject({ by: 'transport' });
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client);
    await peer.expect(RESUME);
    peer.send(SESSION_PRESENT);
    expect(await connecting).toMatchObject({ kind: 'reconnected', clientId: 'c' });
  });

  it('has the client identifier that the broker assigned', async () => {
    const bench = newBench({ clientId: '' }, answers);
    const { event } = await bench.connect('20 08  00 00  05  12 00 02 7a 39');
    expect(event.clientId).toBe('z9');
    expect(bench.session.clientId).toBe('z9');
  });

  it('[MQTT-3.2.2-7] rejects with what the broker refused it for, and closes by itself', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    // Not authorised; reason string "nope", user property k=v.
    peer.send('20 11  00 87  0e  1f 00 04 6e 6f 70 65  26 00 01 6b 00 01 76');
    await expectClosed({ link, peer });
    expect(connecting.error).toMatchObject({
      name: 'PeerError',
      code: 'refused',
      reasonCode: 0x87,
      reasonString: 'nope',
      userProperties: [['k', 'v']],
      permanent: true,
      connectionLost: true,
    });
    expect(bench.session.state).toBe('disconnected');
    await expectNothingPending(bench);
  });

  it('says that a refusal may pass, and where else to go', async () => {
    const bench = newBench({}, answers);
    for (const [connack, expected] of [
      ['20 03  00 88  00', { reasonCode: 0x88, permanent: false, serverReference: undefined }],
      ['20 08  00 9c  05  1c 00 02 62 32', { reasonCode: 0x9c, permanent: false, serverReference: 'b2' }],
      ['20 08  00 9d  05  1c 00 02 62 33', { reasonCode: 0x9d, permanent: true, serverReference: 'b3' }],
    ] as const) {
      const { link, peer } = bench.open();
      const connecting = watch(bench.session.connect(link.client));
      await peer.expect(CONNECT);
      peer.send(connack);
      await expectClosed({ link, peer });
      expect(connecting.error).toMatchObject({ code: 'refused', ...expected });
    }
  });

  it('[MQTT-3.1.4-2] rejects where the stream ends before the CONNACK', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    peer.send('20 03 00');
    await peer.close();
    expect(connecting.error).toMatchObject({ name: 'TransportError', code: 'transport-ended', connectionLost: true });
    expect(link.client.isClosed).toBe(true);
    expect(bench.session.state).toBe('disconnected');
    await expectNothingPending(bench);
  });

  it('rejects where the stream is reset, with the transport error as cause', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    const reset = new Error('reset by peer');
    link.reset(reset);
    await bench.time.settle();
    expect(connecting.error).toMatchObject({ name: 'TransportError', code: 'transport-failed', cause: reset });
    expect(link.client.isClosed).toBe(true);
  });

  it('[MQTT-3.1.4-5] rejects after 30 seconds of the session clock without CONNACK', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    peer.send('20 03 00');
    await bench.time.advance(CONNECT_TIMEOUT_MS_DEFAULT - 1);
    expect(connecting.state).toBe('pending');
    await bench.time.advance(1);
    expect(connecting.error).toMatchObject({ name: 'TransportError', code: 'connect-timeout', connectionLost: true });
    expect(CONNECT_TIMEOUT_MS_DEFAULT).toBe(30_000);
    await expectClosed({ link, peer });
    await expectNothingPending(bench);
  });

  it('takes another time limit, also where the transport takes not a byte', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open({ client: { answers }, capacityBytes: 5 });
    link.toServer.stall();
    const connecting = watch(bench.session.connect(link.client, { timeoutMs: 250 }));
    await bench.time.advance(249);
    expect(connecting.state).toBe('pending');
    await bench.time.advance(1);
    expect(connecting.error).toMatchObject({ code: 'connect-timeout' });
    expect(link.client.isClosed).toBe(true);
    link.toServer.resume();
    await bench.time.settle();
    expect(peer.take()).toEqual(['10 1b 00 04 4d ...']);
  });

  it('takes in a CONNACK that was there when its time ran out', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client, { timeoutMs: 1000 });
    await peer.expect(CONNECT);
    bench.time.jump(3_600_000);
    peer.send(CONNACK);
    expect(await bench.time.until(connecting)).toMatchObject({ kind: 'connected' });
  });

  it('rejects with a protocol error of the broker, and says DISCONNECT', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    peer.send('d0 00');
    await peer.expect('e0 01 82');
    expect(connecting.error).toMatchObject({
      name: 'PeerError',
      code: 'invalid-packet',
      reasonCode: 0x82,
      section: '3.2',
    });
    expect(link.client.isClosed).toBe(true);
    expect(bench.session.state).toBe('disconnected');
  });

  it('[MQTT-4.13.2-1] closes after a protocol error that cannot be told the broker, within a second', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open({ client: { answers }, capacityBytes: 29 });
    const connecting = watch(bench.session.connect(link.client));
    await peer.expect(CONNECT);
    link.toServer.stall();
    // One write is under way, so that the DISCONNECT has to wait for it for ever.
    peer.send(CONNACK);
    await bench.time.settle();
    expect(connecting.state).toBe('resolved');
    await bench.session.publish({ topic: 't', payload: new Uint8Array(100) });
    await bench.time.settle();
    peer.send('00 00');
    await bench.time.advance(1000);
    expect(bench.session.state).toBe('disconnected');
    expect(await connecting.value!.closed).toMatchObject({ by: 'protocol', reasonCode: 0x81 });
    expect(link.client.isClosed).toBe(true);
  });

  it('does nothing but close the stream where its signal is aborted already', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    expect(await errorOf(bench.session.connect(link.client, { signal }))).toBe(reason);
    expect(bench.session.state).toBe('disconnected');
    await expectClosed({ link, peer });
  });

  it('rejects with the reason of its signal wherever it is aborted, closes the stream, and can be called again', async () => {
    let outcome = 'aborted';
    for (let step = 0; outcome === 'aborted'; step++) {
      expect(step).toBeLessThan(100);
      const time = new VirtualTime({ turns: 'held' });
      const bench = new Bench({}, answers, time);
      const { link, peer } = bench.open();
      peer.answer = (packet) => (packet.startsWith('10') ? CONNACK : undefined);
      const counted = new CountedSignal();
      const connecting = watch(bench.session.connect(link.client, { signal: counted.signal }));
      await runSteps(time, step);
      const reason = new Error(`aborted after step ${step}`);
      const wasConnected = bench.session.state === 'connected';
      counted.abort(reason);
      await time.settle();
      outcome = wasConnected ? 'connected' : 'aborted';
      expect(counted.listenerCount).toBe(0);
      if (wasConnected) {
        expect(connecting.value).toMatchObject({ kind: 'connected' });
        expect(link.client.isClosed).toBe(false);
      } else {
        expect(connecting.error).toBe(reason);
        expect(link.client.isClosed).toBe(true);
        expect(bench.session.state).toBe('disconnected');
        const again = bench.open();
        again.peer.answer = peer.answer;
        expect(await time.until(bench.session.connect(again.link.client))).toMatchObject({ kind: 'connected' });
      }
      await time.until(bench.session.disconnect());
      await expectNothingPending(bench);
    }
  });

  it('refuses another one while it connects and while it is connected, and closes only the stream that is too much', async () => {
    const bench = newBench({}, answers);
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client);
    const another = bench.open();
    const refused = { name: 'InvalidRequestError', code: 'already-connected', connectionLost: false };
    expect(await errorOf(bench.session.connect(another.link.client))).toMatchObject(refused);
    await expectClosed(another);
    expect(await errorOf(bench.session.connect(link.client))).toMatchObject(refused);
    await peer.expect(CONNECT);
    peer.send(CONNACK);
    await connecting;
    const third = bench.open();
    expect(await errorOf(bench.session.connect(third.link.client))).toMatchObject(refused);
    await expectClosed(third);
    expect(await errorOf(bench.session.connect(link.client))).toMatchObject(refused);
    expect(link.client.isClosed).toBe(false);
    expect(bench.session.state).toBe('connected');
    await peer.expect();
  });

  it('refuses another one while it disconnects', async () => {
    const bench = newBench({}, answers);
    const { link } = await bench.connect(CONNACK, {}, { client: { answers }, capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    const disconnecting = watch(bench.session.disconnect());
    await bench.time.settle();
    expect(bench.session.state).toBe('disconnecting');
    const another = bench.open();
    expect(await errorOf(bench.session.connect(another.link.client))).toMatchObject({ code: 'already-connected' });
    await expectClosed(another);
    link.toServer.resume();
    await bench.time.settle();
    expect(disconnecting.value).toEqual({ clean: true });
  });

  it('closes the stream where the CONNECT cannot be sent, and leaves the session as it was', async () => {
    const bench = newBench({}, answers);
    for (const options of [
      { will: { topic: 'a/#' } },
      { will: { topic: '' } },
      { will: { topic: 'w', qos: 3 as 2 } },
      { username: 'a\0' },
      { username: 'x'.repeat(65_536) },
      { password: new Uint8Array(65_536) },
      { timeoutMs: -1 },
      { timeoutMs: Number.NaN },
      { timeoutMs: '5' as unknown as number },
    ] satisfies ConnectOptions[]) {
      const line = bench.open();
      const error = await errorOf(bench.session.connect(line.link.client, options));
      expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
      await expectClosed(line);
      expect(bench.session.state).toBe('disconnected');
      await expectNothingPending(bench);
    }
    const line = bench.open();
    const error = await errorOf(bench.session.connect(line.link.client, { clientId: 'd' }));
    expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'client-id-changed' });
    await expectClosed(line);
    await bench.connect();
    expect(bench.session.clientId).toBe('c');
  });
});

/** Lets the promises go on one by one, and now and then a turn: `count` steps in all. */
async function runSteps(time: VirtualTime, count: number): Promise<void> {
  for (let step = 1; step <= count; step++) {
    if (step % 8 === 0) await time.turn();
    else await Promise.resolve();
  }
}

describe('what belongs to one attempt', () => {
  it('stands in place of what the configuration says', async () => {
    const bench = newBench({ username: 'u', password: 'p' });
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client, { password: new Uint8Array([1, 2]) }));
    await peer.expect(
      // The user name is the configuration's, the password this attempt's.
      '10 22  00 04 4d 51 54 54 05 c2 00 00  0d  11 00 00 0e 10  21 04 00  27 00 00 04 00  00 01 63  00 01 75  00 02 01 02',
    );
    await bench.session.disconnect();
    expect(connecting.error).toMatchObject({ name: 'DisconnectedError', by: 'local' });
  });

  it('goes on under another client identifier with a clean start', async () => {
    const bench = newBench();
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client, { clientId: 'd', cleanStart: true });
    await peer.expect('10 1b  00 04 4d 51 54 54 05 02 00 00  0d  11 00 00 0e 10  21 04 00  27 00 00 04 00  00 01 64');
    peer.send(CONNACK);
    expect(await connecting).toMatchObject({ clientId: 'd' });
    expect(bench.session.clientId).toBe('d');
  });
});

describe('connected()', () => {
  it('gives the event of the connection that there is', async () => {
    const bench = newBench();
    const { event } = await bench.connect();
    expect(await bench.session.connected()).toBe(event);
  });

  it('waits for the next connection, through attempts that fail and connections that end', async () => {
    const bench = newBench();
    const first = bench.session.connected();
    const waiting = watch(first);
    const refused = bench.open();
    const refusal = watch(bench.session.connect(refused.link.client));
    await refused.peer.next();
    refused.peer.send('20 03  00 88  00');
    await bench.time.settle();
    expect(refusal.state).toBe('rejected');
    expect(waiting.state).toBe('pending');
    const { event, peer } = await bench.connect();
    expect(await first).toBe(event);
    await peer.close();
    await event.closed;
    const next = bench.session.connected();
    expect(await isPending(bench.time, next)).toBe(true);
    const again = await bench.connect(SESSION_PRESENT);
    expect(await next).toBe(again.event);
    expect(again.event).not.toBe(event);
  });

  it('waits for the next connection while this one is being ended', async () => {
    const bench = newBench();
    const { link } = await bench.connect(CONNACK, {}, { capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    await bench.time.settle();
    const disconnecting = bench.session.disconnect();
    const next = bench.session.connected();
    link.toServer.resume();
    await bench.time.until(disconnecting);
    expect(await isPending(bench.time, next)).toBe(true);
    const { event } = await bench.connect(SESSION_PRESENT);
    expect(await next).toBe(event);
  });
});

describe('a transport that keeps none of its promises', () => {
  const never = (): Promise<never> => new Promise(() => {});
  const failure = new Error('broken pipe');
  const failed = { name: 'TransportError', code: 'transport-failed', cause: failure };
  const misbehaved = { name: 'TransportError', code: 'transport-misbehaved' };
  const nonsense = [
    -1,
    Number.NaN,
    0.5,
    Number.POSITIVE_INFINITY,
    1_000_000,
    undefined,
    null,
    '3',
  ] as unknown as number[];
  const throws = (): never => {
    throw failure;
  };

  async function connectOver(io: ScriptedIo): Promise<unknown> {
    const bench = newBench();
    const error = await errorOf(bench.time.until(bench.session.connect(io)));
    expect(io.calls.filter((call) => call === 'close')).toHaveLength(1);
    expect(bench.session.state).toBe('disconnected');
    // Nothing is asked of it once it is closed.
    await bench.time.advance(60_000);
    expect(io.calls.at(-1)).toBe('close');
    await expectNothingPending(bench);
    return error;
  }

  it('is an error of the transport where read() throws', async () => {
    expect(await connectOver(new ScriptedIo({ read: throws }))).toMatchObject(failed);
  });

  it('is an error of the transport where read() rejects', async () => {
    expect(await connectOver(new ScriptedIo({ read: () => Promise.reject(failure) }))).toMatchObject(failed);
  });

  it('is an error of the transport where write() throws', async () => {
    expect(await connectOver(new ScriptedIo({ write: throws }))).toMatchObject(failed);
  });

  it('is an error of the transport where write() rejects', async () => {
    expect(await connectOver(new ScriptedIo({ write: () => Promise.reject(failure) }))).toMatchObject(failed);
  });

  it('says what the transport said, where that is no Error', async () => {
    const error = await connectOver(new ScriptedIo({ write: () => Promise.reject('ECONNRESET') }));
    expect(error).toMatchObject({ code: 'transport-failed', cause: 'ECONNRESET', message: /ECONNRESET/ });
  });

  it('is an error of the transport where read() answers nonsense, at once or later', async () => {
    for (const count of nonsense) {
      expect(await connectOver(new ScriptedIo({ read: () => count }))).toMatchObject(misbehaved);
      expect(await connectOver(new ScriptedIo({ read: () => Promise.resolve(count) }))).toMatchObject(misbehaved);
    }
  });

  it('is an error of the transport where write() answers nonsense, at once or later', async () => {
    for (const count of [0, ...nonsense]) {
      expect(await connectOver(new ScriptedIo({ write: () => count }))).toMatchObject(misbehaved);
      expect(await connectOver(new ScriptedIo({ write: () => Promise.resolve(count) }))).toMatchObject(misbehaved);
    }
  });

  it('is the end of the stream where read() answers 0', async () => {
    const ended = { name: 'TransportError', code: 'transport-ended' };
    expect(await connectOver(new ScriptedIo({ read: () => 0 }))).toMatchObject(ended);
    expect(await connectOver(new ScriptedIo({ read: () => Promise.resolve(0) }))).toMatchObject(ended);
  });

  it('is given up in time where it answers nothing at all', async () => {
    const timeout = { name: 'TransportError', code: 'connect-timeout' };
    expect(await connectOver(new ScriptedIo({}))).toMatchObject(timeout);
    expect(await connectOver(new ScriptedIo({ write: never }))).toMatchObject(timeout);
  });

  it('makes no difference where close() throws, rejects or hangs', async () => {
    for (const close of [throws, () => Promise.reject(failure), never]) {
      const ended = { code: 'transport-ended' };
      expect(await connectOver(new ScriptedIo({ read: () => 0, close }))).toMatchObject(ended);
    }
  });

  it('may answer late: what comes after the end is not looked at', async () => {
    const bench = newBench();
    let answer = (_count: number): void => {};
    let fail = (_error: unknown): void => {};
    const io = new ScriptedIo({
      read: () => new Promise((resolve) => void (answer = resolve)),
      write: () => new Promise((_resolve, reject) => void (fail = reject)),
    });
    const reason = new Error('enough');
    const controller = new AbortController();
    const connecting = watch(bench.session.connect(io, { signal: controller.signal }));
    await bench.time.settle();
    controller.abort(reason);
    const { peer } = await bench.connect();
    answer(5);
    fail(failure);
    await bench.time.settle();
    expect(connecting.error).toBe(reason);
    expect(bench.session.state).toBe('connected');
    await peer.expect();
  });
});

it('holds nothing before the first connection: no timer, no state', async () => {
  const time = new VirtualTime();
  const session = new Session({ buffers: Buffers.allocate({ rx: 64, tx: 128 }), clock: time.clock() });
  expect(session.state).toBe('disconnected');
  expect(session.clientId).toBe('');
  expect(session.pending).toEqual([]);
  expect(time.pending).toEqual([]);
  expect(await session.disconnect()).toEqual({ clean: true });
});
