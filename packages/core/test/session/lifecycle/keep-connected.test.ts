import { describe, expect, it } from 'vitest';
import {
  BACKOFF_FACTOR_DEFAULT,
  BACKOFF_FIRST_MS_DEFAULT,
  BACKOFF_MOST_MS_DEFAULT,
  BACKOFF_STABLE_MS_DEFAULT,
  keepConnected,
  type ConnectEvent,
  type Io,
  type KeepConnectedOptions,
  type OpenContext,
  type OpenResult,
} from '@minimq/core';
import { CONNACK, DISCONNECT, SESSION_PRESENT, type Bench, type Line } from '../support.ts';
import {
  CountedSignal,
  expectClosed,
  expectNothingPending,
  forEachAnswer,
  newBench,
  ScriptedIo,
  watch,
  type Watched,
} from './bench.ts';

const lost = { name: 'DisconnectedError', by: 'transport' };
/** Makes every draw of chance this one: the jitter is a matter of its own. */
function setChance({ session }: Bench, random: number): void {
  session.clock.random = () => random;
}

interface Options extends Omit<Partial<KeepConnectedOptions>, 'open' | 'run'> {
  /** How the broker answers the CONNECT; `null`: not at all. */
  readonly connack?: string | null;
  readonly open?: (scene: Keeping) => Io | OpenResult | Promise<Io | OpenResult>;
  readonly run?: (scene: Keeping, signal: AbortSignal) => unknown;
}

/** One `keepConnected()` and everything that it has asked for. */
class Keeping {
  readonly bench: Bench;
  readonly opened: OpenContext[] = [];
  readonly lines: Line[] = [];
  readonly events: ConnectEvent[] = [];
  readonly signals: AbortSignal[] = [];
  readonly waits: { readonly delayMs: number; readonly attempt: number; readonly error: unknown }[] = [];
  readonly done: Watched<void>;
  readonly promise: Promise<void>;

  constructor(bench: Bench, { connack = CONNACK, open, run, ...others }: Options = {}) {
    this.bench = bench;
    this.promise = keepConnected(bench.session, {
      open: (context) => {
        this.opened.push(context);
        return open === undefined ? this.openLine(connack).link.client : open(this);
      },
      run: (event, signal) => {
        this.events.push(event);
        this.signals.push(signal);
        return run?.(this, signal);
      },
      onWait: (wait) => void this.waits.push(wait),
      ...others,
    });
    this.done = watch(this.promise);
  }

  /** A link whose broker answers the CONNECT like this. */
  openLine(connack: string | null): Line {
    const line = this.bench.open();
    line.peer.answer = (packet) => (packet.startsWith('10') && connack !== null ? connack : undefined);
    this.lines.push(line);
    return line;
  }

  get last(): Line {
    return this.lines.at(-1)!;
  }

  /** The connection is lost, and the next attempt has come to its end. */
  async lose(advanceMs: number): Promise<void> {
    await this.last.peer.close();
    await this.bench.time.advance(advanceMs);
  }
}

async function keeping(options?: Options): Promise<Keeping> {
  const scene = new Keeping(newBench(), options);
  await scene.bench.time.settle();
  return scene;
}

const stop = async (scene: Keeping): Promise<void> => {
  await scene.bench.time.until(scene.bench.session.disconnect());
  await scene.bench.time.settle();
  expect(scene.done.state).toBe('resolved');
};

