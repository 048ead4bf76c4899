// TLS as the byte stream under a session. What comes back is connected, is an `Io` of `@minimq/core`, and belongs to the
// session from `connect()` on.
export { connectTls } from './connect-tls.ts';
export { wrapTls } from './wrap-tls.ts';
export { INBOUND_BYTES_MAX_DEFAULT } from './options.ts';
export type { InboundOptions, TlsChoices, TlsOptions, WrapTlsOptions } from './options.ts';
export type { TlsIo, TlsState } from './tls-io.ts';
export { SPILL_BYTES_MAX } from './tls-reader.ts';
