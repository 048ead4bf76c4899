import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import type { Duplex } from 'node:stream';
import { closeStream } from './close-stream.ts';
import type { StreamReader } from './stream-reader.ts';
import type { StreamWriter } from './stream-writer.ts';

/** A stream of Node as an `Io`: tells both halves how it ends, and closes it. */
export class StreamIo implements Io {
  readonly #stream: Duplex;
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #closeTimeoutMs: number | undefined;
  #closing: Promise<void> | undefined;

  /** `explain` gets the stream's own errors, and returns what reads and writes reject with. */
  constructor(
    stream: Duplex,
    reader: StreamReader,
    writer: StreamWriter,
    closeTimeoutMs: number | undefined,
    explain: (error: Error) => Error = itself,
  ) {
    this.#stream = stream;
    this.#reader = reader;
    this.#writer = writer;
    this.#closeTimeoutMs = closeTimeoutMs;
    // These stay for the life of the stream: an 'error' that nobody listens to would end the process.
    stream.on('error', (error: Error) => this.#fail(explain(error)));
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

function itself(error: Error): Error {
  return error;
}
