// Opens the byte stream under a session. What comes back is connected, is an `Io` of `@minimq/core`, and belongs to
// the session from `connect()` on.
export { connectTcp } from './tcp.ts';
export type { TcpOptions } from './tcp.ts';
export { connectUnix } from './unix.ts';
export type { UnixOptions } from './unix.ts';
export { fromDuplex } from './duplex.ts';
export type { DuplexOptions } from './duplex.ts';

// What every way to open a stream has in common.
export type { CloseOptions, ConnectOptions, SocketOptions } from './options.ts';
export { CLOSE_TIMEOUT_MS_DEFAULT, CONNECT_TIMEOUT_MS_DEFAULT, READ_BUFFER_BYTES_DEFAULT } from './options.ts';
