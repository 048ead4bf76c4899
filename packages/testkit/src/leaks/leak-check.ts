import { Buffers, Session, type SessionConfig } from '@minimq/core';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import { VirtualTime, type TimeLimit } from '../clock/virtual-time.ts';
import { MemoryLink, type MemoryLinkOptions } from '../link/memory-link.ts';
import { LeakError, type Leak } from './leak-error.ts';
import { WatchedLink } from './watched-link.ts';
import { WatchedSession } from './watched-session.ts';
import { WatchedSignal } from './watched-signal.ts';

/** Bytes of each buffer of a session whose configuration names none. */
const BUFFER_BYTES = 4 * 1024;

export interface LeakCheckOptions {
  /** Default one of its own. */
  readonly time?: VirtualTime | undefined;
}

/**
 * Watches a session, its links, clocks and signals, and tells what is left at the end. What a test makes elsewhere, such
 * as the clock of its broker, is not looked at.
 */
export class LeakCheck {
  readonly time: VirtualTime;
  readonly #clocks: VirtualClock[] = [];
  readonly #links: WatchedLink[] = [];
  readonly #sessions: WatchedSession[] = [];
  readonly #signals: WatchedSignal[] = [];

  constructor({ time = new VirtualTime() }: LeakCheckOptions = {}) {
    this.time = time;
  }

  /** A clock with nothing left to do at the end. */
  readonly clock = (name?: string): VirtualClock => {
    const clock = this.time.clock(name);
    this.#clocks.push(clock);
    return clock;
  };

  /** A link with nothing unread and no call without its answer at the end. Its clock is watched as well. */
  readonly open = (options: Omit<MemoryLinkOptions, 'clock'> = {}): MemoryLink => {
    const name = `link ${this.#links.length + 1}`;
    const link = new MemoryLink({ ...options, clock: this.clock(name) });
    this.#links.push(new WatchedLink(link, name));
    return link;
  };

  /** A session on a clock of its own; `buffers` of 4 KiB each where there are none. */
  readonly session = (config: Partial<Omit<SessionConfig, 'clock'>> = {}): Session => {
    const buffers = config.buffers ?? Buffers.allocate({ rx: BUFFER_BYTES, tx: BUFFER_BYTES });
    return this.watch(new Session({ ...config, buffers, clock: this.clock('session') }));
  };

  /** Watches a session that has not been connected yet. Use what it returns: only the calls made through that are seen. */
  readonly watch = (session: Session): Session => {
    const watched = new WatchedSession(session);
    this.#sessions.push(watched);
    return watched.watched;
  };

  /** Watches the listeners that are added from now on; returns the same signal. */
  readonly signal = (signal: AbortSignal, name = `signal ${this.#signals.length + 1}`): AbortSignal => {
    this.#signals.push(new WatchedSignal(signal, name));
    return signal;
  };

  /**
   * Lets what is due happen, looks for calls that have not settled, publishes without their acknowledgement, used bytes
   * of `tx`, unread messages and listeners; then disconnects the sessions that are connected and looks for timers, unread
   * bytes and reads and writes without an answer. Rejects with a `LeakError` that lists all of it.
   *
   * `tx` can be looked at while a session is connected: leave the disconnecting to this, then.
   */
  async check(): Promise<void> {
    await this.time.settle();
    const before = leaksOf([...this.#sessions, ...this.#signals]);
    for (const session of this.#sessions) await this.time.until(session.disconnect());
    await this.time.settle();
    const leaks = [...before, ...this.#timers(), ...leaksOf(this.#links)];
    if (leaks.length > 0) throw new LeakError(leaks);
  }

  #timers(): readonly Leak[] {
    return this.#clocks.flatMap(({ pending }) =>
      pending.map(({ kind, clock, atMs }) => ({ kind: 'timer', text: `${kind} of ${clock} at ${atMs} ms` })),
    );
  }
}

/**
 * Runs a test and fails where it leaves something: `await withoutLeaks(async ({ session, open }) => { … })`. It moves
 * virtual time as far as `run` needs. Rejects with what `run` rejects with, or with a `LeakError`.
 */
export async function withoutLeaks(run: (leaks: LeakCheck) => Promise<unknown>, limit: TimeLimit = {}): Promise<void> {
  const leaks = new LeakCheck();
  // The time is being moved when `run` begins.
  await leaks.time.until(
    Promise.resolve().then(() => run(leaks)),
    limit,
  );
  await leaks.check();
}

function leaksOf(watched: readonly { leaks(): readonly Leak[] }[]): readonly Leak[] {
  return watched.flatMap((each) => each.leaks());
}
