import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import type { Duplex } from 'node:stream';
import { closeStream } from './close-stream.ts';
import type { StreamWriter } from './stream-writer.ts';

/** The reading half of a stream. */
export interface StreamReader {
  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number>;
  /** The peer has ended its stream: once what has arrived is read, every read says so. */
  end(): void;
  /** Once what has arrived is read, every read rejects with this error. The first one stays. */
  fail(error: Error): void;
  /** Answers a pending read with 0, forgets its buffer, and throws away what arrives from now on. */
  close(): void;
}

/** A stream of Node as an `Io`: tells both halves how it ends, and closes it. */
export class StreamIo implements Io {
  readonly #stream: Duplex;
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #closeTimeoutMs: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(stream: Duplex, reader: StreamReader, writer: StreamWriter, closeTimeoutMs: number | undefined) {
    this.#stream = stream;
    this.#reader = reader;
    this.#writer = writer;
    this.#closeTimeoutMs = closeTimeoutMs;
    // These stay for the life of the stream: an 'error' that nobody listens to would end the process.
    stream.on('error', (error: Error) => this.#fail(error));
    stream.on('end', () => reader.end());
    stream.on('close', () => this.#fail(new TransportError('transport-failed', 'The stream was destroyed')));
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (buffer.length === 0) throw new InvalidRequestError('invalid-argument', 'A read needs room for a byte');
    return this.#reader.read(buffer);
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (bytes.length === 0) throw new InvalidRequestError('invalid-argument', 'A write needs a byte to write');
    return this.#writer.write(bytes);
  }

  flush(): void | Promise<void> {
    return this.#writer.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    // A write in progress still uses bytes that are the caller's again from now on: nothing but an end at once is safe.
    const cutShort = this.#writer.pending;
    this.#reader.close();
    this.#fail(new TransportError('transport-failed', 'The stream has been closed'));
    return closeStream(this.#stream, cutShort ? 0 : this.#closeTimeoutMs);
  }

  #fail(error: Error): void {
    this.#reader.fail(error);
    this.#writer.fail(error);
  }
}
