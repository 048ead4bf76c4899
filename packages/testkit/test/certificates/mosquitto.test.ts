import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mosquittoTls, testCertificates } from '@minimq/testkit/certificates';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'minimq-certificates-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('mosquittoTls', () => {
  it('writes the files, and says where they are', async () => {
    const inside = join(folder, 'new', 'one');
    expect(await mosquittoTls(relative(process.cwd(), inside))).toEqual([
      `cafile ${inside}/ca.pem`,
      `certfile ${inside}/cert.pem`,
      `keyfile ${inside}/key.pem`,
    ]);
    const { ca, server } = testCertificates();
    expect(await readFile(join(inside, 'ca.pem'), 'utf8')).toBe(ca.cert);
    expect(await readFile(join(inside, 'cert.pem'), 'utf8')).toBe(server.cert);
    expect(await readFile(join(inside, 'key.pem'), 'utf8')).toBe(server.key);
    expect((await stat(join(inside, 'key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('presents another certificate, and requires one of clients', async () => {
    const { expired, otherCa } = testCertificates();
    const choices = { certificate: expired, ca: otherCa, requireClientCertificate: true };
    expect(await mosquittoTls(folder, choices)).toContain('require_certificate true');
    expect(await readFile(join(folder, 'ca.pem'), 'utf8')).toBe(otherCa.cert);
    expect(await readFile(join(folder, 'cert.pem'), 'utf8')).toBe(expired.cert);
  });

  it('rejects where it cannot write', async () => {
    await mosquittoTls(folder);
    await expect(mosquittoTls(join(folder, 'ca.pem'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