describe('keepConnected()', () => {
  it('opens, connects and runs once for each connection, and again after a loss', async () => {
    const scene = await keeping();
    expect(scene.events).toHaveLength(1);
    expect(scene.events[0]).toMatchObject({ kind: 'connected' });
    expect(scene.bench.session.state).toBe('connected');
    await scene.lose(1000);
    expect(scene.events).toHaveLength(2);
    expect(scene.waits).toHaveLength(1);
    expect(scene.waits[0]!.error).toMatchObject(lost);
    expect(scene.opened.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(scene.done.state).toBe('pending');
    await stop(scene);
  });

  it('goes on with the connection when run() has returned, whatever it returned', async () => {
    for (const result of [undefined, 1, Promise.resolve('done')]) {
      const scene = await keeping({ run: () => result });
      await scene.bench.time.advance(60_000);
      expect(scene.lines).toHaveLength(1);
      expect(scene.bench.session.state).toBe('connected');
      await stop(scene);
    }
  });

  it("aborts run()'s signal with what ended its connection, and waits for run() before it opens again", async () => {
    let finish = (): void => {};
    const scene = await keeping({ run: () => new Promise<void>((resolve) => void (finish = resolve)) });
    const [signal] = scene.signals;
    expect(signal!.aborted).toBe(false);
    await scene.lose(60_000);
    expect(signal!.aborted).toBe(true);
    expect(signal!.reason).toBe(await scene.events[0]!.closed);
    expect(scene.lines).toHaveLength(1);
    finish();
    await scene.bench.time.advance(1000);
    expect(scene.lines).toHaveLength(2);
    finish();
    await stop(scene);
  });

  it('opens again where run() throws because its connection ended', async () => {
    await expectGoesOn((scene) => scene.bench.session.recv());
    await expectGoesOn((_scene, signal) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    // Node's own functions throw an error of their own, with the reason as its cause.
    await expectGoesOn((_scene, signal) => {
      return whenAborted(signal).then(() => Promise.reject(new Error('aborted', { cause: signal.reason })));
    });
    // An op that never came to its end.
    await expectGoesOn(async (scene) => (await scene.bench.session.publish({ topic: 't', qos: 1 })).completion());
  });

  async function expectGoesOn(run: NonNullable<Options['run']>): Promise<void> {
    const scene = await keeping({ run });
    await scene.lose(1000);
    expect(scene.events).toHaveLength(2);
    await stop(scene);
  }

  it('opens again where run() throws what others make of its signal: an error with the reason as cause', async () => {
    const scene = await keeping({
      run: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted', { cause: signal.reason })));
        }),
    });
    await scene.lose(1000);
    expect(scene.events).toHaveLength(2);
    expect(scene.done.state).toBe('pending');
    await stop(scene);
  });

  it('disconnects and throws on where run() throws anything else, at once or later', async () => {
    const failure = new TypeError('a bug');
    for (const run of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
      async () => {
        await Promise.resolve();
        throw failure;
      },
    ]) {
      const scene = await keeping({ run });
      await scene.bench.time.settle();
      expect(scene.done.error).toBe(failure);
      expect(scene.last.peer.take().at(-1)).toBe(DISCONNECT.replaceAll(/ +/g, ' '));
      await expectClosed(scene.last);
      await expectNothingPending(scene.bench);
    }
  });

  it("throws on run()'s own error also where the connection ended before", async () => {
    const failure = new TypeError('a bug');
    const scene = await keeping({
      run: (_scene, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(failure));
        }),
    });
    await scene.last.peer.close();
    await scene.bench.time.settle();
    expect(scene.done.error).toBe(failure);
  });
});

