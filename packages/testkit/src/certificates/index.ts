/**
 * Certificates for tests, made in memory, and options for those who use them. It needs Node.
 *
 * @module
 */
export { testCertificates, type IssueByOptions, type TestCertificates } from './test-certificates.ts';
export type { Certificate, CertificateUsage, IssueOptions } from './certificate.ts';
export {
  tlsClientOptions,
  tlsServerOptions,
  type TlsClientChoices,
  type TlsClientOptions,
  type TlsServerChoices,
  type TlsServerOptions,
} from './tls-options.ts';
export { mosquittoTls } from './mosquitto.ts';
