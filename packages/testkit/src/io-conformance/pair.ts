import type { Io } from '@minimq/core';

/**
 * The other end of the stream under test: as plain as the platform gives it. Read and write are used as those of an
 * `Io`, so an `Io` known to be right will do. What it holds while nobody reads, and what it takes while the other end
 * does not read, has to be bounded.
 */
export interface IoPeer {
  /** 1 to `buffer.length` bytes, or 0 at the end of the stream. Reads ahead no more than it documents. */
  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number>;
  /** Takes 1 to `bytes.length` bytes. Waits while the stream takes no more. */
  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number>;
  /** Ends its own stream in good order and goes on reading where the platform allows it. */
  end(): void | Promise<void>;
  /** Breaks the connection off, as a peer that has crashed. */
  reset(): void | Promise<void>;
  /** Releases its end, whatever state that is in. */
  close(): void | Promise<void>;
}

/** A connected stream: the `Io` under test and its peer. */
export interface IoPair {
  readonly io: Io;
  readonly peer: IoPeer;
}
