import type { Certificate } from './certificate.ts';
import { testCertificates } from './test-certificates.ts';

export interface TlsServerChoices {
  /** What the server presents. Default `testCertificates().server`. */
  readonly certificate?: Certificate | undefined;
  /** Whether clients have to present a certificate signed by `ca`. Default false. */
  readonly requireClientCertificate?: boolean | undefined;
  /** Whose clients are let in where they have to present a certificate. Default `testCertificates().ca`. */
  readonly ca?: Certificate | undefined;
}

/** Options for `tls.createServer()` and all that takes the same. */
export interface TlsServerOptions {
  /** What the server presents, as PEM. */
  readonly cert: string;
  /** The private key of `cert`, as PEM. */
  readonly key: string;
  /** Whose clients are let in, as PEM; only where they have to present a certificate. */
  readonly ca?: string;
  /** Asks clients for a certificate; only where they have to present one. */
  readonly requestCert?: true;
  /** Refuses clients without a certificate signed by `ca`; only where they have to present one. */
  readonly rejectUnauthorized?: true;
}

/** For a server that presents `testCertificates().server`, unless told otherwise. */
export function tlsServerOptions(choices: TlsServerChoices = {}): TlsServerOptions {
  const { certificate = testCertificates().server, requireClientCertificate = false } = choices;
  if (!requireClientCertificate) return { ...certificate };
  const { ca = testCertificates().ca } = choices;
  return { ...certificate, ca: ca.cert, requestCert: true, rejectUnauthorized: true };
}

export interface TlsClientChoices {
  /** What the client presents where it is asked. Default: nothing. */
  readonly certificate?: Certificate | undefined;
  /** Whose servers the client trusts, and no others. Default `testCertificates().ca`. */
  readonly ca?: Certificate | undefined;
}

/** Options for `tls.connect()` and all that takes the same. */
export interface TlsClientOptions {
  /** Whose servers the client trusts, and no others, as PEM. */
  readonly ca: string;
  /** What the client presents where it is asked, as PEM; left out: nothing. */
  readonly cert?: string;
  /** The private key of `cert`, as PEM. */
  readonly key?: string;
}

/** For a client that trusts `testCertificates().ca`, unless told otherwise. */
export function tlsClientOptions({ certificate, ca = testCertificates().ca }: TlsClientChoices = {}): TlsClientOptions {
  return { ...certificate, ca: ca.cert };
}
