import { describe, expect, it } from 'vitest';
import { QoS, type DisconnectedError, type Session } from '@minimq/core';
import type { Answers } from '@minimq/testkit';
import { CONNACK, DISCONNECT, errorOf, SESSION_PRESENT, type Connection } from '../support.ts';
import {
  expectClosed,
  expectNothingPending,
  forEachAnswer,
  newBench,
  PINGREQ,
  ScriptedIo,
  watch,
  type Watched,
} from './bench.ts';

// A wait ends with the connection: whatever ended it, every wait that it ends rejects with one and the same object.

const PUBLISH_1 = '32 06  00 01 74  00 01  00';
const SUBSCRIBE_2 = '82 07  00 02  00  00 01 66  00';
const UNSUBSCRIBE_3 = 'a2 06  00 03  00  00 01 66';

/** Receive Maximum 1, so that a second publish has to wait. */
const ONE_AT_A_TIME = '20 06  00 00  03  21 00 01';

/** One wait of every kind that a connection can end. */
class AllWaits {
  watched: Record<string, Watched<unknown>> = {};

  async start(session: Session): Promise<void> {
    const op = await session.publish({ topic: 't', qos: 1 });
    this.watched = {
      completion: watch(op.completion()),
      another: watch(op.completion()),
      publish: watch(session.publish({ topic: 't', qos: 1 })),
      subscribe: watch(session.subscribe(['f'])),
      unsubscribe: watch(session.unsubscribe(['f'])),
      recv: watch(session.recv()),
    };
  }

  expectAll(error: DisconnectedError): void {
    for (const [name, { error: own }] of Object.entries(this.watched)) expect(own, name).toBe(error);
  }
}

/** What happens to a connection, and what everyone is told then. */
interface End {
  readonly name: string;
  readonly keepAlive?: number;
  readonly run: (connection: Connection, session: Session, advance: (ms: number) => Promise<void>) => unknown;
  readonly expected: Record<string, unknown>;
  /** What the session says before it closes. */
  readonly last?: readonly string[];
}

const failure = new Error('reset by peer');

const ENDS: readonly End[] = [
  {
    name: 'disconnect()',
    run: (_connection, session) => session.disconnect(),
    expected: { by: 'local', reasonCode: 0 },
    last: [DISCONNECT],
  },
  {
    name: 'a DISCONNECT of the broker',
    // Server moved; reason string "go", user property k=v, server reference "b2".
    run: ({ peer }) => peer.send('e0 13  9d  11  1f 00 02 67 6f  26 00 01 6b 00 01 76  1c 00 02 62 32'),
    expected: {
      by: 'broker',
      reasonCode: 0x9d,
      reasonString: 'go',
      userProperties: [['k', 'v']],
      serverReference: 'b2',
    },
  },
  {
    name: '[MQTT-3.1.4-3] another client under the same name',
    run: ({ peer }) => peer.send('e0 01 8e'),
    expected: { by: 'broker', reasonCode: 0x8e, reasonString: undefined, userProperties: [] },
  },
  {
    name: 'a DISCONNECT without a word',
    run: ({ peer }) => peer.send('e0 00'),
    expected: { by: 'broker', reasonCode: 0 },
  },
  {
    name: 'the end of the stream',
    run: ({ peer }) => peer.close(),
    expected: { by: 'transport', cause: { name: 'TransportError', code: 'transport-ended' }, reasonCode: undefined },
  },
  {
    name: 'a reset',
    run: ({ link }) => link.reset(failure),
    expected: { by: 'transport', cause: { name: 'TransportError', code: 'transport-failed', cause: failure } },
  },
  {
    name: 'a packet that breaks the protocol',
    run: ({ peer }) => peer.send('90 04  00 07  00  55'),
    expected: {
      by: 'protocol',
      reasonCode: 0x82,
      cause: { name: 'PeerError', code: 'invalid-packet', reasonCode: 0x82 },
    },
    last: ['e0 01 82'],
  },
  {
    name: 'a packet that is none',
    run: ({ peer }) => peer.send('00'),
    expected: { by: 'protocol', reasonCode: 0x81, cause: { code: 'invalid-packet', section: '2.1.2' } },
    last: ['e0 01 81'],
  },
  {
    name: '[MQTT-3.1.2-24] a packet above our maximum',
    run: ({ peer }) => peer.send('30 ff ff ff 7f'),
    expected: { by: 'protocol', reasonCode: 0x95, cause: { code: 'invalid-packet' } },
    last: ['e0 01 95'],
  },
  {
    name: 'silence after a PINGREQ',
    keepAlive: 10,
    run: (_connection, _session, advance) => advance(7500 + 5000),
    expected: { by: 'keep-alive', reasonCode: undefined },
    last: [PINGREQ],
  },
];

