/**
 * What the other transports of this library share with this one. Not for applications: it may change with any release.
 *
 * @module
 */
export { connectError } from './connect-error.ts';
export { connectSocket } from './connect.ts';
export { checkCarriesBytes } from './duplex.ts';
export { DuplexReader } from './duplex-reader.ts';
export { closeTimer } from './options.ts';
export { StreamIo } from './stream-io.ts';
export { StreamReader } from './stream-reader.ts';
export { StreamWriter } from './stream-writer.ts';
export { tcpRequest } from './tcp.ts';
