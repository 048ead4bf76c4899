import type { Io } from '@minimq/core';
import { Socket } from 'node:net';
import type { NetConnectOpts } from 'node:net';
import { connectError } from './connect-error.ts';
import { connectSocket } from './connect.ts';
import { closeTimer, integer, READ_BUFFER_BYTES_DEFAULT } from './options.ts';
import type { SocketOptions } from './options.ts';
import { SocketReader } from './socket-reader.ts';
import { StreamIo } from './stream-io.ts';
import { StreamWriter } from './stream-writer.ts';

/** More than any operating system reads at once; a slip of the unit, then. */
const READ_BUFFER_BYTES_MAX = 1_073_741_824;

export interface SocketRequest {
  /** What Node is told. */
  readonly net: NetConnectOpts;
  /** The peer, as an error message names it. */
  readonly target: string;
  readonly options: SocketOptions;
}

/** Connects a socket of our own, which reads into one reused buffer, and makes it an `Io`. */
export function connectIo({ net, target, options }: SocketRequest): Promise<Io> {
  const readBufferBytes = options.readBufferBytes ?? READ_BUFFER_BYTES_DEFAULT;
  integer('readBufferBytes', readBufferBytes, 1, READ_BUFFER_BYTES_MAX);
  const closeTimeoutMs = closeTimer(options);
  let reader: SocketReader;
  return connectSocket<Socket, Io>({
    target,
    options,
    create() {
      reader = new SocketReader(readBufferBytes);
      // Half open: the end of the peer's stream must not end ours by itself, or a write in progress would be cut off.
      const socketOptions = { ...net, allowHalfOpen: true, onread: reader.onread };
      return new Socket(socketOptions);
    },
    start: (socket) => void socket.connect(net),
    event: 'connect',
    explain: (error) => connectError(target, error),
    connected(socket) {
      reader.attach(socket);
      return new StreamIo(socket, reader, new StreamWriter(socket, 'lent'), closeTimeoutMs);
    },
  });
}
