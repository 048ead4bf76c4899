import { describe, expect, onTestFinished } from 'vitest';
import type { Io } from '@minimq/core';
import type { Answers, MemoryLink } from '@minimq/testkit';
import { ANSWERS, Bench, type Config, type Line } from '../support.ts';

/** The CONNECT of `newBench()` as it is by default, with Clean Start 1 and 0. */
export const CONNECT = '10 1b  00 04 4d 51 54 54 05 02 00 00  0d  11 00 00 0e 10  21 04 00  27 00 00 04 00  00 01 63';
export const RESUME = '10 1b  00 04 4d 51 54 54 05 00 00 00  0d  11 00 00 0e 10  21 04 00  27 00 00 04 00  00 01 63';
export const PINGREQ = 'c0 00';
export const PINGRESP = 'd0 00';
/** A PUBLISH to "t" with the payload "m", of QoS 0; and of QoS 1 with the identifier 1. */
export const MESSAGE = '30 05  00 01 74  00  6d';
export const MESSAGE_1 = '32 07  00 01 74  00 01  00  6d';
export const PUBACK_1 = '40 02  00 01';

/** The tests of `body` for every way in which a transport may answer. */
export function forEachAnswer(name: string, body: (answers: Answers) => void): void {
  describe.each(ANSWERS)(`${name}, answered %s`, body);
}

/** A bench that leaves nothing behind: once the test has passed and its session is disconnected, no clock has work. */
export function newBench(config: Config = {}, answers: Answers = 'at-once'): Bench {
  const bench = new Bench(config, answers);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') return;
    await bench.time.until(bench.session.disconnect());
    await expectNothingPending(bench);
  });
  return bench;
}

/** No timer, no deferred call. */
export async function expectNothingPending({ time }: Bench): Promise<void> {
  await time.settle();
  expect(time.pending).toEqual([]);
}

/** The session has closed its end, and nothing has come but what was looked at before. */
export async function expectClosed({ link, peer }: Line): Promise<void> {
  await peer.expect();
  expect(link.client.isClosed).toBe(true);
}

/** Counts the writes that a session makes from now on. */
export class WriteCount {
  count = 0;

  constructor(link: MemoryLink) {
    link.tap(({ kind, direction }) => {
      if (kind === 'written' && direction === 'toServer') this.count++;
    });
  }
}

type Listener = Parameters<AbortSignal['addEventListener']>[1];

/** An `AbortSignal` that counts the listeners on it. */
export class CountedSignal {
  readonly controller: AbortController = new AbortController();
  readonly signal: AbortSignal = this.controller.signal;
  /** How many there are now, how many there were at most, and how often one was added. */
  listenerCount = 0;
  listenerCountMost = 0;
  addedCount = 0;

  constructor() {
    const { signal } = this;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: Listener): void => {
      this.addedCount++;
      this.listenerCount++;
      this.listenerCountMost = Math.max(this.listenerCountMost, this.listenerCount);
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: Listener): void => {
      this.listenerCount--;
      remove(type, listener);
    };
  }

  abort(reason: unknown): void {
    this.controller.abort(reason);
  }
}

/** Looks at a promise without waiting for it; its rejection counts as handled. */
export class Watched<T> {
  state: 'pending' | 'resolved' | 'rejected' = 'pending';
  value: T | undefined;
  error: unknown;

  constructor(promise: Promise<T>) {
    promise.then(
      (value) => {
        this.state = 'resolved';
        this.value = value;
      },
      (error: unknown) => {
        this.state = 'rejected';
        this.error = error;
      },
    );
  }
}

export const watch = <T>(promise: Promise<T>): Watched<T> => new Watched(promise);

const never = (): Promise<never> => new Promise(() => {});

/** An Io that takes everything and has nothing to read, but for what a test lets it do. */
export class ScriptedIo implements Io {
  read: Io['read'];
  write: Io['write'];
  flush: Io['flush'];
  /** What was asked of it, in order. */
  readonly calls: string[] = [];

  readonly #close: Io['close'];

  constructor({ read = never, write = (bytes) => bytes.length, flush = () => {}, close = () => {} }: Partial<Io>) {
    this.read = (buffer) => this.#called('read', () => read(buffer));
    this.write = (bytes) => this.#called('write', () => write(bytes));
    this.flush = () => this.#called('flush', flush);
    this.#close = close;
  }

  get isClosed(): boolean {
    return this.calls.includes('close');
  }

  close(): void | Promise<void> {
    return this.#called('close', this.#close);
  }

  #called<T>(name: string, run: () => T): T {
    this.calls.push(name);
    return run();
  }
}