forEachAnswer('the end of a connection', (answers) => {
  it.each(ENDS)('by $name is told everyone alike', async ({ keepAlive = 0, run, expected, last = [] }) => {
    const bench = newBench({ keepAlive }, answers);
    const { session, time } = bench;
    const connection = await bench.connect(ONE_AT_A_TIME);
    const { peer, event } = connection;
    const waits = new AllWaits();
    await waits.start(session);
    await peer.expect(PUBLISH_1, SUBSCRIBE_2, UNSUBSCRIBE_3);
    const closed = watch(event.closed);
    await time.until(session.flush());
    await run(connection, session, (ms) => time.advance(ms));
    await time.settle();
    await peer.expect(...last);
    await expectClosed(connection);
    expect(session.state).toBe('disconnected');
    expect(session.granted).toBeUndefined();
    const error = closed.value!;
    expect(error).toMatchObject({ name: 'DisconnectedError', code: 'disconnected', connectionLost: true, ...expected });
    if (!('cause' in expected)) expect(error.cause).toBeUndefined();
    waits.expectAll(error);
    // It stays the answer until the next connection.
    await expectCallsToReject(session, error);
    await expectNothingPending(bench);
    const next = await bench.connect(SESSION_PRESENT);
    expect(next.event.closed).not.toBe(event.closed);
    const nextClosed = watch(next.event.closed);
    await time.settle();
    expect(nextClosed.state).toBe('pending');
    expect(await event.closed).toBe(error);
  });

  it('by a transport that takes no bytes but says so only then', async () => {
    const bench = newBench({}, answers);
    const { link, event } = await bench.connect();
    link.toServer.halfClose({ error: failure });
    await bench.session.publish({ topic: 't' });
    expect(await bench.time.until(event.closed)).toMatchObject({ by: 'transport', cause: { cause: failure } });
    expect(link.client.isClosed).toBe(true);
  });

  it('by the broker that sends nothing more is seen even while nothing is sent', async () => {
    const bench = newBench({}, answers);
    const { link, event } = await bench.connect();
    link.toClient.halfClose();
    expect(await bench.time.until(event.closed)).toMatchObject({ by: 'transport', cause: { code: 'transport-ended' } });
  });
});

/** Every call that needs a connection, made where there is none. */
async function expectCallsToReject(session: Session, error: unknown): Promise<void> {
  const calls: Record<string, () => unknown> = {
    publish: () => session.publish({ topic: 't' }),
    tryPublish: () => session.tryPublish({ topic: 't' }),
    subscribe: () => session.subscribe(['f']),
    unsubscribe: () => session.unsubscribe(['f']),
    flush: () => session.flush(),
    reauthenticate: () => session.reauthenticate(),
    recv: () => session.recv(),
    poll: () => session.poll(),
    drive: () => session.drive(),
  };
  for (const [name, call] of Object.entries(calls)) expect(await errorOf(call), name).toBe(error);
  for (const op of session.pending) expect(await errorOf(op.completion())).toBe(error);
  expect(session.canPublish(QoS.atMostOnce, 1)).toBe(false);
  const messages = session.messages();
  expect(await messages.next()).toEqual({ done: true, value: undefined });
}

