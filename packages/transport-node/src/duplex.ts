import { InvalidRequestError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DuplexReader } from './duplex-reader.ts';
import { closeTimer } from './options.ts';
import type { CloseOptions } from './options.ts';
import { StreamIo } from './stream-io.ts';
import { StreamWriter } from './stream-writer.ts';

export interface DuplexOptions extends CloseOptions {}

/**
 * Makes an `Io` of any Duplex stream of bytes that is already open: a tunnel, a channel of another protocol, a socket
 * that something else has connected. From here on the stream is the `Io`'s: nobody else may read, write or end it.
 *
 * What arrives ahead of the session is bounded by the stream's own `highWaterMark`. Bytes to write are copied, since a
 * Duplex may keep what it is given; those for a `net.Socket` are not. Throws an `InvalidRequestError`
 * (`invalid-argument`) for a stream of objects or of strings.
 */
export function fromDuplex(stream: Duplex, options: DuplexOptions = {}): Io {
  const closeTimeoutMs = closeTimer(options);
  checkCarriesBytes(stream);
  const reader = new DuplexReader(stream);
  const writer = new StreamWriter(stream, stream instanceof Socket ? 'lent' : 'copied');
  return new StreamIo(stream, reader, writer, closeTimeoutMs);
}

export function checkCarriesBytes(stream: Duplex): void {
  if (stream.readableObjectMode || stream.writableObjectMode || stream.readableEncoding !== null) {
    throw new InvalidRequestError('invalid-argument', 'The stream must carry bytes, neither objects nor strings');
  }
}
