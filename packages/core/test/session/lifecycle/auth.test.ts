import { describe, expect, it } from 'vitest';
import type { Authenticator } from '@minimq/core';
import { CONNACK, DISCONNECT, errorOf } from '../support.ts';
import { CONNECT, CountedSignal, expectClosed, forEachAnswer, newBench, ScriptedIo, watch } from './bench.ts';

// Section 4.12. The method is "m" everywhere.

const AUTH_CONNECT =
  '10 23  00 04 4d 51 54 54 05 02 00 00  15  11 00 00 0e 10  21 04 00  27 00 00 04 00  15 00 01 6d  16 00 01 01  00 01 63';
const AUTH_CONNACK = '20 0b  00 00  08  15 00 01 6d  16 00 01 09';
/** AUTH 0x18 of the broker's, with the data 02; and ours in answer, with the data 03. */
const CHALLENGE = 'f0 0a  18  08  15 00 01 6d  16 00 01 02';
const RESPONSE = 'f0 0a  18  08  15 00 01 6d  16 00 01 03';
const REAUTHENTICATE = 'f0 0a  19  08  15 00 01 6d  16 00 01 01';
/** AUTH 0x00 of the broker's: satisfied, and its own proof is 09. */
const SATISFIED = 'f0 0a  00  08  15 00 01 6d  16 00 01 09';
const FAILED = 'e0 01 80';

const failure = new Error('the token has expired');
const throws = (): never => {
  throw failure;
};
const rejects = (): Promise<never> => Promise.reject(failure);

/** An authenticator that notes what it is asked, but for what a test lets it do. */
class Asked implements Authenticator {
  readonly method = 'm';
  readonly calls: string[] = [];
  start: Authenticator['start'] = () => new Uint8Array([1]);
  respond: Authenticator['respond'] = (data) => {
    this.calls.push(`respond ${String(data)}`);
    return new Uint8Array([3]);
  };
  finish: NonNullable<Authenticator['finish']> = (data) => void this.calls.push(`finish ${String(data)}`);
}

/** The same, a few turns of its promises later. */
function later(asked: Asked): Asked {
  const { start, respond, finish } = asked;
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  asked.start = () => settle().then(() => start());
  asked.respond = (data) => settle().then(() => respond(data));
  asked.finish = (data) => settle().then(() => finish(data));
  return asked;
}