describe('calls without a connection', () => {
  it('reject at once before there ever was one', async () => {
    const { session } = newBench();
    const error = await errorOf(session.recv());
    expect(error).toMatchObject({ name: 'DisconnectedError', by: 'local' });
    await expectCallsToReject(session, error);
  });

  it('reject at once while one is being made, with what ended the last one', async () => {
    const bench = newBench();
    const { event, peer } = await bench.connect();
    await peer.close();
    const error = await event.closed;
    const next = bench.open();
    const connecting = watch(bench.session.connect(next.link.client));
    await expectCallsToReject(bench.session, error);
    next.peer.send(CONNACK);
    await bench.time.settle();
    expect(connecting.state).toBe('resolved');
  });

  it('reject with the same error while an attempt fails that takes its time', async () => {
    const bench = newBench();
    const { event, peer } = await bench.connect();
    await peer.close();
    const error = await event.closed;
    const next = bench.open({ capacityBytes: 5 });
    next.link.toServer.stall();
    const connecting = watch(bench.session.connect(next.link.client));
    await bench.time.settle();
    next.peer.send('00');
    await bench.time.settle();
    expect([bench.session.state, connecting.state]).toEqual(['connecting', 'pending']);
    await expectCallsToReject(bench.session, error);
    await bench.time.advance(1000);
    expect(connecting.error).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode: 0x81 });
    await expectCallsToReject(bench.session, error);
  });

  it('reject with the same error after an attempt that failed', async () => {
    const bench = newBench();
    const { event, peer } = await bench.connect();
    await peer.close();
    const error = await event.closed;
    const next = bench.open();
    const connecting = watch(bench.session.connect(next.link.client));
    await next.peer.close();
    expect(connecting.state).toBe('rejected');
    await expectCallsToReject(bench.session, error);
  });

  it('reject at once with what is ending the connection, while that takes its time', async () => {
    for (const how of ['disconnect', 'protocol'] as const) {
      const bench = newBench();
      const { link, peer, event } = await bench.connect(CONNACK, {}, { capacityBytes: 40 });
      link.toServer.stall();
      await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
      await bench.time.settle();
      if (how === 'disconnect') void bench.session.disconnect();
      else peer.send('00');
      await bench.time.settle();
      expect(bench.session.state).toBe('disconnecting');
      const errors: unknown[] = [];
      for (const call of [
        () => bench.session.publish({ topic: 't' }),
        () => bench.session.tryPublish({ topic: 't' }),
        () => bench.session.subscribe(['f']),
        () => bench.session.unsubscribe(['f']),
        () => bench.session.flush(),
        () => bench.session.reauthenticate(),
      ]) {
        errors.push(await errorOf(call));
      }
      const receiving = watch(bench.session.recv());
      link.toServer.resume();
      const error = await bench.time.until(event.closed);
      expect(error.by).toBe(how === 'disconnect' ? 'local' : 'protocol');
      expect(new Set(errors)).toEqual(new Set([error]));
      await bench.time.settle();
      expect(receiving.error).toBe(error);
    }
  });
});

describe('`closed`', () => {
  it('resolves also where the connection ends in the same breath as it began', async () => {
    const bench = newBench();
    const { link, peer } = bench.open();
    const connecting = bench.session.connect(link.client);
    await peer.next();
    peer.send(CONNACK, '30 05  00 01 74  00  6d', 'e0 01 8b');
    const event = await connecting;
    expect(await event.closed).toMatchObject({ by: 'broker', reasonCode: 0x8b });
    expect(bench.session.state).toBe('disconnected');
    // What came before the end is still handed over.
    expect((await bench.session.recv()).text()).toBe('m');
    expect(await errorOf(bench.session.recv())).toBe(await event.closed);
  });

  it('may be left alone: nobody has to look at it, nor at the event', async () => {
    const bench = newBench();
    const { link, peer } = bench.open();
    void bench.session.connect(link.client);
    await peer.next();
    peer.send(CONNACK);
    await bench.time.settle();
    link.reset(failure);
    await bench.time.settle();
    expect(bench.session.state).toBe('disconnected');
  });

  it('an op that nobody asks makes no unhandled rejection, however it ends', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    const refused = await bench.session.publish({ topic: 't', qos: 1 });
    const lost = await bench.session.publish({ topic: 't', qos: 1 });
    await peer.expect('32 06  00 01 74  00 01  00', '32 06  00 01 74  00 02  00');
    peer.send('40 03  00 01  87');
    await bench.time.settle();
    await peer.close();
    await bench.connect();
    expect([refused.state, lost.state]).toEqual(['refused', 'invalidated']);
    expect('then' in refused).toBe(false);
  });
});

