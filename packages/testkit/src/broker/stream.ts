import type { Io } from '@minimq/core';
import type { BrokerCounts } from './counts.ts';

export interface StreamListener {
  /** A read that could not be answered at once has brought this many bytes. */
  arrived(count: number): void;
  /** A write that could not be finished at once is finished now. */
  written(): void;
  /** The stream has ended (no error), failed, or broken its contract. */
  lost(error: unknown): void;
}

/** The Io of a connection, held to its contract. Its answers come as calls, so that those at once cost no promise. */
export class Stream {
  readonly #io: Io;
  readonly #counts: BrokerCounts;
  readonly #listener: StreamListener;
  #isReading = false;
  #isWriting = false;
  #isClosed = false;
  #handedBytes = 0;

  constructor(io: Io, counts: BrokerCounts, listener: StreamListener) {
    this.#io = io;
    this.#counts = counts;
    this.#listener = listener;
  }

  get isReading(): boolean {
    return this.#isReading;
  }

  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Bytes that the transport took, or may have taken. */
  get handedBytes(): number {
    return this.#handedBytes;
  }

  /** Returns how many bytes were put into `room` at once; undefined where `arrived()` or `lost()` tells. */
  read(room: Uint8Array<ArrayBuffer>): number | undefined {
    try {
      const answer = this.#io.read(room);
      if (typeof answer === 'number') return this.#hasArrived(answer, room.length) ? answer : undefined;
      this.#isReading = true;
      answer.then(
        (count) => {
          this.#isReading = false;
          if (this.#hasArrived(count, room.length)) this.#listener.arrived(count);
        },
        (error: unknown) => this.#lost(error),
      );
    } catch (error) {
      this.#lost(error);
    }
    return undefined;
  }

  /**
   * Hands over all of `batch`, in pieces where the transport takes less. Returns true where that is done at once and
   * nothing of it is needed any more; otherwise `written()` or `lost()` tells.
   */
  write(batch: Uint8Array<ArrayBuffer>): boolean {
    for (let rest = batch; rest.length > 0;) {
      const lent = rest;
      try {
        const answer = this.#io.write(lent);
        if (typeof answer !== 'number') {
          this.#writeLater(lent, answer);
          return false;
        }
        if (!this.#wasTaken(answer, lent.length)) return false;
        rest = lent.subarray(answer);
      } catch (error) {
        this.#lost(error);
        return false;
      }
    }
    return true;
  }

  #writeLater(lent: Uint8Array<ArrayBuffer>, answer: Promise<number>): void {
    this.#isWriting = true;
    // Some of it may be with the peer before the transport says so.
    this.#handedBytes += lent.length;
    answer.then(
      (count) => {
        this.#handedBytes -= lent.length;
        this.#isWriting = false;
        if (this.#wasTaken(count, lent.length) && this.write(lent.subarray(count))) this.#listener.written();
      },
      (error: unknown) => this.#lost(error),
    );
  }

  /** Resolves when what was written is with the system, or never will be. */
  async flush(): Promise<void> {
    try {
      await this.#io.flush();
    } catch {
      // It is closed next, whatever came of it.
    }
  }

  /** Resolves when the stream is closed; whether that went well changes nothing any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#io.close();
    } catch {
      // There is nobody left to tell.
    }
  }

  #hasArrived(count: number, most: number): boolean {
    if (this.#isClosed) return false;
    if (isCount(count, most)) {
      this.#counts.bytesReceived += count;
      return true;
    }
    this.#lost(count === 0 ? undefined : new Error(`The stream read ${count} bytes into a buffer of ${most}`));
    return false;
  }

  #wasTaken(count: number, most: number): boolean {
    if (this.#isClosed) return false;
    if (isCount(count, most)) {
      this.#handedBytes += count;
      this.#counts.bytesSent += count;
      return true;
    }
    this.#lost(new Error(`The stream wrote ${count} of ${most} bytes`));
    return false;
  }

  #lost(error: unknown): void {
    if (!this.#isClosed) this.#listener.lost(error);
  }
}

function isCount(count: number, most: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= most;
}