/** A promise that a test settles. */
class Later<T> {
  resolve!: (value: T) => void;
  reject!: (error: unknown) => void;
  readonly promise = new Promise<T>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

forEachAnswer('enhanced authentication', (answers) => {
  for (const [kind, make] of [
    ['synchronous', () => new Asked()],
    ['asynchronous', () => later(new Asked())],
  ] as const) {
    it(`[MQTT-4.12.0-3] answers the broker and verifies it, with ${kind} callbacks`, async () => {
      const auth = make();
      const bench = newBench({ auth }, answers);
      const { link, peer } = bench.open();
      const connecting = watch(bench.session.connect(link.client));
      await peer.expect(AUTH_CONNECT);
      peer.send(CHALLENGE);
      await peer.expect(RESPONSE);
      peer.send(CHALLENGE);
      await peer.expect(RESPONSE);
      expect(connecting.state).toBe('pending');
      peer.send(AUTH_CONNACK);
      await bench.time.settle();
      expect(connecting.value).toMatchObject({ kind: 'connected' });
      expect(auth.calls).toEqual(['respond 2', 'respond 2', 'finish 9']);
    });

    it(`[MQTT-4.12.1-1] proves itself once more, with ${kind} callbacks`, async () => {
      const auth = make();
      const bench = newBench({ auth }, answers);
      const { peer } = await bench.connect(AUTH_CONNACK);
      auth.calls.length = 0;
      const again = watch(bench.session.reauthenticate());
      await peer.expect(REAUTHENTICATE);
      peer.send(CHALLENGE);
      await peer.expect(RESPONSE);
      expect(again.state).toBe('pending');
      peer.send(SATISFIED);
      await bench.time.settle();
      expect(again.state).toBe('resolved');
      expect(auth.calls).toEqual(['respond 2', 'finish 9']);
      // And again: it is not a thing of once.
      const third = watch(bench.session.reauthenticate());
      await peer.expect(REAUTHENTICATE);
      peer.send(SATISFIED);
      await bench.time.settle();
      expect(third.state).toBe('resolved');
      expect(bench.session.state).toBe('connected');
    });
  }

  it('needs no data and no verification', async () => {
    const auth: Authenticator = { method: 'm', start: () => undefined, respond: () => undefined };
    const bench = newBench({ auth }, answers);
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client);
    await peer.expect(
      '10 1f  00 04 4d 51 54 54 05 02 00 00  11  11 00 00 0e 10  21 04 00  27 00 00 04 00  15 00 01 6d  00 01 63',
    );
    peer.send('f0 06  18  04  15 00 01 6d');
    await peer.expect('f0 06  18  04  15 00 01 6d');
    peer.send('20 07  00 00  04  15 00 01 6d');
    expect(await connecting).toMatchObject({ kind: 'connected' });
  });

  it('is not connected, and hands nothing over, before the broker is verified', async () => {
    const auth = new Asked();
    const verified = new Later<void>();
    auth.finish = () => verified.promise;
    const bench = newBench({ auth }, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.next();
    peer.send(AUTH_CONNACK, '32 07  00 01 74  00 01  00  6d');
    await bench.time.advance(1000);
    expect(connecting.state).toBe('pending');
    expect(bench.session.state).toBe('connecting');
    expect(await errorOf(bench.session.recv())).toMatchObject({ name: 'DisconnectedError' });
    verified.resolve();
    await bench.time.settle();
    expect(connecting.state).toBe('resolved');
    expect((await bench.session.recv()).text()).toBe('m');
  });

  for (const [how, fails] of [
    ['throws', throws],
    ['rejects', rejects],
  ] as const) {
    it(`sends nothing where start() ${how}, and that is the cause`, async () => {
      const auth = new Asked();
      auth.start = fails;
      const bench = newBench({ auth }, answers);
      const line = bench.open();
      const error = await errorOf(bench.session.connect(line.link.client));
      expect(error).toMatchObject({ name: 'DisconnectedError', by: 'local', cause: failure });
      expect(bench.session.state).toBe('disconnected');
      await expectClosed(line);
    });

    it(`ends the connection where respond() ${how}, and that is the cause`, async () => {
      const auth = new Asked();
      auth.respond = fails;
      const bench = newBench({ auth }, answers);
      const line = bench.open();
      const connecting = watch(bench.session.connect(line.link.client));
      await line.peer.expect(AUTH_CONNECT);
      line.peer.send(CHALLENGE);
      await line.peer.expect(FAILED);
      expect(connecting.error).toMatchObject({ name: 'DisconnectedError', by: 'local', cause: failure });
      await expectClosed(line);
    });

    it(`ends the connection where finish() ${how}: the broker is not who it should be`, async () => {
      const auth = new Asked();
      auth.finish = fails;
      const bench = newBench({ auth }, answers);
      const line = bench.open();
      const connecting = watch(bench.session.connect(line.link.client));
      await line.peer.expect(AUTH_CONNECT);
      line.peer.send(AUTH_CONNACK);
      await line.peer.expect(FAILED);
      expect(connecting.error).toMatchObject({ name: 'DisconnectedError', by: 'local', cause: failure });
      await expectClosed(line);
    });

    it(`[MQTT-4.12.1-2] ends the connection where a callback ${how} while it proves itself once more`, async () => {
      for (const [name, ask] of [
        ['start', []],
        ['respond', [CHALLENGE]],
        ['finish', [SATISFIED]],
      ] as const) {
        const auth = new Asked();
        const bench = newBench({ auth }, answers);
        const { event, ...line } = await bench.connect(AUTH_CONNACK);
        auth[name] = fails;
        const again = watch(bench.session.reauthenticate());
        const receiving = watch(bench.session.recv());
        await bench.time.settle();
        if (name !== 'start') await line.peer.expect(REAUTHENTICATE);
        line.peer.send(...ask);
        await line.peer.expect(FAILED);
        const error = await event.closed;
        expect(error).toMatchObject({ by: 'local', cause: failure });
        expect(again.error).toBe(error);
        expect(receiving.error).toBe(error);
        await expectClosed(line);
      }
    });
  }

  it('is an error of the authenticator where it answers what is no data', async () => {
    const auth = new Asked();
    auth.respond = () => 'secret' as unknown as Uint8Array;
    const bench = newBench({ auth }, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    await peer.next();
    peer.send(CHALLENGE);
    await peer.expect(FAILED);
    expect(connecting.error).toMatchObject({ by: 'local', cause: { code: 'invalid-argument' } });
  });

  it('[MQTT-4.12.0-4] can be refused at any step', async () => {
    const bench = newBench({ auth: new Asked() }, answers);
    const line = bench.open();
    const connecting = watch(bench.session.connect(line.link.client));
    await line.peer.next();
    line.peer.send(CHALLENGE);
    await line.peer.expect(RESPONSE);
    line.peer.send('20 03  00 87  00');
    await expectClosed(line);
    expect(connecting.error).toMatchObject({ code: 'refused', reasonCode: 0x87, permanent: true });
  });

  it('is given up while a callback is pending: by time, by signal, by disconnect()', async () => {
    const reason = new Error('enough');
    for (const phase of ['start', 'respond', 'finish'] as const) {
      for (const how of ['time', 'signal', 'disconnect'] as const) {
        const auth = new Asked();
        const pending = new Later<undefined>();
        auth[phase] = () => pending.promise;
        const bench = newBench({ auth }, answers);
        const { link, peer } = bench.open();
        const counted = new CountedSignal();
        const connecting = watch(bench.session.connect(link.client, { signal: counted.signal, timeoutMs: 500 }));
        await bench.time.settle();
        if (phase === 'respond') peer.send(CHALLENGE);
        if (phase === 'finish') peer.send(AUTH_CONNACK);
        await bench.time.settle();
        expect(bench.session.state).toBe('connecting');
        if (how === 'time') await bench.time.advance(500);
        else if (how === 'signal') counted.abort(reason);
        else await bench.time.until(bench.session.disconnect());
        await bench.time.settle();
        if (how === 'time') expect(connecting.error).toMatchObject({ code: 'connect-timeout' });
        else if (how === 'signal') expect(connecting.error).toBe(reason);
        else expect(connecting.error).toMatchObject({ name: 'DisconnectedError', by: 'local' });
        expect(link.client.isClosed).toBe(true);
        expect(bench.session.state).toBe('disconnected');
        expect(counted.listenerCount).toBe(0);
        // Its answer comes too late, and says nothing about the attempt that is under way then.
        const other = new Asked();
        const next = bench.open();
        const nextConnecting = watch(bench.session.connect(next.link.client, { auth: other }));
        await next.peer.expect(AUTH_CONNECT);
        if (how === 'signal') pending.reject(failure);
        else pending.resolve(undefined);
        await next.peer.expect();
        next.peer.send(AUTH_CONNACK);
        await bench.time.settle();
        expect(nextConnecting.state).toBe('resolved');
        expect(bench.session.state).toBe('connected');
      }
    }
  });

  it('begins nothing where start() answers after the attempt was given up', async () => {
    const auth = new Asked();
    const pending = new Later<undefined>();
    auth.start = () => pending.promise;
    const bench = newBench({ auth }, answers);
    const io = new ScriptedIo({});
    const connecting = watch(bench.session.connect(io, { timeoutMs: 10 }));
    await bench.time.advance(10);
    expect(connecting.error).toMatchObject({ code: 'connect-timeout' });
    pending.resolve(undefined);
    await bench.time.settle();
    expect(bench.session.state).toBe('disconnected');
    expect(io.calls).toEqual(['close']);
  });

  it('is refused a second stream before the first one has carried a byte, and keeps the first one', async () => {
    const auth = new Asked();
    const first = new Later<Uint8Array>();
    auth.start = () => first.promise;
    const bench = newBench({ auth }, answers);
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client));
    expect(await errorOf(bench.session.connect(link.client))).toMatchObject({ code: 'already-connected' });
    expect(link.client.isClosed).toBe(false);
    const other = bench.open();
    expect(await errorOf(bench.session.connect(other.link.client))).toMatchObject({ code: 'already-connected' });
    await expectClosed(other);
    first.resolve(new Uint8Array([1]));
    await peer.expect(AUTH_CONNECT);
    peer.send(AUTH_CONNACK);
    await bench.time.settle();
    expect(connecting.state).toBe('resolved');
  });
});

