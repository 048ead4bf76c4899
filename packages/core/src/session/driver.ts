import type { Clock } from '../clock.ts';
import { TransportError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Engine } from '../protocol/engine.ts';

/** What a driver tells its session. */
export interface DriverListener {
  /** The engine took bytes in, or has got rid of some. */
  onProgress(): void;
  /** For now there is nothing more to read, or no room for it: the engine's deadline may be another one. */
  onReadEnd(): void;
  onFailure(error: TransportError): void;
}

/**
 * Moves bytes between an engine and one Io: one read and one write outstanding at most.
 *
 * Writes are gathered: after an idle moment the first leaves in a microtask; the next starts no earlier than the next
 * turn of the event loop and takes all that was accepted until then. Without that a loop of awaited publishes would
 * make a write for each.
 */
export class Driver {
  readonly io: Io;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #rxLength: number;
  readonly #listener: DriverListener;
  #stopped = false;
  #reading = false;
  #inReadLoop = false;
  /** Bytes that may still be read before the event loop gets a turn. */
  #readBudget: number;
  #readPaused = false;
  #writing = false;
  /** Whether a write was begun in this turn. */
  #wroteThisTurn = false;
  #writeScheduled = false;
  #roomLength = 0;
  #lentLength = 0;

  constructor(io: Io, engine: Engine, clock: Clock, rxLength: number, listener: DriverListener) {
    this.io = io;
    this.#engine = engine;
    this.#clock = clock;
    this.#readBudget = rxLength;
    this.#rxLength = rxLength;
    this.#listener = listener;
  }

  /** Something may be read or written that was not possible before. */
  kick(): void {
    this.scheduleWrite();
    this.#read();
  }

  /** The application has come back, and there may be room to read. What it acknowledges by that says so by itself. */
  resume(): void {
    if (!this.#reading && !this.#readPaused) this.#read();
  }

  /** Writes in a microtask, or with the next turn where this one has written already. */
  scheduleWrite(): void {
    if (this.#writeScheduled || this.#writing || this.#wroteThisTurn || this.#stopped || !this.#engine.hasOutput)
      return;
    this.#writeScheduled = true;
    queueMicrotask(this.write);
  }

  /** Writes what can go now. */
  readonly write = (): void => {
    this.#writeScheduled = false;
    if (this.#writing || this.#wroteThisTurn || this.#stopped) return;
    const bytes = this.#engine.output();
    if (bytes === null) return;
    this.#wroteThisTurn = true;
    this.#clock.defer(this.#nextTurn);
    this.#lentLength = bytes.length;
    let taken;
    try {
      taken = this.io.write(bytes);
    } catch (error) {
      return this.#failed('write', error);
    }
    if (typeof taken === 'number') return this.#written(taken);
    this.#writing = true;
    Promise.resolve(taken).then(
      (count) => this.#written(count),
      (error: unknown) => this.#failed('write', error),
    );
  };

  /**
   * Has the Io hand over what was written. `undefined`: that is done; a failure ends the connection, and leaves the
   * promise pending.
   */
  flush(): Promise<void> | undefined {
    let flushed;
    try {
      flushed = this.io.flush();
    } catch (error) {
      flushed = Promise.reject(error);
    }
    if (flushed === undefined) return undefined;
    return Promise.resolve(flushed).catch((error: unknown) => {
      this.#failed('flush', error);
      return new Promise<void>(() => {});
    });
  }

  /** Closes the Io; from here on nothing of it is used. Settles with its close, and never rejects. */
  stop(): Promise<void> {
    this.#stopped = true;
    return closeIo(this.io);
  }

  #read(): void {
    // Progress made by a read comes back here: the loop that is under way goes on by itself.
    if (this.#inReadLoop) return;
    this.#inReadLoop = true;
    while (!this.#reading && !this.#readPaused && !this.#stopped && this.#readOnce());
    this.#inReadLoop = false;
    this.#listener.onReadEnd();
  }

  /** Begins a read; false: there is no room for one, or it failed. */
  #readOnce(): boolean {
    let room = this.#engine.inputRoom(this.#clock.now());
    if (room === null) return false;
    if (room.length > this.#readBudget) room = room.subarray(0, this.#readBudget);
    this.#roomLength = room.length;
    let count;
    try {
      count = this.io.read(room);
    } catch (error) {
      this.#failed('read', error);
      return false;
    }
    if (typeof count === 'number') this.#received(count);
    else {
      this.#reading = true;
      Promise.resolve(count).then(this.#readLater, this.#readFailed);
    }
    return true;
  }

  #received(count: number): void {
    if (count === 0) {
      // A broker that was told goodbye may be gone before the transport says that it took it: what it says then counts.
      if (this.#writing && this.#engine.state === 'disconnecting') return void (this.#readPaused = true);
      return this.#listener.onFailure(new TransportError('transport-ended', 'The broker closed the connection'));
    }
    if (!isCount(count, this.#roomLength)) return this.#misbehaved('read', count, this.#roomLength);
    this.#readBudget -= count;
    if (this.#readBudget === 0) {
      this.#readPaused = true;
      this.#clock.defer(() => this.#resumeReading());
    }
    this.#engine.received(count, this.#clock.now());
    this.#listener.onProgress();
  }

  #resumeReading(): void {
    this.#readPaused = false;
    this.#readBudget = this.#rxLength;
    this.#read();
  }

  readonly #readLater = (count: number): void => {
    this.#reading = false;
    if (this.#stopped) return;
    this.#received(count);
    this.#read();
  };

  readonly #readFailed = (error: unknown): void => this.#failed('read', error);

  readonly #nextTurn = (): void => {
    this.#wroteThisTurn = false;
    this.write();
  };

  #written(count: number): void {
    this.#writing = false;
    if (this.#stopped) return;
    if (!isCount(count, this.#lentLength)) return this.#misbehaved('write', count, this.#lentLength);
    this.#engine.sent(count, this.#clock.now());
    this.#listener.onProgress();
    this.write();
  }

  #failed(operation: string, cause: unknown): void {
    if (this.#stopped) return;
    const said = cause instanceof Error ? cause.message : String(cause);
    this.#listener.onFailure(
      new TransportError('transport-failed', `The transport failed to ${operation}: ${said}`, { cause }),
    );
  }

  #misbehaved(operation: string, count: unknown, most: number): void {
    const message = `${operation}() of the Io answered ${String(count)}; it takes 1 to ${most} bytes here`;
    this.#listener.onFailure(new TransportError('transport-misbehaved', message));
  }
}

function isCount(count: unknown, most: number): boolean {
  return Number.isInteger(count) && (count as number) >= 1 && (count as number) <= most;
}

/** Closes an Io that is not needed; never rejects. */
export async function closeIo(io: Io): Promise<void> {
  try {
    await io.close();
  } catch {
    // It is gone either way.
  }
}
