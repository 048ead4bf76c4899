import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { testCertificates, tlsClientOptions, tlsServerOptions } from '@minimq/testkit/certificates';
import { handshake } from './handshake.ts';

const certificates = testCertificates();

describe('testCertificates', () => {
  it('makes each certificate once', () => {
    expect(testCertificates()).toBe(certificates);
    expect(certificates.server).toBe(certificates.server);
    expect(certificates.ca).not.toBe(certificates.otherCa);
    expect(certificates.ca.cert).not.toBe(certificates.otherCa.cert);
  });

  it('has a certificate and its key in PEM, and nothing else', () => {
    const { cert, key, ...rest } = certificates.server;
    expect(cert).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\w+/=\n]+\n-----END PRIVATE KEY-----\n$/);
    expect(rest).toEqual({});
  });

  it('signs with the CA, which only signs', () => {
    const ca = new X509Certificate(certificates.ca.cert);
    const server = new X509Certificate(certificates.server.cert);
    expect(ca.ca).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.checkIssued(ca)).toBe(true);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(server.verify(new X509Certificate(certificates.otherCa.cert).publicKey)).toBe(false);
    expect(server.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(new X509Certificate(certificates.client.cert).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });
});

describe('issue', () => {
  it('takes names, addresses and times as they are given', () => {
    const { cert } = certificates.issue({
      commonName: 'Grüße, "x" = y',
      names: ['a.example', '*.b.example'],
      addresses: ['10.20.30.255', '2001:db8::ff00:42:8329', '::', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'],
      notBefore: new Date('2049-12-31T23:59:59Z'),
      notAfter: new Date('2050-01-01T00:00:00Z'),
    });
    const parsed = new X509Certificate(cert);
    expect(parsed.toLegacyObject().subject.CN).toBe('Grüße, "x" = y');
    expect(parsed.subjectAltName).toBe(
      'DNS:a.example, DNS:*.b.example, IP Address:10.20.30.255, IP Address:2001:DB8:0:0:0:FF00:42:8329, ' +
        'IP Address:0:0:0:0:0:0:0:0, IP Address:0:0:0:0:0:FFFF:102:304, IP Address:1:2:3:4:5:6:7:8',
    );
    expect(parsed.validFrom).toBe('Dec 31 23:59:59 2049 GMT');
    expect(parsed.validTo).toBe('Jan  1 00:00:00 2050 GMT');
  });

  it('makes chains', async () => {
    const between = certificates.issue({ commonName: 'Between', usage: 'ca' });
    const leaf = certificates.issue({ commonName: 'leaf', addresses: ['127.0.0.1'], ca: between });
    const chain = { cert: leaf.cert + between.cert, key: leaf.key };
    expect(await handshake(tlsServerOptions({ certificate: chain }), tlsClientOptions())).toEqual({ server: 'leaf' });
  });

  it('gives every certificate another number and another key', () => {
    const made = Array.from({ length: 20 }, () => certificates.issue({ commonName: 'x' }));
    const numbers = made.map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(new Set(numbers).size).toBe(20);
    expect(new Set(made.map(({ key }) => key)).size).toBe(20);
    expect(numbers.every((number) => /^[4-7][\dA-F]{31}$/.test(number))).toBe(true);
  });

  it.each([
    ['a name outside ASCII', { names: ['grüße.example'] }],
    ['an empty name', { names: [''] }],
    ['no address', { addresses: ['localhost'] }],
    ['an address with a zone', { addresses: ['fe80::1%eth0'] }],
    ['no date', { notAfter: new Date('never') }],
  ])('refuses %s', (_, options) => {
    expect(() => certificates.issue({ commonName: 'x', ...options })).toThrow(TypeError);
  });

  it('refuses a CA that is none', () => {
    expect(() => certificates.issue({ commonName: 'x', ca: { cert: 'x', key: 'y' } })).toThrow(/unsupported/);
  });
});