describe('backoff', () => {
  const failed = { open: () => Promise.reject(new Error('ECONNREFUSED')) };

  it('is exponential, up to the most, with full jitter', async () => {
    const scene = await keeping(failed);
    await scene.bench.time.advance(10 * 60_000);
    const { waits } = scene;
    const mosts = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000];
    for (const [i, most] of mosts.entries()) {
      expect(waits[i]!.delayMs).toBeGreaterThanOrEqual(0);
      expect(waits[i]!.delayMs).toBeLessThan(most);
      expect(waits[i]).toMatchObject({ attempt: i + 1, error: { message: 'ECONNREFUSED' } });
    }
    expect(Math.max(...waits.map(({ delayMs }) => delayMs))).toBeGreaterThan(15_000);
    expect(Math.min(...waits.slice(6).map(({ delayMs }) => delayMs))).toBeLessThan(10_000);
    expect(new Set(waits.map(({ delayMs }) => delayMs)).size).toBe(waits.length);
    expect([BACKOFF_FIRST_MS_DEFAULT, BACKOFF_FACTOR_DEFAULT, BACKOFF_MOST_MS_DEFAULT]).toEqual([500, 2, 30_000]);
    await stop(scene);
  });

  it('takes its chance from the session clock: the wait is that part of its upper end', async () => {
    for (const random of [0.25, 0.999]) {
      const bench = newBench();
      setChance(bench, random);
      const scene = new Keeping(bench, { ...failed, backoff: { firstMs: 100, factor: 3, mostMs: 1000 } });
      await bench.time.advance(10_000);
      const mosts = [100, 300, 900, 1000, 1000];
      expect(scene.waits.slice(0, 5).map(({ delayMs }) => delayMs)).toEqual(mosts.map((ms) => ms * random));
      await stop(scene);
    }
  });

  it('counts on after a connection that was short, and begins anew after one that was stable', async () => {
    const bench = newBench();
    setChance(bench, 0.5);
    const scene = new Keeping(bench);
    await bench.time.settle();
    await scene.lose(250);
    await scene.lose(500);
    await bench.time.advance(BACKOFF_STABLE_MS_DEFAULT - 1);
    await scene.lose(1000);
    expect(scene.waits.map(({ delayMs }) => delayMs)).toEqual([250, 500, 1000]);
    expect(scene.opened.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    await bench.time.advance(BACKOFF_STABLE_MS_DEFAULT);
    await scene.lose(250);
    expect(scene.waits.map(({ delayMs, attempt }) => [attempt, delayMs])).toEqual([
      [1, 250],
      [2, 500],
      [3, 1000],
      [1, 250],
    ]);
    expect(scene.opened.at(-1)!.attempt).toBe(2);
    expect(BACKOFF_STABLE_MS_DEFAULT).toBe(10_000);
    await stop(scene);
  });

  it('does not take the time that run() needs to end for a stable connection', async () => {
    const bench = newBench();
    setChance(bench, 0.5);
    const run: Options['run'] = async (_scene, signal) => {
      await whenAborted(signal);
      await bench.session.delay(20_000);
    };
    const scene = new Keeping(bench, { run });
    await bench.time.settle();
    await scene.lose(20_000 + 250);
    await scene.lose(20_000 + 500);
    expect(scene.waits.map(({ delayMs }) => delayMs)).toEqual([250, 500]);
    await bench.time.until(bench.session.disconnect());
    await bench.time.until(scene.promise);
  });

  it('counts every attempt that fails: to open, to connect, in time', async () => {
    const bench = newBench();
    const results: NonNullable<Options['open']>[] = [
      () => {
        throw new Error('no such host');
      },
      () => Promise.reject(new Error('ECONNREFUSED')),
      (scene) => scene.openLine('20 03  00 88  00').link.client,
      (scene) => scene.openLine('00').link.client,
      (scene) => ({ io: scene.openLine(null).link.client, timeoutMs: 100 }),
      () => new ScriptedIo({ read: () => 0 }),
      (scene) => scene.openLine(CONNACK).link.client,
    ];
    const scene = new Keeping(bench, { open: (scene) => results.shift()!(scene) });
    await bench.time.advance(10 * 60_000);
    expect(scene.waits.map(({ error }) => error)).toMatchObject([
      { message: 'no such host' },
      { message: 'ECONNREFUSED' },
      { name: 'PeerError', code: 'refused', reasonCode: 0x88 },
      { name: 'PeerError', code: 'invalid-packet' },
      { name: 'TransportError', code: 'connect-timeout' },
      { name: 'TransportError', code: 'transport-ended' },
    ]);
    expect(scene.opened.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(scene.events).toHaveLength(1);
    for (const { link } of scene.lines.slice(0, -1)) expect(link.client.isClosed).toBe(true);
    await stop(scene);
  });
});

describe('what ends keepConnected()', () => {
  it('a refusal that would come again, with its error', async () => {
    const scene = await keeping({ connack: '20 03  00 86  00' });
    expect(scene.done.error).toMatchObject({ name: 'PeerError', code: 'refused', reasonCode: 0x86, permanent: true });
    expect(scene.lines).toHaveLength(1);
    expect(scene.waits).toEqual([]);
    await expectNothingPending(scene.bench);
  });

  it('[MQTT-3.1.4-3] a takeover by another client, with its error', async () => {
    const scene = await keeping();
    scene.last.peer.send('e0 01 8e');
    await scene.bench.time.settle();
    expect(scene.done.error).toBe(await scene.events[0]!.closed);
    expect(scene.done.error).toMatchObject({ by: 'broker', reasonCode: 0x8e });
    await expectNothingPending(scene.bench);
  });

  it('a configuration or a call that cannot work, with its error', async () => {
    const wrong = await keeping({ open: () => ({ io: new ScriptedIo({}), username: '\0' }) });
    expect(wrong.done.error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
    const bench = newBench();
    await bench.connect();
    const second = new Keeping(bench);
    await bench.time.settle();
    expect(second.done.error).toMatchObject({ code: 'already-connected' });
    expect(bench.session.state).toBe('connected');
    expect(second.last.link.client.isClosed).toBe(true);
  });

  it('the application, normally, by its own disconnect(): while connected', async () => {
    const scene = await keeping({ run: (_scene, signal) => whenAborted(signal) });
    await scene.bench.session.publish({ topic: 't' });
    expect(await scene.bench.time.until(scene.bench.session.disconnect())).toEqual({ clean: true });
    await scene.bench.time.settle();
    expect(scene.done.state).toBe('resolved');
    expect(scene.last.peer.take().slice(1)).toEqual(['30 04 00 01 74 00', 'e0 00']);
    await expectNothingPending(scene.bench);
  });

  it('the application, normally, by disconnect() within run()', async () => {
    const bench = newBench();
    const scene = new Keeping(bench, {
      run: async () => {
        await bench.session.disconnect();
        await bench.session.recv();
      },
    });
    await bench.time.settle();
    expect(scene.done.state).toBe('resolved');
  });

  it('the application, normally, by disconnect() while it waits', async () => {
    const scene = await keeping({ open: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect(scene.waits).toHaveLength(1);
    expect(await scene.bench.session.disconnect()).toEqual({ clean: true });
    await scene.bench.time.settle();
    expect(scene.done.state).toBe('resolved');
    await expectNothingPending(scene.bench);
  });

  it('the application, normally, by disconnect() while it connects', async () => {
    const scene = await keeping({ connack: null });
    expect(scene.bench.session.state).toBe('connecting');
    await scene.bench.time.until(scene.bench.session.disconnect());
    await scene.bench.time.settle();
    expect(scene.done.state).toBe('resolved');
    expect(scene.last.link.client.isClosed).toBe(true);
    await expectNothingPending(scene.bench);
  });

  it('the application, normally, by disconnect() while it opens: at once, and a stream that comes later is closed', async () => {
    for (const late of ['stream', 'failure'] as const) {
      let resolve = (_io: Io): void => {};
      let reject = (_error: unknown): void => {};
      const scene = await keeping({ open: () => new Promise<Io>((ok, no) => ([resolve, reject] = [ok, no])) });
      await scene.bench.session.disconnect();
      await scene.bench.time.settle();
      expect(scene.done.state).toBe('resolved');
      expect(scene.opened[0]!.signal.aborted).toBe(true);
      const io = new ScriptedIo({});
      if (late === 'stream') resolve(io);
      else reject(new Error('ECONNREFUSED'));
      await scene.bench.time.settle();
      expect(io.calls).toEqual(late === 'stream' ? ['close'] : []);
    }
  });

  it('no disconnect() that is refused', async () => {
    const scene = await keeping();
    await expect(scene.bench.session.disconnect({ timeoutMs: -1 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await scene.bench.time.settle();
    expect(scene.done.state).toBe('pending');
    expect(scene.bench.session.state).toBe('connected');
    await stop(scene);
  });

  it('an onWait() that throws', async () => {
    const failure = new Error('a bug');
    const scene = await keeping({
      open: () => Promise.reject(new Error('ECONNREFUSED')),
      onWait: () => {
        throw failure;
      },
    });
    expect(scene.done.error).toBe(failure);
  });
});

forEachAnswer('aborting keepConnected()', (answers) => {
  const reason = new Error('shutting down');

  async function abortable(options: Options = {}) {
    const counted = new CountedSignal();
    const scene = new Keeping(newBench({}, answers), { ...options, signal: counted.signal });
    await scene.bench.time.settle();
    expect(counted.listenerCount).toBe(1);
    const expectAborted = async (): Promise<void> => {
      counted.abort(reason);
      await scene.bench.time.settle();
      expect(scene.done.error).toBe(reason);
      expect(counted.listenerCount).toBe(0);
      expect(counted.listenerCountMost).toBe(1);
      expect(scene.bench.session.state).toBe('disconnected');
      await expectNothingPending(scene.bench);
    };
    return { scene, expectAborted, counted };
  }

  it('disconnects in good order, and rejects with the reason', async () => {
    const { scene, expectAborted } = await abortable();
    await scene.bench.session.publish({ topic: 't' });
    await expectAborted();
    expect(scene.last.peer.take().slice(1)).toEqual(['30 04 00 01 74 00', 'e0 00']);
    expect(scene.last.link.client.isClosed).toBe(true);
    expect(await scene.events[0]!.closed).toMatchObject({ by: 'local' });
    expect(scene.signals[0]!.aborted).toBe(true);
    // It was for opening: a stream that hangs on it is not torn away from under the DISCONNECT.
    expect(scene.opened[0]!.signal.aborted).toBe(false);
  });

  it('also where run() rejects with the reason itself, or with anything of its own', async () => {
    for (const failure of [reason, new Error('a bug')]) {
      const { expectAborted } = await abortable({
        run: (_scene, signal) => whenAborted(signal).then(() => Promise.reject(failure)),
      });
      await expectAborted();
    }
  });

  it('ends its waits at once', async () => {
    const { scene, expectAborted } = await abortable({ open: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect(scene.waits).toHaveLength(1);
    await expectAborted();
    expect(scene.opened).toHaveLength(1);
  });

  it('ends an attempt to connect at once', async () => {
    const { scene, expectAborted } = await abortable({ connack: null });
    await expectAborted();
    expect(scene.last.link.client.isClosed).toBe(true);
  });

  it('ends an attempt to open at once, tells it so, and closes the stream that comes all the same', async () => {
    let resolve = (_io: Io): void => {};
    const { scene, expectAborted } = await abortable({ open: () => new Promise<Io>((ok) => void (resolve = ok)) });
    await expectAborted();
    expect(scene.opened[0]!.signal.aborted).toBe(true);
    expect(scene.opened[0]!.signal.reason).toBe(reason);
    const io = new ScriptedIo({});
    resolve(io);
    await scene.bench.time.settle();
    expect(io.calls).toEqual(['close']);
  });

  it('before it began does nothing at all', async () => {
    const bench = newBench({}, answers);
    const scene = new Keeping(bench, { signal: AbortSignal.abort(reason) });
    await bench.time.settle();
    expect(scene.done.error).toBe(reason);
    expect(scene.opened).toEqual([]);
  });

  it('has one listener on the signal over any number of connections, and none afterwards', async () => {
    const { scene, counted, expectAborted } = await abortable();
    for (let i = 0; i < 20; i++) await scene.lose(60_000);
    expect(scene.events).toHaveLength(21);
    expect([counted.listenerCount, counted.addedCount]).toEqual([1, 1]);
    await expectAborted();
    for (const ending of ['disconnect', 'refusal'] as const) {
      const other = await abortable();
      if (ending === 'disconnect') await other.scene.bench.time.until(other.scene.bench.session.disconnect());
      else other.scene.last.peer.send('e0 01 8e');
      await other.scene.bench.time.settle();
      expect(other.scene.done.state).not.toBe('pending');
      expect(other.counted.listenerCount).toBe(0);
    }
  });
});

describe('open()', () => {
  it('may give the credentials of this attempt, and more', async () => {
    const bench = newBench({ username: 'u', password: 'old' });
    let token = 0;
    const scene = new Keeping(bench, {
      open: (scene) => ({
        io: scene.openLine(token === 0 ? CONNACK : SESSION_PRESENT).link.client,
        password: `k${token++}`,
      }),
    });
    await bench.time.settle();
    scene.last.link.reset();
    await bench.time.advance(1000);
    const [first, second] = scene.lines.map(({ peer }) => peer.take()[0]);
    expect(first).toMatch(/00 01 75 00 02 6b 30$/);
    expect(second).toMatch(/00 01 75 00 02 6b 31$/);
    await stop(scene);
  });

  it('may be synchronous', async () => {
    const scene = await keeping({ run: () => {} });
    expect(scene.bench.session.state).toBe('connected');
    await stop(scene);
  });

  it('is told where the broker has sent its clients, until a connection succeeds', async () => {
    const bench = newBench();
    const connacks = [
      '20 08  00 9c  05  1c 00 02 62 32', // Use another server: "b2".
      '20 08  00 9d  05  1c 00 02 62 33', // Server moved: "b3".
      null,
      CONNACK,
      CONNACK,
      CONNACK,
    ];
    const scene = new Keeping(bench, {
      open: (scene) => {
        const connack = connacks.shift()!;
        return connack === null ? Promise.reject(new Error('ECONNREFUSED')) : scene.openLine(connack).link.client;
      },
    });
    await bench.time.advance(60_000);
    expect(scene.events).toHaveLength(1);
    // Use another server: "b4".
    scene.last.peer.send('e0 07  9c  05  1c 00 02 62 34');
    await bench.time.advance(60_000);
    await scene.lose(60_000);
    expect(scene.events).toHaveLength(3);
    expect(scene.opened.map(({ serverReference }) => serverReference)).toEqual([
      undefined,
      'b2',
      'b3',
      'b3',
      'b4',
      undefined,
    ]);
    await stop(scene);
  });
});

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
}
