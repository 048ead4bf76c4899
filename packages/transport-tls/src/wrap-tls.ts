import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { checkCarriesBytes, DuplexReader } from '@minimq/transport-node/internal';
import type { Duplex } from 'node:stream';
import { CappedReader } from './capped-reader.ts';
import { shakeHands } from './handshake.ts';
import { canHoldPeerBack } from './inbound-flow.ts';
import { IoDuplex } from './io-duplex.ts';
import { inboundLimit } from './options.ts';
import type { WrapTlsOptions } from './options.ts';
import type { TlsIo } from './tls-io.ts';
import { WrappedWriter } from './wrapped-writer.ts';

/**
 * Speaks TLS, as the client, inside a stream that is already open: a proxy's tunnel, an `Io` of this library. Settles as
 * `connectTls` does. From the call on the stream is the result's; if it rejects, the stream has been closed.
 *
 * What arrives ahead of the session is bounded by the `highWaterMark` of Node's TLS socket (16 KiB, from Node 22 on 64
 * KiB) and, as over TCP, up to 80 KiB (`SPILL_BYTES_MAX`) that come after it was told to stand still;
 * in a runtime without flow control for TLS (Deno), by `inboundBytesMax`.
 */
export async function wrapTls(stream: Io | Duplex, options: WrapTlsOptions): Promise<TlsIo> {
  const duplex = isDuplex(stream) ? stream : new IoDuplex(stream);
  try {
    return await wrap(duplex, options);
  } catch (error) {
    duplex.on('error', ignore);
    duplex.destroy();
    throw error;
  }
}

async function wrap(duplex: Duplex, options: WrapTlsOptions): Promise<TlsIo> {
  const { host, connectTimeoutMs, closeTimeoutMs, signal, inboundBytesMax, ...choices } = options;
  const maxBytes = inboundLimit({ inboundBytesMax });
  if (typeof host !== 'string' || host === '') {
    throw new InvalidRequestError('invalid-argument', 'host must be the name that the certificate has to be for');
  }
  checkCarriesBytes(duplex);
  if (duplex.destroyed || duplex.readableEnded || !duplex.writable) {
    throw new TransportError('connect-failed', `No TLS with ${host}: the stream is over`);
  }
  return shakeHands({
    host,
    target: host,
    choices,
    options: { connectTimeoutMs, closeTimeoutMs, signal },
    over: { socket: duplex },
    under: duplex,
    reader: (socket) => (canHoldPeerBack() ? new DuplexReader(socket) : new CappedReader(socket, maxBytes)),
    writer: (socket) => new WrappedWriter(socket, duplex),
  });
}

function isDuplex(stream: Io | Duplex): stream is Duplex {
  if (typeof stream === 'object' && stream !== null) return 'pipe' in stream;
  throw new InvalidRequestError('invalid-argument', 'The stream must be an Io or a Duplex');
}

function ignore(): void {}
