import { InvalidRequestError } from '@minimq/core';
import type { CloseOptions, ConnectOptions, TcpOptions } from '@minimq/transport-node';
import type { Buffer } from 'node:buffer';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';

/** What Node calls otherwise here, or what has another way. */
type Replaced =
  | 'ALPNProtocols'
  | 'checkServerIdentity'
  | 'host'
  | 'lookup'
  | 'path'
  | 'port'
  | 'pskCallback'
  | 'rejectUnauthorized'
  | 'requestCert'
  | 'secureContext'
  | 'session'
  | 'SNICallback'
  | 'socket'
  | 'timeout';

/**
 * What is negotiated, and who is trusted. `ca`, `cert`, `key`, `pfx`, `passphrase`, `crl`, `ciphers`, `minVersion`,
 * `maxVersion` and whatever else the running Node knows mean what they mean to `tls.connect`.
 */
export interface TlsChoices extends Omit<ConnectionOptions, Replaced> {
  /**
   * The name that the server is told (SNI), and that its certificate has to be for. Default: the host, which is not told
   * where it is an IP address.
   */
  readonly servername?: string | undefined;
  /**
   * Protocols to offer (ALPN), the best first: `['mqtt']`, or what a cloud broker wants at port 443. The server has to
   * choose one of them. Default: none.
   */
  readonly alpnProtocols?: readonly string[] | undefined;
  /**
   * Where the tickets of TLS sessions are kept, so that the next connection with the same options resumes one: a `Map` of
   * yours, empty at first. It holds one entry, of a few kilobytes, for each server and set of options. Default: nowhere.
   */
  readonly sessions?: Map<string, Buffer> | undefined;
  /**
   * Looks at the certificate too, once it has passed all other checks: return an `Error` to refuse it. What it throws counts
   * as returned. Not asked where a session is resumed, which only happens where the very same function let the server
   * through before: give the same one each time.
   */
  readonly checkServerIdentity?: ((host: string, certificate: PeerCertificate) => Error | undefined) | undefined;
  /**
   * `true`: nobody checks who the server is. Whoever is on the way can then read and change everything, passwords
   * included. To trust a certificate that no well-known authority has signed, give it as `ca` instead. Default false; the
   * variable `NODE_TLS_REJECT_UNAUTHORIZED` has no say here.
   */
  readonly dangerouslyAcceptAnyCertificate?: boolean | undefined;
  readonly rejectUnauthorized?: never;
  readonly ALPNProtocols?: never;
  readonly path?: never;
  readonly pskCallback?: never;
}

/** What is held of the server's bytes where nothing holds the server back. */
export interface InboundOptions {
  /**
   * Bytes, 1 or more, that are held at most while nobody reads, in a runtime without flow control for TLS (Deno). Past
   * them the connection ends with a `TransportError`, code `transport-failed`, that says so. Node and Bun hold the server
   * back instead, and this has no effect. Default `INBOUND_BYTES_MAX_DEFAULT` (4,194,304).
   */
  readonly inboundBytesMax?: number | undefined;
}

/** Where and how to connect; TCP is opened as by `connectTcp`. */
export interface TlsOptions extends TlsChoices, InboundOptions, Omit<TcpOptions, 'readBufferBytes'> {}

/** `connectTimeoutMs` and `signal` are the handshake's. */
export interface WrapTlsOptions extends TlsChoices, InboundOptions, ConnectOptions, CloseOptions {
  /** Who is at the other end: the name or the IP address that the certificate has to be for. */
  readonly host: string;
}

/** What is not taken from somebody who does not check types, because it would be ignored, or worse. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['rejectUnauthorized', 'certificates are always verified, unless dangerouslyAcceptAnyCertificate is true'],
  ['requestCert', 'servers are always asked for their certificate'],
  ['ALPNProtocols', 'it is called alpnProtocols here'],
  ['session', 'sessions keeps TLS sessions'],
  ['secureContext', 'give ca, cert and key themselves'],
  ['socket', 'wrapTls takes a stream that is open'],
  ['path', 'wrapTls takes a Unix socket that is open'],
  ['pskCallback', 'a server proves who it is with its certificate, not with a shared key'],
]);

export function checkTlsChoices(choices: TlsChoices): void {
  for (const [name, instead] of REFUSED) {
    if ((choices as Readonly<Record<string, unknown>>)[name] === undefined) continue;
    throw new InvalidRequestError('invalid-argument', `${name} is not taken: ${instead}`);
  }
  const { dangerouslyAcceptAnyCertificate: accept, alpnProtocols, sessions } = choices;
  if (accept !== undefined && typeof accept !== 'boolean') {
    throw new InvalidRequestError('invalid-argument', 'dangerouslyAcceptAnyCertificate must be true or false');
  }
  if (alpnProtocols !== undefined && !isListOfProtocols(alpnProtocols)) {
    throw new InvalidRequestError('invalid-argument', 'alpnProtocols must be names of 1 to 255 bytes, at least one');
  }
  if (sessions !== undefined && typeof sessions.get !== 'function') {
    throw new InvalidRequestError('invalid-argument', 'sessions must be a Map');
  }
}

/** Far above what a session has room for in most programs. */
export const INBOUND_BYTES_MAX_DEFAULT: number = 4_194_304;
const INBOUND_BYTES_LIMIT = 2_147_483_647;

/** Checks `inboundBytesMax`, and fills in its default. */
export function inboundLimit({ inboundBytesMax = INBOUND_BYTES_MAX_DEFAULT }: InboundOptions): number {
  if (Number.isInteger(inboundBytesMax) && inboundBytesMax >= 1 && inboundBytesMax <= INBOUND_BYTES_LIMIT) {
    return inboundBytesMax;
  }
  throw new InvalidRequestError(
    'invalid-argument',
    `inboundBytesMax must be a whole number from 1 to ${INBOUND_BYTES_LIMIT}, but is ${String(inboundBytesMax)}`,
  );
}

const ALPN_NAME_BYTES_MAX = 255;

function isListOfProtocols(names: unknown): boolean {
  if (!Array.isArray(names) || names.length === 0) return false;
  return names.every((name) => {
    if (typeof name !== 'string' || name === '') return false;
    return new TextEncoder().encode(name).length <= ALPN_NAME_BYTES_MAX;
  });
}
