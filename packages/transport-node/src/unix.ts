import type { Io } from '@minimq/core';
import { invalidOption } from './options.ts';
import type { SocketOptions } from './options.ts';
import { connectIo } from './socket-io.ts';

export interface UnixOptions extends SocketOptions {
  /** The socket's file; on Windows the name of a pipe, under `\\.\pipe\`; on Linux an abstract name after a NUL. */
  readonly path: string;
}

/** Opens a connection to a Unix socket, or to a named pipe of Windows. Settles as `connectTcp` does. */
export async function connectUnix(options: UnixOptions): Promise<Io> {
  const { path } = options;
  if (typeof path !== 'string' || path === '') throw invalidOption('path', path, 'the path of a socket');
  return connectIo({ net: { path }, target: path.replaceAll('\0', '@'), options });
}
