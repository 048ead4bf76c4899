import { TransportError } from '@minimq/core';
import type { TransportErrorCode } from '@minimq/core';

type Meaning = readonly [code: TransportErrorCode, words: string];

/** What Node's codes mean that are about the server's certificate. */
const CERTIFICATE_FAULTS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['CERT_HAS_EXPIRED', ['certificate-expired', 'its certificate, or that of its authority, has expired']],
  ['CERT_NOT_YET_VALID', ['certificate-not-yet-valid', 'its certificate, or that of its authority, is not yet valid']],
  ['ERR_TLS_CERT_ALTNAME_INVALID', ['certificate-wrong-host', 'its certificate is for another host']],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', ['certificate-self-signed', 'its certificate is self-signed']],
  ...[
    'CERT_UNTRUSTED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ].map((code): [string, Meaning] => [
    code,
    ['certificate-unknown-authority', 'its certificate is signed by an authority that is not in ca'],
  ]),
]);

/** What the server has told us in an alert, by the end of Node's code. */
const ALERTS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['CERTIFICATE_REQUIRED', ['client-certificate-missing', 'it requires a client certificate (cert and key)']],
  [
    'HANDSHAKE_FAILURE',
    [
      'tls-handshake-failed',
      'it refuses the handshake: it has no cipher in common with us, or requires a client certificate (cert and key)',
    ],
  ],
  ['NO_APPLICATION_PROTOCOL', ['tls-alpn-refused', 'it speaks none of the alpnProtocols']],
  ['PROTOCOL_VERSION', ['tls-version-unsupported', 'it speaks none of our versions of TLS']],
  ...[
    ['ACCESS_DENIED', 'gives no access with it'],
    ['BAD_CERTIFICATE', 'finds it bad'],
    ['CERTIFICATE_EXPIRED', 'says that it has expired'],
    ['CERTIFICATE_REVOKED', 'says that it is revoked'],
    ['CERTIFICATE_UNKNOWN', 'does not accept it'],
    ['UNKNOWN_CA', 'does not know its authority'],
    ['UNSUPPORTED_CERTIFICATE', 'does not take its kind'],
  ].map(([alert, words]): [string, Meaning] => [
    alert!,
    ['client-certificate-refused', `it refuses our client certificate: it ${words!}`],
  ]),
]);

/** What OpenSSL and BoringSSL make of bytes that are no TLS, and of an answer in a version that we do not speak. */
const HANDSHAKE_FAULTS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...[
    'ERR_SSL_BAD_RECORD_TYPE',
    'ERR_SSL_DATA_LENGTH_TOO_LONG',
    'ERR_SSL_ENCRYPTED_LENGTH_TOO_LONG',
    'ERR_SSL_HTTP_REQUEST',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_RECORD_LAYER_FAILURE',
    'ERR_SSL_UNKNOWN_PROTOCOL',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ].map((code): [string, Meaning] => [code, ['tls-not-spoken', 'what answers there does not speak TLS']]),
  ...['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'ERR_SSL_VERSION_TOO_LOW'].map(
    (code): [string, Meaning] => [code, ['tls-version-unsupported', 'it speaks none of our versions of TLS']],
  ),
  ...['ECONNRESET', 'EPIPE', 'ECONNABORTED'].map((code): [string, Meaning] => [
    code,
    ['tls-handshake-failed', 'it closed the connection during the handshake; perhaps this is the port for plain TCP'],
  ]),
  ['ERR_TLS_DH_PARAM_SIZE', ['tls-handshake-failed', 'its Diffie-Hellman parameter is too short']],
]);

/** Why a handshake failed, once the connection under it was there. */
export function handshakeError(target: string, error: Error, verificationFailed: boolean): TransportError {
  // Ours already, and it says what it is about: the caller's own check of the certificate, a stream of this library.
  if (error instanceof TransportError && error.code === 'certificate-refused') return error;
  const code = codeOf(error);
  // Deno does not say that verification has failed; these codes do.
  const certificateFault = CERTIFICATE_FAULTS.get(code);
  const [fault, words] =
    certificateFault !== undefined || verificationFailed
      ? (certificateFault ?? ['certificate-refused', 'its certificate is refused'])
      : (HANDSHAKE_FAULTS.get(code) ?? alertMeaning(code) ?? ['tls-handshake-failed', 'the handshake failed']);
  const message = error.message.trim(); // OpenSSL ends it with a line break.
  const detail = code === '' ? message : `${code}: ${message}`;
  return new TransportError(fault, `No TLS with ${target}: ${words} (${detail})`, { cause: error });
}

/** What reads and writes reject with later: with TLS 1.3, a server judges our certificate after the handshake. */
export function streamError(target: string, error: Error): Error {
  const meaning = alertMeaning(codeOf(error));
  if (meaning === undefined) return error;
  return new TransportError(meaning[0], `TLS with ${target} has ended: ${meaning[1]} (${codeOf(error)})`, {
    cause: error,
  });
}

export function alpnError(target: string, wanted: readonly string[]): TransportError {
  const words = `it has chosen none of the alpnProtocols (${wanted.join(', ')})`;
  return new TransportError('tls-alpn-refused', `No TLS with ${target}: ${words}`);
}

function alertMeaning(code: string): Meaning | undefined {
  const [, alert] = /^ERR_SSL_.*_ALERT_(\w+)$/.exec(code) ?? [];
  return alert === undefined ? undefined : ALERTS.get(alert);
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
}