describe('an authenticator', () => {
  it('may belong to one attempt', async () => {
    const bench = newBench();
    const { link, peer } = bench.open();
    const connecting = watch(bench.session.connect(link.client, { auth: new Asked() }));
    await peer.expect(AUTH_CONNECT);
    peer.send(AUTH_CONNACK);
    await bench.time.settle();
    const { closed } = connecting.value!;
    await peer.close();
    await closed;
    const next = bench.open();
    const plain = watch(bench.session.connect(next.link.client));
    await bench.time.settle();
    expect(next.peer.take()).toEqual([expect.not.stringContaining('15 00 01 6d')]);
    next.peer.send(CONNACK);
    await bench.time.settle();
    expect(plain.state).toBe('resolved');
    expect(await errorOf(bench.session.reauthenticate())).toMatchObject({ name: 'InvalidRequestError' });
    await next.peer.expect();
  });
});

describe('reauthenticate()', () => {
  it('[MQTT-4.12.0-7] is refused where CONNECT named no method', async () => {
    const bench = newBench();
    const { peer, connect } = await bench.connect();
    expect(connect).toBe(CONNECT.replaceAll(/ +/g, ' '));
    const error = await errorOf(bench.session.reauthenticate());
    expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
    await peer.expect();
    expect(bench.session.state).toBe('connected');
  });

  it('can be given up and asked again: the exchange goes on, and settles for whoever waits then', async () => {
    const auth = new Asked();
    const bench = newBench({ auth });
    const { peer } = await bench.connect(AUTH_CONNACK);
    const counted = new CountedSignal();
    const reason = new Error('enough');
    const given = watch(bench.session.reauthenticate({ signal: counted.signal }));
    await peer.expect(REAUTHENTICATE);
    counted.abort(reason);
    await bench.time.settle();
    expect(given.error).toBe(reason);
    expect(counted.listenerCount).toBe(0);
    peer.send(CHALLENGE);
    await peer.expect(RESPONSE);
    const again = watch(bench.session.reauthenticate());
    const third = watch(bench.session.reauthenticate());
    await peer.expect();
    peer.send(SATISFIED);
    await bench.time.settle();
    expect([again.state, third.state]).toEqual(['resolved', 'resolved']);
  });

  it('can be given up while start() is pending, and what start() then says still leaves', async () => {
    const auth = new Asked();
    const bench = newBench({ auth });
    const { peer } = await bench.connect(AUTH_CONNACK);
    const first = new Later<Uint8Array>();
    auth.start = () => first.promise;
    const reason = new Error('enough');
    const controller = new AbortController();
    const given = watch(bench.session.reauthenticate({ signal: controller.signal }));
    const late = watch(bench.session.reauthenticate({ timeoutMs: 100 }));
    await bench.time.settle();
    controller.abort(reason);
    await bench.time.advance(100);
    expect(given.error).toBe(reason);
    expect(late.error).toMatchObject({ name: 'TimeoutError', code: 'timeout' });
    const again = watch(bench.session.reauthenticate());
    first.resolve(new Uint8Array([1]));
    await peer.expect(REAUTHENTICATE);
    peer.send(SATISFIED);
    await bench.time.settle();
    expect(again.state).toBe('resolved');
  });

  it('[MQTT-3.2.2-15] is refused where the broker would not take its packet, and the connection goes on', async () => {
    const auth = new Asked();
    const bench = newBench({ auth });
    // Maximum Packet Size 11; ours would take 12.
    const { peer } = await bench.connect('20 0c  00 00  09  27 00 00 00 0b  15 00 01 6d');
    const error = await errorOf(bench.time.until(bench.session.reauthenticate()));
    expect(error).toMatchObject({ name: 'ResourceError', code: 'packet-too-large' });
    await peer.expect();
    auth.start = () => undefined;
    const again = watch(bench.session.reauthenticate());
    await peer.expect('f0 06  19  04  15 00 01 6d');
    peer.send('f0 06  00  04  15 00 01 6d');
    await bench.time.settle();
    expect(again.state).toBe('resolved');
  });

  it('does nothing at all with a signal that is aborted already', async () => {
    const bench = newBench({ auth: new Asked() });
    const { peer } = await bench.connect(AUTH_CONNACK);
    const reason = new Error('never mind');
    expect(await errorOf(bench.session.reauthenticate({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    await peer.expect();
  });

  it('ends with the connection, whatever it was waiting for', async () => {
    for (const phase of ['start', 'respond', 'finish'] as const) {
      const auth = new Asked();
      const bench = newBench({ auth });
      const { peer, event } = await bench.connect(AUTH_CONNACK);
      const pending = new Later<undefined>();
      auth[phase] = () => pending.promise;
      const again = watch(bench.session.reauthenticate());
      await bench.time.settle();
      if (phase === 'respond') peer.send(CHALLENGE);
      if (phase === 'finish') peer.send(SATISFIED);
      await bench.time.settle();
      peer.send('e0 02  87  00');
      await bench.time.settle();
      const error = await event.closed;
      expect(error).toMatchObject({ by: 'broker', reasonCode: 0x87 });
      expect(again.error).toBe(error);
      pending.reject(failure);
      await bench.time.settle();
      expect(await errorOf(bench.session.reauthenticate())).toBe(error);
      const next = await bench.connect('20 07  01 00  04  15 00 01 6d', { auth: new Asked() });
      const anew = watch(bench.session.reauthenticate());
      await next.peer.expect(REAUTHENTICATE);
      next.peer.send(SATISFIED);
      await bench.time.settle();
      expect(anew.state).toBe('resolved');
    }
  });

  it('gives way to disconnect(), however long that takes, and whatever start() says meanwhile', async () => {
    for (const late of ['resolve', 'reject'] as const) {
      const auth = new Asked();
      const bench = newBench({ auth });
      const { link, peer, event } = await bench.connect(AUTH_CONNACK, {}, { capacityBytes: 60 });
      const pending = new Later<undefined>();
      auth.start = () => pending.promise;
      link.toServer.stall();
      await bench.session.publish({ topic: 't', payload: new Uint8Array(80) });
      await bench.time.settle();
      const again = watch(bench.session.reauthenticate());
      const disconnecting = watch(bench.session.disconnect());
      pending[late](late === 'reject' ? (failure as never) : undefined);
      await bench.time.settle();
      expect([again.state, disconnecting.state]).toEqual(['pending', 'pending']);
      link.toServer.resume();
      await bench.time.settle();
      expect(disconnecting.value).toEqual({ clean: true });
      expect(again.error).toBe(await event.closed);
      expect((again.error as Error).cause).toBeUndefined();
      expect(peer.take().slice(1)).toEqual(['e0 00']);
    }
  });

  it('gives way to disconnect()', async () => {
    const auth = new Asked();
    const bench = newBench({ auth });
    const { peer, event } = await bench.connect(AUTH_CONNACK);
    const pending = new Later<undefined>();
    auth.respond = () => pending.promise;
    const again = watch(bench.session.reauthenticate());
    await peer.expect(REAUTHENTICATE);
    peer.send(CHALLENGE);
    await bench.time.settle();
    await bench.session.disconnect();
    expect(again.error).toBe(await event.closed);
    pending.resolve(undefined);
    await peer.expect(DISCONNECT);
  });
});
