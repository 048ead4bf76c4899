import type { Clock, Io } from '@minimq/core';
import type { ByteCount, Direction } from './direction.ts';
import { LinkError } from './link-error.ts';
import { Outstanding } from './outstanding.ts';

export type IoOperation = 'read' | 'write' | 'flush' | 'close';

/**
 * How an end answers. `at-once`: synchronously wherever it can, errors as a throw. `microtask`: always a promise.
 * `turn`: always a promise, and settled no earlier than the next turn of the link's clock, like a socket's callback. In
 * the last two the bytes are moved at the last moment, so that whoever touches a lent buffer too early is found out.
 */
export type Answers = 'at-once' | 'microtask' | 'turn';

/** How an end answers: as a socket might, or as only the contract of `Io` allows. */
export interface LinkEndOptions {
  /** Bytes that one read gives at most. Default: all that there is. */
  readonly readMaxBytes?: ByteCount | undefined;
  /** Bytes that one write takes at most: short writes. Default: all that there is room for. */
  readonly writeMaxBytes?: ByteCount | undefined;
  /** Default `at-once`. A function decides for each call. */
  readonly answers?: Answers | ((operation: IoOperation) => Answers) | undefined;
  /** What a read gets when this end is closed; both are allowed. Default `end`. */
  readonly readsAfterClose?: 'end' | 'reject' | undefined;
}

/** One end of a `MemoryLink`. How it answers may be changed while it runs. */
export class LinkEnd implements Io {
  /** See `LinkEndOptions`; Infinity: all that there is. */
  readMaxBytes: ByteCount;
  /** See `LinkEndOptions`; Infinity: all that there is room for. */
  writeMaxBytes: ByteCount;
  answers: Answers | ((operation: IoOperation) => Answers);
  readsAfterClose: 'end' | 'reject';
  readonly #name: string;
  readonly #incoming: Direction;
  readonly #outgoing: Direction;
  readonly #clock: Pick<Clock, 'defer'> | undefined;
  readonly #read = new Outstanding();
  readonly #write = new Outstanding();
  #isClosed = false;

  constructor(
    name: string,
    incoming: Direction,
    outgoing: Direction,
    clock: Pick<Clock, 'defer'> | undefined,
    options: LinkEndOptions,
  ) {
    this.#name = name;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#clock = clock;
    this.readMaxBytes = options.readMaxBytes ?? Number.POSITIVE_INFINITY;
    this.writeMaxBytes = options.writeMaxBytes ?? Number.POSITIVE_INFINITY;
    this.answers = options.answers ?? 'at-once';
    this.readsAfterClose = options.readsAfterClose ?? 'end';
    incoming.onReadable = () => this.#read.retry();
    outgoing.onWritable = () => this.#write.retry();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The calls that have not been answered yet. */
  get outstanding(): readonly ('read' | 'write')[] {
    return [
      ...(this.#read.isPending ? (['read'] as const) : []),
      ...(this.#write.isPending ? (['write'] as const) : []),
    ];
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    this.#refuseMisuse('read', this.#read, buffer);
    const attempt = (): number | undefined => {
      if (!this.#isClosed) return this.#incoming.read(buffer, this.readMaxBytes);
      if (this.readsAfterClose === 'end') return 0;
      throw this.#closedError();
    };
    return this.#read.start(attempt, this.#later('read'));
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    this.#refuseMisuse('write', this.#write, bytes);
    const attempt = (): number | undefined => {
      if (this.#isClosed) throw this.#closedError();
      return this.#outgoing.write(bytes, this.writeMaxBytes);
    };
    return this.#write.start(attempt, this.#later('write'));
  }

  /** Nothing is held back on this side of the link: fails where it can no longer be written, and else has nothing to do. */
  flush(): void | Promise<void> {
    const later = this.#later('flush');
    if (later !== undefined) return new Promise<void>(later).then(() => this.#refuseFlush());
    this.#refuseFlush();
  }

  /** What was written before still arrives; what has not been read is lost, and the other end can write no more. */
  close(): void | Promise<void> {
    this.#isClosed = true;
    this.#read.retry();
    this.#write.retry();
    this.#outgoing.endByWriter({});
    // Where the other end cannot hear of it, what that one writes vanishes, in place of being refused.
    if (this.#outgoing.isDark) this.#incoming.darken();
    else
      this.#incoming.end({ inFlight: 'lost', error: new LinkError('reset', `the ${this.#name} has closed the link`) });
    const later = this.#later('close');
    if (later !== undefined) return new Promise(later);
  }

  #later(operation: IoOperation): ((fn: () => void) => void) | undefined {
    const answers = typeof this.answers === 'string' ? this.answers : this.answers(operation);
    if (answers === 'at-once') return undefined;
    if (answers === 'microtask') return (fn) => void Promise.resolve().then(fn);
    if (this.#clock === undefined) throw new LinkError('misuse', "answers in a 'turn' need a link with a clock");
    const clock = this.#clock;
    return (fn) => clock.defer(fn);
  }

  #refuseFlush(): void {
    if (this.#isClosed) throw this.#closedError();
    this.#outgoing.refuseAfterEnd();
  }

  #refuseMisuse(operation: 'read' | 'write', outstanding: Outstanding, buffer: Uint8Array): void {
    const place = `${this.#name}.${operation}()`;
    if (outstanding.isPending) throw new LinkError('misuse', `${place}: the one before has not been answered yet`);
    if (buffer.length === 0) throw new LinkError('misuse', `${place}: the buffer is empty`);
  }

  #closedError(): LinkError {
    return new LinkError('closed', `the ${this.#name}'s end has been closed`);
  }
}
