import { beforeEach, expect, it, vi } from 'vitest';
import { Buffers, keepConnected, Session } from '@minimq/core';
import { memoryLink } from '@minimq/testkit';
import { CONNACK, hex } from '../support.ts';
import { watch } from './bench.ts';

// A process exits by itself: on the platform's own timers, a session holds it neither while it is connected nor after.

type Timer = ReturnType<typeof setTimeout>;

/** Every timer that was set since the test began and has neither fired nor been cleared. */
const timers = new Set<Timer>();

beforeEach(() => {
  timers.clear();
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, delayMs: number) => {
    const timer = set(() => {
      timers.delete(timer);
      fn();
    }, delayMs);
    timers.add(timer);
    return timer;
  }) as typeof setTimeout);
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation(((timer: Timer) => {
    timers.delete(timer);
    clear(timer);
  }) as typeof clearTimeout);
  return () => vi.restoreAllMocks();
});

const newSession = (): Session => new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 1024 }), clientId: 'c' });
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('the one timer of a session does not hold the process, and is gone after disconnect()', async () => {
  const session = newSession();
  const { client, server } = memoryLink();
  const connecting = session.connect(client);
  await turn();
  await server.write(hex(CONNACK));
  await connecting;
  const receiving = watch(session.recv({ timeoutMs: 3_600_000 }));
  const op = await session.publish({ topic: 't', qos: 1 });
  const completing = watch(op.completion({ timeoutMs: 30_000 }));
  for (let i = 0; i < 5; i++) await turn();
  expect([...timers].map((timer) => timer.hasRef())).toEqual([false]);
  expect(await session.disconnect()).toEqual({ clean: true });
  expect([...timers]).toEqual([]);
  await turn();
  expect([receiving.state, completing.state]).toEqual(['rejected', 'rejected']);
});

it('a wait whose time is over ends on the platform clock too', async () => {
  const session = newSession();
  const waiting = session.connected({ timeoutMs: 1 });
  // The timer itself lets the process go: this one does not.
  const held = setInterval(() => {}, 1);
  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError', code: 'timeout' });
  clearInterval(held);
  expect([...timers]).toEqual([]);
});

it('keepConnected() holds the process while it waits to open again, and no longer', async () => {
  const session = newSession();
  let opened = 0;
  const open = async (): Promise<never> => {
    opened++;
    throw new Error('ECONNREFUSED');
  };
  const promise = keepConnected(session, { open, run: () => {}, backoff: { firstMs: 60_000 } });
  for (let i = 0; i < 5; i++) await turn();
  expect(opened).toBe(1);
  expect([...timers].filter((timer) => timer.hasRef())).toHaveLength(1);
  await session.disconnect();
  await promise;
  expect([...timers]).toEqual([]);
});
