import { Buffers, QoS, Session } from '@minimq/core';
import type { Packet } from '@minimq/core/codec';
import { MemoryBroker } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';
import { connectTcp } from '@minimq/transport-node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Exit, exits } from './exits.ts';

// The examples are programs: importing one runs it until it ends. Ctrl-C is sent as the event that it becomes.

function start(program: () => Promise<unknown>, ...args: string[]): Promise<unknown> {
  vi.resetModules();
  process.argv = ['node', 'program', ...args];
  const ended = program();
  onTestFinished(async () => {
    interrupt();
    await ended;
  });
  return ended;
}

// The work of parallel-worker.ts takes as long as the test likes.
const work = vi.hoisted(() => ({ done: Promise.resolve() }));
vi.mock('node:timers/promises', () => ({ setTimeout: () => work.done }));

const interrupt = (): boolean => process.emit('SIGINT', 'SIGINT');

/** What is printed. */
class Lines {
  readonly all: string[] = [];
  #onLine: (() => void) | undefined;

  constructor(method: 'log' | 'error') {
    const spy = vi.spyOn(console, method).mockImplementation((line: string) => {
      this.all.push(line);
      this.#onLine?.();
    });
    onTestFinished(() => spy.mockRestore());
  }

  async count(count: number): Promise<void> {
    while (this.all.length < count) await new Promise<void>((resolve) => (this.#onLine = resolve));
  }
}

/** The timers that are set from now on and keep the process from ending. */
function aliveTimers(): () => number {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => {
    set.mockRestore();
    clear.mockRestore();
  });
  return () => {
    const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
    return set.mock.results.filter(({ value }) => value.hasRef() && !cleared.has(value)).length;
  };
}

/** Where nobody is listening. */
async function unusedUrl(): Promise<string> {
  const listener = await listenTcp(new MemoryBroker());
  await listener.close();
  return listener.url;
}

interface TestBroker {
  readonly broker: MemoryBroker;
  readonly port: number;
  readonly url: string;
  readonly cutAll: () => number;
  /** Resolves once so many packets of a type have gone to the clients. */
  readonly sent: (type: Packet['type'], count?: number) => Promise<void>;
}

async function startBroker(): Promise<TestBroker> {
  const counts = new Map<Packet['type'], number>();
  const watchers = new Set<() => void>();
  const broker = new MemoryBroker({
    onPacket({ direction, packet }) {
      if (direction !== 'toClient' || packet === undefined) return;
      counts.set(packet.type, (counts.get(packet.type) ?? 0) + 1);
      for (const watcher of watchers) watcher();
    },
  });
  const listener = await listenTcp(broker);
  onTestFinished(async () => {
    await listener.close();
    await broker.close();
  });
  const sent = (type: Packet['type'], count = 1): Promise<void> =>
    new Promise((resolve) => {
      const watcher = (): void => {
        if ((counts.get(type) ?? 0) < count) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
    });
  return { broker, port: listener.port, url: listener.url, cutAll: () => listener.cutAll(), sent };
}

async function connected(port: number): Promise<Session> {
  const session = new Session({ buffers: Buffers.allocate({ rx: 65_536, tx: 65_536 }) });
  await session.connect(await connectTcp({ host: '127.0.0.1', port }));
  onTestFinished(async () => void (await session.disconnect()));
  return session;
}

describe('publish-only', () => {
  it('publishes, goes on after a lost connection, and ends on Ctrl-C', async () => {
    const errors = new Lines('error');
    const { port, url, cutAll } = await startBroker();
    const program = start(() => import('../src/publish-only.ts'), url);
    let watcher = await connected(port);
    await watcher.subscribe(['demo/memory']);
    expect(Number((await watcher.recv()).text())).toBeGreaterThan(1_000_000);
    cutAll();
    watcher = await connected(port);
    await watcher.subscribe(['demo/memory']);
    while ((await watcher.recv()).retain); // What it published before is retained; this comes from the new connection.
    expect(errors.all, errors.all.join()).toHaveLength(1);
    expect(errors.all[0]).toMatch(/^DisconnectedError: .*\. Next attempt in \d+ ms$/);
    interrupt();
    await program;
  });
});

describe('keepConnected in a program', () => {
  it('keeps the process alive while it waits for the next attempt', async () => {
    const errors = new Lines('error');
    vi.spyOn(Math, 'random').mockReturnValueOnce(1); // The longest pause that there is.
    const alive = aliveTimers();
    const program = start(() => import('../src/publish-only.ts'), await unusedUrl());
    await errors.count(1);
    // The pause has begun when whoever was told of it has returned.
    await new Promise(setImmediate);
    expect(alive()).toBe(1);
    interrupt();
    await program;
    expect(alive()).toBe(0);
  });
});

describe('parallel-worker', () => {
  it('has eight jobs in hand, and leaves none of them behind', async () => {
    const lines = new Lines('log');
    const { broker, port, url, sent } = await startBroker();
    let finish = (): void => {};
    work.done = new Promise((resolve) => (finish = resolve));
    const program = start(() => import('../src/parallel-worker.ts'), url);
    await sent('suback');
    const client = await connected(port);
    for (let number = 1; number <= 20; number++) {
      await client.publish({ topic: 'demo/jobs/paint', payload: `fence ${number}`, qos: QoS.atLeastOnce });
    }
    await Promise.all([sent('puback', 20), sent('publish', 8)]);
    expect(broker.session('demo-worker')).toMatchObject({ openCount: 8, queuedCount: 12 });
    finish();
    await lines.count(20);
    expect(lines.all[19]).toBe('demo/jobs/paint: fence 20 is done');
    interrupt();
    await program;
    expect(broker.session('demo-worker')).toMatchObject({ queuedCount: 0, openCount: 0 });
  });
});

describe('reply-service and request', () => {
  it('asks and answers', async () => {
    const lines = new Lines('log');
    const { url, sent } = await startBroker();
    const service = start(() => import('../src/reply-service.ts'), url);
    await sent('suback');
    await start(() => import('../src/request.ts'), '12', url);
    expect(lines.all).toEqual(['The square of 12 is 144']);
    interrupt();
    await service;
  });

  it('goes on after requests that cannot be answered', async () => {
    const errors = new Lines('error');
    const { port, url, sent } = await startBroker();
    const service = start(() => import('../src/reply-service.ts'), url);
    await sent('suback');
    const client = await connected(port);
    await client.subscribe(['answers']);
    const ask = (responseTopic: string | undefined) =>
      client.publish({ topic: 'demo/square', payload: '3', qos: QoS.atLeastOnce, properties: { responseTopic } });
    await ask(undefined);
    await ask(`answers/${'x'.repeat(16_300)}`);
    await ask('answers');
    expect((await client.recv()).text()).toBe('9');
    expect(errors.all, errors.all.join()).toHaveLength(1);
    expect(errors.all[0]).toContain('Cannot answer: ResourceError');
    interrupt();
    await service;
  });
});

describe('broker', () => {
  it('serves, prints what passes through, and ends on Ctrl-C', async () => {
    const lines = new Lines('log');
    await start(() => import('../src/broker.ts'), '0');
    const port = Number(/:(\d+)$/.exec(lines.all[0] ?? '')?.[1]);
    const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'visitor' });
    const event = await session.connect(await connectTcp({ host: '127.0.0.1', port }));
    await session.subscribe(['a']);
    interrupt();
    expect(await event.closed).toMatchObject({ by: 'broker', reasonCode: 0x8b });
    expect(lines.all.slice(1)).toEqual([
      'somebody new -> CONNECT',
      'visitor <- CONNACK',
      'visitor -> SUBSCRIBE',
      'visitor <- SUBACK',
      'visitor <- DISCONNECT',
    ]);
  });
});

