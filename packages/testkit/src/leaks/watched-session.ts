import type { InboundPublish, Session } from '@minimq/core';
import { countBytes } from '../transcript/hex.ts';
import { counted, type Leak } from './leak-error.ts';
import { WatchedCalls } from './watched-calls.ts';

/** Sees what a session has left to do. */
export class WatchedSession {
  /** Stands for the session: calls that are to be seen have to go through it. */
  readonly watched: Session;
  readonly #session: Session;
  readonly #calls = new WatchedCalls();
  readonly #roomBytes: number;

  /** The session has not been connected yet. */
  constructor(session: Session) {
    this.#session = session;
    this.#roomBytes = session.maxTxPacketSize;
    this.watched = this.#calls.watch(session, 'session');
  }

  /** Calls, publishes, tx, and messages that nobody has received; the last of these are claimed by it. */
  leaks(): readonly Leak[] {
    const session = this.#session;
    const leaks: Leak[] = this.#calls.pending.map((name) => ({ kind: 'operation', text: `${name} has not settled` }));
    const openCount = session.pending.length;
    if (openCount > 0) {
      leaks.push({ kind: 'operation', text: `${counted(openCount, 'message')} published and not acknowledged` });
    }
    const usedBytes = this.#usedTxBytes();
    if (usedBytes > 0) leaks.push({ kind: 'tx-bytes', text: `${countBytes(usedBytes)} of tx in use` });
    // A consumer that still waits has got all that there was.
    const message = this.#calls.pending.length === 0 ? this.#nextMessage() : null;
    if (message !== null) {
      leaks.push({ kind: 'unread-bytes', text: `a message of topic '${message.topic}' that nobody has received` });
    }
    return leaks;
  }

  /** Ends the connection, where there is one. */
  async disconnect(): Promise<void> {
    if (this.#session.state !== 'disconnected') await this.#session.disconnect();
  }

  /** What the largest publish that would be accepted leaves. Only a session that is connected tells. */
  #usedTxBytes(): number {
    const session = this.#session;
    // Where a publish waits it is that which is reported, and nothing says how much room there is.
    if (session.state !== 'connected' || !session.canPublish(0, 0)) return 0;
    let fits = 0;
    let fitsNot = this.#roomBytes + 1;
    while (fitsNot - fits > 1) {
      const middle = (fits + fitsNot) >> 1;
      if (session.canPublish(0, middle)) fits = middle;
      else fitsNot = middle;
    }
    return this.#roomBytes - fits;
  }

  #nextMessage(): InboundPublish | null {
    try {
      return this.#session.drive();
    } catch {
      return null;
    }
  }
}
