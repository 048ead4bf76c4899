import { ByteQueue } from './byte-queue.ts';
import { LinkError } from './link-error.ts';

export type DirectionName = 'toServer' | 'toClient';

/** What passes a link, in order; `bytes` is a copy, and `atByte` the number of bytes of this direction before it. */
export type LinkEvent =
  | { readonly kind: 'written'; readonly direction: DirectionName; readonly atByte: number; readonly bytes: Uint8Array }
  | { readonly kind: 'read'; readonly direction: DirectionName; readonly atByte: number; readonly bytes: Uint8Array }
  /** No more can be written; `lostBytes` were written and will never be read. Again where more are lost later. */
  | { readonly kind: 'ended'; readonly direction: DirectionName; readonly atByte: number; readonly lostBytes: number };

/** How the end of a direction shows. */
export interface EndOptions {
  /** What becomes of the bytes written and not yet read: still `delivered` (default), or `lost`. */
  readonly inFlight?: 'delivered' | 'lost' | undefined;
  /** What reads say after that: `end` (0, default), or `reset` (a rejection). */
  readonly reads?: 'end' | 'reset' | undefined;
  /** What writes, and reads that are reset, reject with. Default a `LinkError`. */
  readonly error?: unknown;
}

export interface CutAfterOptions extends EndOptions {
  /**
   * Where the bytes are counted. `written` (default): the writer hands over exactly so many, and hears of the cut with
   * its next write. `read`: the writer goes on as long as there is room, but only so many of its bytes ever arrive.
   */
  readonly counted?: 'written' | 'read' | undefined;
  /** What is cut: the whole `link` (default), or only this `direction`, a half-close. */
  readonly scope?: 'link' | 'direction' | undefined;
}

/** The bytes from one end of a link to the other. Every count is from the beginning of the link. */
export interface LinkDirection {
  readonly name: DirectionName;
  /** Bytes that may be under way; a writer waits beyond them. */
  readonly capacityBytes: number;
  /** Taken from the writer, lost ones included. */
  readonly writtenBytes: number;
  /** Given to the reader. */
  readonly readBytes: number;
  /** Written, and neither read nor lost yet. */
  readonly inFlightBytes: number;
  /** Bytes can no longer be written. */
  readonly isEnded: boolean;
  /** It has ended, and its reader gets an error for that. */
  readonly isReset: boolean;
  /** The reader gets nothing more, not even the end, until `resume()`; the writer goes on while there is room. */
  stall(): void;
  /** The reader gets as far as this byte and then nothing; called again and again by a clock, it is latency. */
  deliverUpTo(totalBytes: number): void;
  /** Takes `stall()` and `deliverUpTo()` back. */
  resume(): void;
  /** Ends this direction; the other one goes on. */
  halfClose(options?: EndOptions): void;
  /**
   * Cuts the link at this byte of this direction. In place of the point set before; Infinity takes it back. A point that
   * has been passed already is a RangeError.
   */
  cutAfter(totalBytes: number, options?: CutAfterOptions): void;
}

/** A number of bytes, 1 at least, or a function that is asked anew for every read or write that can make progress. */
export type ByteCount = number | (() => number);

/** What a direction tells the link that it is part of. */
export interface DirectionListener {
  onEvent(event: () => LinkEvent): void;
  onCut(options: EndOptions): void;
}

/** What the faults of a direction do to it. Without any, everything goes through at once. */
export interface Trouble {
  /** Bytes that one read gives at most, and that one write takes at most; 0: the write answers 0, which no `Io` may. */
  readonly readMaxBytes: number;
  readonly writeMaxBytes: number;
  /** Bytes written from now on, and the end behind them, never arrive. */
  readonly swallows: boolean;
  /** Told before a reader hears of it: so many bytes have been written in all; nothing more will be, or has been `lost`. */
  onWritten(totalBytes: number): void;
  onEnded(lost: boolean): void;
}

/** A `LinkDirection` with the face that the two ends use. */
export class Direction implements LinkDirection {
  readonly name: DirectionName;
  /** Set by the ends: there may be more to read; there may be more room. Both also on the end. */
  onReadable: () => void = () => {};
  onWritable: () => void = () => {};
  trouble: Trouble | undefined;
  /** How far the faults let the reader get; apart from `deliverUpTo()`, so that neither undoes the other. */
  releasedBytesMax: number = Number.POSITIVE_INFINITY;
  readonly #listener: DirectionListener;
  readonly #queue: ByteQueue;
  #writtenBytes = 0;
  #readBytes = 0;
  #deliverBytesMax = Number.POSITIVE_INFINITY;
  /** A byte has been swallowed: what comes behind a hole never arrives either. */
  #isDark = false;
  #cut: { readonly atBytes: number; readonly options: CutAfterOptions } | undefined;
  #end: { readonly lost: boolean; readonly readsReset: boolean; readonly error: unknown } | undefined;
  #isEndRead = false;

  constructor(name: DirectionName, capacityBytes: number, listener: DirectionListener) {
    this.name = name;
    this.#listener = listener;
    this.#queue = new ByteQueue(capacityBytes);
  }

  get capacityBytes(): number {
    return this.#queue.capacityBytes;
  }
  get writtenBytes(): number {
    return this.#writtenBytes;
  }
  get readBytes(): number {
    return this.#readBytes;
  }
  get inFlightBytes(): number {
    return this.#queue.length;
  }
  get isEnded(): boolean {
    return this.#end !== undefined;
  }
  get isReset(): boolean {
    return this.#end?.readsReset === true;
  }
  get isDark(): boolean {
    return this.#isDark || this.trouble?.swallows === true;
  }

