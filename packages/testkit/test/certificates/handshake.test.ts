import { describe, expect, it } from 'vitest';
import { testCertificates, tlsClientOptions, tlsServerOptions } from '@minimq/testkit/certificates';
import { handshake } from './handshake.ts';

// What node:tls makes of the certificates.

const certificates = testCertificates();

describe('a client that trusts the CA', () => {
  it.each(['127.0.0.1', '::1'])('accepts the server at %s', async (host) => {
    expect(await handshake(tlsServerOptions(), tlsClientOptions(), host)).toEqual({ server: 'test-server' });
  });

  it('accepts the server as localhost', async () => {
    const client = { ...tlsClientOptions(), servername: 'localhost' };
    expect(await handshake(tlsServerOptions(), client)).toEqual({ server: 'test-server' });
  });

  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['notYetValid', 'CERT_NOT_YET_VALID'],
    ['wrongHost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['selfSigned', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['otherServer', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['client', 'INVALID_PURPOSE'],
  ] as const)('refuses %s: %s', async (name, code) => {
    const server = tlsServerOptions({ certificate: certificates[name] });
    expect(await handshake(server, tlsClientOptions())).toMatchObject({ clientError: code });
  });

  it('accepts wrongHost at its own name', async () => {
    const server = tlsServerOptions({ certificate: certificates.wrongHost });
    const client = { ...tlsClientOptions(), servername: 'wrong-host.example' };
    expect(await handshake(server, client)).toEqual({ server: 'wrong-host' });
  });
});

describe('a client that trusts another', () => {
  it('accepts otherServer by otherCa, and not the server', async () => {
    const client = tlsClientOptions({ ca: certificates.otherCa });
    const otherServer = tlsServerOptions({ certificate: certificates.otherServer });
    expect(await handshake(otherServer, client)).toEqual({ server: 'other-server' });
    const refused = await handshake(tlsServerOptions(), client);
    expect(refused).toMatchObject({ clientError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('accepts selfSigned by itself', async () => {
    const { selfSigned } = certificates;
    const server = tlsServerOptions({ certificate: selfSigned });
    expect(await handshake(server, tlsClientOptions({ ca: selfSigned }))).toEqual({ server: 'self-signed' });
  });
});

describe('a server that requires a certificate', () => {
  const server = tlsServerOptions({ requireClientCertificate: true });

  it('accepts the client', async () => {
    const client = tlsClientOptions({ certificate: certificates.client });
    expect(await handshake(server, client)).toEqual({ server: 'test-server', client: 'test-client' });
  });

  it('refuses a client without one', async () => {
    expect(await handshake(server, tlsClientOptions())).toMatchObject({
      serverError: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
      clientError: expect.stringContaining('CERTIFICATE_REQUIRED') as string,
    });
  });

  it.each([
    ['of another CA', certificates.issue({ commonName: 'x', usage: 'client', ca: certificates.otherCa })],
    ['for servers', certificates.server],
    [
      'that has expired',
      certificates.issue({ commonName: 'x', usage: 'client', notAfter: new Date(Date.now() - 1000) }),
    ],
  ])('refuses one %s', async (_, certificate) => {
    const outcome = await handshake(server, tlsClientOptions({ certificate }));
    expect(outcome.client).toBeUndefined();
    expect(outcome.serverError ?? outcome.clientError).toMatch(/^(ERR_SSL|ECONNRESET)/);
  });

  it('accepts the clients of the CA that it is given', async () => {
    const { otherCa } = certificates;
    const certificate = certificates.issue({ commonName: 'other-client', usage: 'client', ca: otherCa });
    const strict = tlsServerOptions({ requireClientCertificate: true, ca: otherCa });
    const outcome = await handshake(strict, tlsClientOptions({ certificate }));
    expect(outcome).toEqual({ server: 'test-server', client: 'other-client' });
  });
});
