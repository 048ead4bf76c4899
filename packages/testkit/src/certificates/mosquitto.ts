import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { testCertificates } from './test-certificates.ts';
import type { TlsServerChoices } from './tls-options.ts';

/**
 * Writes `ca.pem`, `cert.pem` and `key.pem` into `folder`, which is made where it is not there, and resolves with the
 * lines that follow a `listener` line in the configuration of mosquitto. The key can be read by this user only: a
 * mosquitto that root starts needs `user root` as well. Rejects with the system's error.
 */
export async function mosquittoTls(folder: string, choices: TlsServerChoices = {}): Promise<readonly string[]> {
  const { certificate = testCertificates().server, ca = testCertificates().ca, requireClientCertificate } = choices;
  const absolute = resolve(folder);
  const at = (name: string): string => join(absolute, name);
  await mkdir(absolute, { recursive: true });
  await Promise.all([
    writeFile(at('ca.pem'), ca.cert),
    writeFile(at('cert.pem'), certificate.cert),
    writeFile(at('key.pem'), certificate.key, { mode: 0o600 }),
  ]);
  const lines = [`cafile ${at('ca.pem')}`, `certfile ${at('cert.pem')}`, `keyfile ${at('key.pem')}`];
  return requireClientCertificate === true ? [...lines, 'require_certificate true'] : lines;
}