  stall(): void {
    this.deliverUpTo(this.#readBytes);
  }

  resume(): void {
    this.deliverUpTo(Number.POSITIVE_INFINITY);
  }

  deliverUpTo(totalBytes: number): void {
    this.#deliverBytesMax = totalBytes;
    this.onReadable();
  }

  cutAfter(totalBytes: number, options: CutAfterOptions = {}): void {
    const passedBytes = options.counted === 'read' ? this.#readBytes : this.#writtenBytes;
    if (!(totalBytes >= passedBytes)) {
      throw new RangeError(`cutAfter(${totalBytes}): ${passedBytes} bytes have passed ${this.name} already`);
    }
    this.#cut = { atBytes: totalBytes, options };
    this.#cutIfReached();
  }

  halfClose(options: EndOptions = {}): void {
    this.endByWriter({ error: new LinkError('ended', `${this.name} has been half-closed`), ...options });
  }

  /** Throws where the writer has to hear of the end. */
  refuseAfterEnd(): void {
    if (this.#end !== undefined) throw this.#end.error;
  }

  /** Nothing of this direction arrives any more, not even its end. */
  darken(): void {
    this.#isDark = true;
  }

  /** As `end`, but it has to travel like the bytes before it. */
  endByWriter(options: EndOptions): void {
    if (this.isDark) this.darken();
    else this.end(options);
  }

  /** Takes some bytes and says how many; undefined where there is no room. Throws after the end. */
  write(bytes: Uint8Array, countMax: ByteCount): number | undefined {
    this.refuseAfterEnd();
    const writeMaxBytes = this.trouble?.writeMaxBytes ?? Number.POSITIVE_INFINITY;
    if (writeMaxBytes === 0) return 0;
    if (this.isDark) this.darken();
    const queueBytes = this.#isDark ? bytes.length : this.#queue.roomBytes;
    const roomBytes = Math.min(bytes.length, queueBytes, this.#bytesUntilCut('written', this.#writtenBytes));
    if (roomBytes === 0) return undefined;
    const taken = bytes.subarray(0, Math.min(roomBytes, resolveCount(countMax), writeMaxBytes));
    const atByte = this.#writtenBytes;
    if (!this.#isDark) this.#queue.push(taken);
    this.#writtenBytes += taken.length;
    if (!this.#isDark) this.trouble?.onWritten(this.#writtenBytes);
    this.#listener.onEvent(() => ({ kind: 'written', direction: this.name, atByte, bytes: new Uint8Array(taken) }));
    this.#cutIfReached();
    this.onReadable();
    return taken.length;
  }

  /** Gives some bytes and says how many; 0 at the end, undefined where there is nothing yet. Throws after a reset. */
  read(target: Uint8Array, countMax: ByteCount): number | undefined {
    const deliverBytesMax = Math.min(this.#deliverBytesMax, this.releasedBytesMax);
    const stalled = this.#readBytes >= deliverBytesMax;
    if (this.#queue.length === 0 && this.#end !== undefined && (!stalled || this.#end.lost)) {
      this.#isEndRead = true;
      if (this.#end.readsReset) throw this.#end.error;
      return 0;
    }
    if (this.#queue.length === 0 || stalled) return undefined;
    const readyBytes = Math.min(
      target.length,
      this.#queue.length,
      deliverBytesMax - this.#readBytes,
      this.#bytesUntilCut('read', this.#readBytes),
    );
    const readMaxBytes = this.trouble?.readMaxBytes ?? Number.POSITIVE_INFINITY;
    const given = target.subarray(0, Math.min(readyBytes, resolveCount(countMax), readMaxBytes));
    const atByte = this.#readBytes;
    this.#queue.shift(given);
    this.#readBytes += given.length;
    this.#listener.onEvent(() => ({ kind: 'read', direction: this.name, atByte, bytes: new Uint8Array(given) }));
    this.#cutIfReached();
    this.onWritable();
    return given.length;
  }

  /** The first end counts, except that one that loses the bytes under way overtakes an end not read yet. */
  end(options: EndOptions): void {
    const lost = options.inFlight === 'lost';
    const isFirst = this.#end === undefined;
    if (!isFirst && (!lost || this.#isEndRead)) return;
    const error = options.error ?? new LinkError('reset', `${this.name} has been cut`);
    this.#end = { lost, readsReset: options.reads === 'reset', error };
    const lostBytes = lost ? this.#queue.length : 0;
    if (lost) this.#queue.clear();
    if (isFirst || lost) this.trouble?.onEnded(lost);
    if (isFirst || lostBytes > 0) {
      this.#listener.onEvent(() => ({ kind: 'ended', direction: this.name, atByte: this.#writtenBytes, lostBytes }));
    }
    this.onWritable();
    this.onReadable();
  }

  #bytesUntilCut(where: 'written' | 'read', passedBytes: number): number {
    if (this.#cut === undefined || (this.#cut.options.counted ?? 'written') !== where) return Number.POSITIVE_INFINITY;
    return this.#cut.atBytes - passedBytes;
  }

  #cutIfReached(): void {
    if (this.#cut === undefined) return;
    const { atBytes, options } = this.#cut;
    const countedAtReader = options.counted === 'read';
    if ((countedAtReader ? this.#readBytes : this.#writtenBytes) !== atBytes) return;
    this.#cut = undefined;
    if (countedAtReader) this.end({ ...options, inFlight: 'lost' });
    if (options.scope === 'direction') this.end(options);
    else this.#listener.onCut(options);
  }
}

function resolveCount(count: ByteCount): number {
  const wanted = Math.floor(typeof count === 'number' ? count : count());
  return wanted >= 1 ? wanted : 1;
}