describe('a wrong command line', () => {
  const programs = {
    'broker.js': () => import('../src/broker.ts'),
    'publish-only.js': () => import('../src/publish-only.ts'),
    'parallel-worker.js': () => import('../src/parallel-worker.ts'),
    'reply-service.js': () => import('../src/reply-service.ts'),
    'request.js': () => import('../src/request.ts'),
  };
  const address = 'The broker has to be mqtt://HOST or mqtt://HOST:PORT, and no more';
  type Case = readonly [program: keyof typeof programs, args: readonly string[], problem: string];
  const names = Object.keys(programs) as (keyof typeof programs)[];
  const cases: readonly Case[] = [
    ...names.map((name): Case => [name, ['--nope'], "Unknown option '--nope'"]),
    ['broker.js', ['x'], "The port has to be a number from 0 to 65535, not 'x'"],
    ['broker.js', ['65536'], "The port has to be a number from 0 to 65535, not '65536'"],
    ['broker.js', ['1', '2'], "'2' is one word too many"],
    ['publish-only.js', ['broker'], address],
    ['publish-only.js', ['localhost:1883'], address],
    ['parallel-worker.js', ['ws://127.0.0.1:1883'], address],
    ['reply-service.js', ['mqtt://127.0.0.1:1883', '7'], "'7' is one word too many"],
    ['request.js', ['7', 'mqtt://me:secret@127.0.0.1'], address],
  ];
  it.each(cases)('ends %s %j with its usage and exit code 2', async (name, args, problem) => {
    const errors = new Lines('error');
    const exitCodes = exits();
    vi.resetModules();
    process.argv = ['node', 'program', ...args];
    await expect(programs[name]()).rejects.toThrow(Exit);
    expect(exitCodes).toEqual([2]);
    expect(errors.all).toHaveLength(1);
    expect(errors.all[0]).toContain(problem);
    expect(errors.all[0]).toContain(`\n\nUsage: node apps/examples/dist/${name} [`);
    expect(errors.all[0]).not.toContain('secret');
  });
});

describe('a program that cannot do its work', () => {
  const exitCode = (): unknown => {
    const { exitCode: code } = process;
    process.exitCode = undefined;
    return code;
  };

  it('says that the port is taken', async () => {
    const errors = new Lines('error');
    const { port } = await startBroker();
    const exitCodes = exits();
    vi.resetModules();
    process.argv = ['node', 'program', `${port}`];
    await expect(import('../src/broker.ts')).rejects.toThrow(Exit);
    expect(exitCodes).toEqual([1]);
    expect(errors.all).toEqual([expect.stringMatching(/^Cannot listen on port \d+: .*EADDRINUSE/)]);
  });

  it('says that there is no broker', async () => {
    const errors = new Lines('error');
    await start(() => import('../src/request.ts'), '12', await unusedUrl());
    expect(exitCode()).toBe(1);
    expect(errors.all).toEqual([expect.stringMatching(/^Could not connect to .*: nothing is listening there/)]);
  });

  it('says that nobody answers', async () => {
    const errors = new Lines('error');
    const { url, sent } = await startBroker();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const program = start(() => import('../src/request.ts'), '12', url);
    await sent('puback');
    await vi.advanceTimersByTimeAsync(5_000);
    await program;
    expect(exitCode()).toBe(1);
    expect(errors.all).toEqual(['Nobody answers: is reply-service.js running?']);
  });
});
