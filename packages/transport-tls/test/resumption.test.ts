import { Buffers, keepConnected, Session } from '@minimq/core';
import type { TransportError } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { connectTls } from '@minimq/transport-tls';
import type { TlsIo, TlsOptions } from '@minimq/transport-tls';
import { fromDuplex } from '@minimq/transport-node';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { bytes, HOST, peerReads, readBytes, rejection } from '../../transport-node/test/support.ts';
import { sessionKey } from '../src/session-key.ts';
import { certificates, listenTls, meetTls, trusting } from './support.ts';
import type { TlsListener } from './support.ts';

const { ca, client, otherCa, server } = certificates;

/** Connects, asks and gets an answer: the ticket came before. */
async function visit(listener: TlsListener, options: Partial<TlsOptions>): Promise<TlsIo> {
  const { io, peer } = await meetTls(listener, options);
  await io.write(bytes('ho'));
  await peerReads(peer, 2);
  peer.write('hi');
  expect(await readBytes(io, 2)).toEqual(bytes('hi'));
  return io;
}

async function isReused(listener: TlsListener, options: Partial<TlsOptions>): Promise<boolean> {
  return (await visit(listener, options)).tls.isSessionReused;
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('sessions, %s', (version) => {
  const ofVersion = { ...server, minVersion: version, maxVersion: version };

  it('are resumed by the next connection with the same Map', async () => {
    const listener = await listenTls(ofVersion);
    const sessions = new Map<string, Buffer>();
    expect(await isReused(listener, { sessions })).toBe(false);
    expect(sessions.size).toBe(1);
    expect(await isReused(listener, { sessions })).toBe(true);
    expect(await isReused(listener, { sessions })).toBe(true);
    expect(sessions.size).toBe(1);
    expect(await isReused(listener, { sessions: new Map() })).toBe(false);
    expect(await isReused(listener, {})).toBe(false);
  });

  it('are not resumed by whoever trusts others, or is somebody else', async () => {
    const listener = await listenTls(ofVersion);
    const sessions = new Map<string, Buffer>();
    await visit(listener, { sessions });
    expect(await isReused(listener, { sessions, ca: [ca.cert, otherCa.cert] })).toBe(false);
    expect(await isReused(listener, { sessions, cert: client.cert, key: client.key })).toBe(false);
    expect(await isReused(listener, { sessions, servername: 'localhost' })).toBe(false);
    expect(sessions.size).toBe(4);
    expect(await isReused(listener, { sessions })).toBe(true);
  });

  it('are resumed only by the function that has looked at the certificate', async () => {
    const listener = await listenTls(ofVersion);
    const sessions = new Map<string, Buffer>();
    const options = { ...trusting, port: listener.port, sessions };
    const asked: string[] = [];
    const checkServerIdentity = (host: string): undefined => void asked.push(host);
    const pinned = (): Error => new Error('not the pinned key');
    await visit(listener, { sessions });
    expect(await rejection(connectTls({ ...options, checkServerIdentity: pinned }))).toMatchObject({
      code: 'certificate-refused',
    });
    expect(await isReused(listener, { sessions, checkServerIdentity })).toBe(false);
    expect(await isReused(listener, { sessions, checkServerIdentity })).toBe(true);
    expect(asked).toEqual([HOST]);
    expect(await rejection(connectTls({ ...options, checkServerIdentity: pinned }))).toMatchObject({
      code: 'certificate-refused',
    });
    expect(await isReused(listener, { sessions })).toBe(true);
  });

  it('do not pile up where the function is a new one each time', async () => {
    const listener = await listenTls(ofVersion);
    const sessions = new Map<string, Buffer>();
    for (let round = 0; round < 3; round++) {
      expect(await isReused(listener, { sessions, checkServerIdentity: () => undefined })).toBe(false);
    }
    expect(sessions.size).toBe(1);
  });

  it('made without verification do not let anybody in who has to be verified', async () => {
    const listener = await listenTls({ ...ofVersion, ...certificates.wrongHost });
    const sessions = new Map<string, Buffer>();
    const careless = { sessions, dangerouslyAcceptAnyCertificate: true };
    await visit(listener, careless);
    const { tls } = await visit(listener, careless);
    expect(tls).toMatchObject({ isSessionReused: true, isAuthorized: false });
    expect(await rejection(connectTls({ ...trusting, port: listener.port, sessions }))).toMatchObject({
      code: 'certificate-wrong-host',
    });
  });

  it('that the server has forgotten cost a whole handshake, and nothing else', async () => {
    const listener = await listenTls(ofVersion);
    const sessions = new Map<string, Buffer>();
    await visit(listener, { sessions });
    listener.server.setTicketKeys(Buffer.alloc(48, 1));
    expect(await isReused(listener, { sessions })).toBe(false);
    expect(await isReused(listener, { sessions })).toBe(true);
  });
});

describe('the key of a session', () => {
  it.each<Partial<TlsOptions>>([
    { allowPartialTrustChain: true },
    { sigalgs: 'RSA-PSS+SHA256' },
    { secureOptions: 4 },
    { secureProtocol: 'TLSv1_2_method' },
    { minDHSize: 2_048 },
    { crl: 'a list' },
    { minVersion: 'TLSv1.3' },
    // Who we are, where that is in an engine and not in cert or pfx.
    { clientCertEngine: '/lib/engine.so' },
    { privateKeyEngine: 'pkcs11', privateKeyIdentifier: 'slot-1' },
  ])('tells %o from nothing, and from itself not', (options) => {
    expect(sessionKey('h:1', options)).not.toBe(sessionKey('h:1', {}));
    expect(sessionKey('h:1', options)).toBe(sessionKey('h:1', { ...options }));
  });

  it('tells two client identities of one engine apart', () => {
    const ofSlot = (privateKeyIdentifier: string): string =>
      sessionKey('h:1', { cert: 'one', privateKeyEngine: 'pkcs11', privateKeyIdentifier });
    expect(ofSlot('slot-1')).not.toBe(ofSlot('slot-2'));
    expect(sessionKey('h:1', { clientCertEngine: 'a' })).not.toBe(sessionKey('h:1', { privateKeyEngine: 'a' }));
  });
});

describe('a session that was offered', () => {
  it('is forgotten where the handshake fails, and kept where there was no connection', async () => {
    const listener = await listenTls();
    const sessions = new Map<string, Buffer>();
    await visit(listener, { sessions });
    const abort = AbortSignal.abort();
    await rejection(connectTls({ ...trusting, port: listener.port, sessions, signal: abort }));
    expect(sessions.size).toBe(1);
    listener.server.prependListener('connection', (socket) => socket.destroy());
    expect(await rejection(connectTls({ ...trusting, port: listener.port, sessions }))).toMatchObject({
      code: 'tls-handshake-failed',
    });
    expect(sessions.size).toBe(0);
  });
});

describe('a ticket that has been damaged', () => {
  it('spoils one attempt at most', async () => {
    const listener = await listenTls();
    const sessions = new Map<string, Buffer>();
    await visit(listener, { sessions });
    const [key] = sessions.keys();
    sessions.set(key!, Buffer.from('no ticket'));
    const outcome = await connectTls({ ...trusting, port: listener.port, sessions }).then(
      (io) => io.close(),
      (error: TransportError) => error.code,
    );
    expect([undefined, 'tls-handshake-failed']).toContain(outcome);
    await visit(listener, { sessions });
    expect(await isReused(listener, { sessions })).toBe(true);
  });
});

describe('a reconnect', () => {
  it('resumes both sessions: that of TLS, and that of MQTT', async () => {
    const broker = new MemoryBroker();
    const listener = await listenTls();
    const sockets: TLSSocket[] = [];
    listener.server.on('secureConnection', (socket) => {
      sockets.push(socket);
      broker.accept(fromDuplex(socket));
    });
    const sessions = new Map<string, Buffer>();
    const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'c' });
    const seen: [string, boolean][] = [];
    let reused = false;
    await keepConnected(session, {
      async open({ signal }) {
        const io = await connectTls({ ...trusting, port: listener.port, sessions, signal });
        reused = io.tls.isSessionReused;
        return io;
      },
      async run({ kind }) {
        seen.push([kind, reused]);
        if (kind === 'connected') {
          await session.subscribe(['a']);
          sockets[0]!.destroy();
        } else await session.disconnect();
      },
      backoff: { firstMs: 1 },
    });
    expect(seen).toEqual([
      ['connected', false],
      ['reconnected', true],
    ]);
    await broker.close();
  });
});
