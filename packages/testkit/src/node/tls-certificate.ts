import type { TlsOptions } from 'node:tls';

/** The options with the certificate of tests, where they bring none of their own. */
export async function withCertificate(options: TlsOptions): Promise<TlsOptions> {
  const { cert, key, pfx, SNICallback } = options;
  if ([cert, key, pfx, SNICallback].some((own) => own !== undefined)) return options;
  // Only here: what makes certificates takes a while to load.
  const { testCertificates } = await import('../certificates/index.ts');
  return { ...options, ...testCertificates().server };
}
