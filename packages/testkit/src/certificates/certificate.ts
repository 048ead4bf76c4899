/** What a certificate is for. */
export type CertificateUsage = 'ca' | 'server' | 'client';

/** A certificate and its private key, both as PEM: spread it into the options of `node:tls`. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Names its holder, in the subject. */
  readonly commonName: string;
  /** DNS names, ASCII; a wildcard like `*.example` is one too. Default: none. */
  readonly names?: readonly string[] | undefined;
  /** IP addresses, version 4 or 6. Default: none. */
  readonly addresses?: readonly string[] | undefined;
  /** Default: two days ago. */
  readonly notBefore?: Date | undefined;
  /** Default: 30 days ahead. */
  readonly notAfter?: Date | undefined;
  /** Default `'server'`. */
  readonly usage?: CertificateUsage | undefined;
}