describe('who ended it, where several things happen', () => {
  const connectOver = async (io: ScriptedIo, answers: Answers = 'at-once') => {
    const bench = newBench({}, answers);
    let connack: Uint8Array | undefined = new Uint8Array([0x20, 3, 0, 0, 0]);
    const { read } = io;
    io.read = (buffer) => {
      if (connack === undefined) return read(buffer);
      buffer.set(connack);
      connack = undefined;
      return 5;
    };
    const event = await bench.session.connect(io);
    return { bench, event, closed: watch(event.closed) };
  };

  it('is the transport where it fails to read, to write or to flush', async () => {
    const throws = (): never => {
      throw failure;
    };
    const rejects = (): Promise<never> => Promise.reject(failure);
    for (const fails of [throws, rejects]) {
      for (const operation of ['write', 'flush'] as const) {
        const io = new ScriptedIo({});
        const { bench, closed } = await connectOver(io);
        await bench.time.settle();
        io[operation] = fails;
        const publishing = await bench.session.publish({ topic: 't', qos: 1 });
        const completion = watch(publishing.completion());
        const flushed = watch(bench.session.flush());
        await bench.time.settle();
        expect(closed.value).toMatchObject({
          by: 'transport',
          cause: { name: 'TransportError', code: 'transport-failed', cause: failure, message: new RegExp(operation) },
        });
        expect(completion.error).toBe(closed.value);
        expect(flushed.error).toBe(closed.value);
        expect(io.isClosed).toBe(true);
      }
    }
  });

  it('is the transport where it answers nonsense', async () => {
    for (const count of [0, -1, 65_537, Number.NaN]) {
      const io = new ScriptedIo({});
      const { bench, closed } = await connectOver(io);
      await bench.time.settle();
      io.write = () => count;
      await bench.session.publish({ topic: 't' });
      await bench.time.settle();
      expect(closed.value).toMatchObject({ by: 'transport', cause: { code: 'transport-misbehaved' } });
    }
  });

  it('is the application where the stream goes while it disconnects', async () => {
    const bench = newBench();
    const { link, event } = await bench.connect(CONNACK, {}, { capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    const disconnecting = bench.session.disconnect();
    await bench.time.settle();
    link.reset(failure);
    expect(await bench.time.until(disconnecting)).toEqual({ clean: false });
    expect(await event.closed).toMatchObject({ by: 'local' });
  });

  it('is clean where the broker goes before the transport says that it took the DISCONNECT', async () => {
    for (const fails of [false, true]) {
      let endInput: (count: number) => void = () => {};
      let settle: (count: number) => void = () => {};
      let refuse: (error: Error) => void = () => {};
      const written: number[] = [];
      const io = new ScriptedIo({
        read: () => new Promise((resolve) => (endInput = resolve)),
        write: (bytes) => {
          written.push(...bytes);
          if (bytes[0] !== 0xe0) return bytes.length;
          return new Promise((resolve, reject) => {
            settle = resolve;
            refuse = reject;
          });
        },
      });
      const { bench, closed } = await connectOver(io);
      await bench.time.settle();
      const disconnecting = watch(bench.session.disconnect());
      await bench.time.settle();
      expect(written.slice(-2)).toEqual([0xe0, 0]);
      endInput(0);
      await bench.time.settle();
      expect(disconnecting.state).toBe('pending');
      if (fails) refuse(failure);
      else settle(2);
      await bench.time.settle();
      expect(disconnecting.value).toEqual({ clean: !fails });
      expect(closed.value).toMatchObject({ by: 'local' });
      expect(io.isClosed).toBe(true);
    }
  });

  it('[MQTT-4.13.2-1] is the protocol error where the application disconnects behind it', async () => {
    const bench = newBench();
    const { link, peer, event } = await bench.connect(CONNACK, {}, { capacityBytes: 40 });
    link.toServer.stall();
    await bench.session.publish({ topic: 't', payload: new Uint8Array(64) });
    await bench.time.settle();
    peer.send('00');
    await bench.time.settle();
    const disconnecting = bench.session.disconnect();
    link.toServer.resume();
    expect(await bench.time.until(disconnecting)).toEqual({ clean: false });
    expect(await event.closed).toMatchObject({ by: 'protocol' });
  });
});
