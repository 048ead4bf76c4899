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
   * Looks at the certificate too, once it has passed all other checks: return an `Error` to refuse it. Not asked where a
   * session is resumed. What it throws counts as returned.
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
}

/** Where and how to connect; TCP is opened as by `connectTcp`. */
export interface TlsOptions extends TlsChoices, Omit<TcpOptions, 'readBufferBytes'> {}

/** `connectTimeoutMs` and `signal` are the handshake's. */
export interface WrapTlsOptions extends TlsChoices, ConnectOptions, CloseOptions {
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

const ALPN_NAME_BYTES_MAX = 255;

function isListOfProtocols(names: unknown): boolean {
  if (!Array.isArray(names) || names.length === 0) return false;
  return names.every((name) => {
    if (typeof name !== 'string' || name === '') return false;
    return new TextEncoder().encode(name).length <= ALPN_NAME_BYTES_MAX;
  });
}
