import { Buffers, QoS, Session } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { connectTls } from '@minimq/transport-tls';
import { fromDuplex } from '@minimq/transport-node';
import { getEventListeners, once } from 'node:events';
import { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bytes, HOST, nextTurn, peerReads, readBytes, rejection } from '../../transport-node/test/support.ts';
import { certificates, handles, listenTls, meetTls, trusting } from './support.ts';

const { ca, client, server } = certificates;

describe('connectTls', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('carries bytes both ways, over %s', async (version) => {
    const listener = await listenTls({ ...server, minVersion: version, maxVersion: version });
    const { io, peer } = await meetTls(listener);
    expect(io.tls).toMatchObject({ protocol: version, alpnProtocol: undefined, isAuthorized: true });
    expect(io.tls.cipher).toMatch(/^TLS_/);
    expect(await io.write(bytes('ping'))).toBe(4);
    expect((await peerReads(peer, 4)).toString()).toBe('ping');
    peer.write('pong');
    expect(await readBytes(io, 4, 3)).toEqual(bytes('pong'));
  });

  it('carries a session', async () => {
    const broker = new MemoryBroker();
    const listener = await listenTls();
    listener.server.on('secureConnection', (socket) => void broker.accept(fromDuplex(socket)));
    const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'c' });
    await session.connect(await connectTls({ ...trusting, port: listener.port }));
    await session.subscribe([{ topicFilter: 'a', qos: QoS.exactlyOnce }]);
    const op = await session.publish({ topic: 'a', payload: 'over TLS', qos: QoS.exactlyOnce });
    expect((await session.recv()).text()).toBe('over TLS');
    await op.completion();
    await session.disconnect();
    await broker.close();
  });

  it('tells the host as SNI, servername where it is given, and no IP address', async () => {
    const told: string[] = [];
    const listener = await listenTls({
      ...server,
      SNICallback(name, done) {
        told.push(name);
        done(null, createSecureContext(certificates.issue({ commonName: name, names: [name] })));
      },
    });
    const lookup = (_host: string, _options: object, done: (error: null, found: object[]) => void): void =>
      done(null, [{ address: HOST, family: 4 }]);
    await meetTls(listener, { host: 'one.example', lookup: lookup as never });
    await meetTls(listener, { servername: 'two.example' });
    await meetTls(listener);
    expect(told).toEqual(['one.example', 'two.example']);
  });

  it('agrees on a protocol by ALPN', async () => {
    const listener = await listenTls({ ...server, ALPNProtocols: ['x-amzn-mqtt-ca', 'mqtt'] });
    const { io, peer } = await meetTls(listener, { alpnProtocols: ['mqtt'] });
    expect(io.tls.alpnProtocol).toBe('mqtt');
    expect(peer.alpnProtocol).toBe('mqtt');
  });

  it('shows a client certificate where it is asked for one (mTLS)', async () => {
    const listener = await listenTls({ ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true });
    const { io, peer } = await meetTls(listener, { cert: client.cert, key: client.key });
    expect(peer.authorized).toBe(true);
    expect(peer.getPeerCertificate().subject.CN).toBe('test-client');
    peer.write('come in');
    expect(await readBytes(io, 7)).toEqual(bytes('come in'));
  });

  it("asks the caller's own check with the name and the certificate", async () => {
    const check = vi.fn(() => undefined);
    const listener = await listenTls();
    await meetTls(listener, { servername: 'localhost', checkServerIdentity: check });
    expect(check).toHaveBeenCalledExactlyOnceWith(
      'localhost',
      expect.objectContaining({ subject: expect.objectContaining({ CN: 'test-server' }) }),
    );
  });

  it('takes options that are undefined for options that are left out', async () => {
    const listener = await listenTls();
    const { io } = await meetTls(listener, {
      checkServerIdentity: undefined,
      minDHSize: undefined,
      minVersion: undefined,
      servername: undefined,
      alpnProtocols: undefined,
      sessions: undefined,
    });
    expect(io.tls.isAuthorized).toBe(true);
  });

  it('sends small packets at once, and keeps alive where it is told to', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    onTestFinished(() => {
      noDelay.mockRestore();
      keepAlive.mockRestore();
    });
    const listener = await listenTls();
    await meetTls(listener);
    expect(noDelay.mock.calls).toEqual([[true]]);
    expect(keepAlive).not.toHaveBeenCalled();
    await meetTls(listener, { noDelay: false, keepAlive: true, keepAliveInitialDelay: 7_000 });
    expect(noDelay.mock.calls).toEqual([[true], [false]]);
    expect(keepAlive.mock.calls).toEqual([[true, 7_000]]);
  });

  it('has no listener on the signal, and no timer, once the connection is there', async () => {
    const listener = await listenTls();
    const controller = new AbortController();
    const { io, peer } = await meetTls(listener, { signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    await io.write(bytes('ping'));
    expect((await peerReads(peer, 4)).toString()).toBe('ping');
  });
});

describe('the end of a connection', () => {
  it('says 0 after all that came before it, and leaves our side open', async () => {
    const { io, peer } = await meetTls(await listenTls());
    peer.end('last');
    expect(await readBytes(io, 100, 3)).toEqual(bytes('last'));
    for (let i = 0; i < 3; i++) expect(await io.read(new Uint8Array(1))).toBe(0);
    await io.write(bytes('still here'));
    const closed = io.close();
    const got: Buffer[] = [];
    for await (const chunk of peer) got.push(chunk as Buffer);
    expect(Buffer.concat(got).toString()).toBe('still here');
    await closed;
  });

  it('sends what was written, then the end', async () => {
    const { io, peer } = await meetTls(await listenTls(), { closeTimeoutMs: 60_000 });
    await io.write(bytes('good'));
    await io.write(bytes('bye'));
    const closed = io.close();
    const got: Buffer[] = [];
    for await (const chunk of peer) got.push(chunk as Buffer);
    expect(Buffer.concat(got).toString()).toBe('goodbye');
    peer.end();
    await closed;
    await io.close();
  });

  it("rejects a pending read and later calls with Node's own error at a reset", async () => {
    const listener = await listenTls();
    const accepted = once(listener.server, 'connection') as Promise<[Socket]>;
    const { io } = await meetTls(listener);
    const read = io.read(new Uint8Array(1));
    const [raw] = await accepted;
    raw.resetAndDestroy();
    const error = await rejection(read);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(await rejection(io.write(bytes('x')))).toBe(error);
  });

  it('is an error, and no crash, where bytes come that are no TLS', async () => {
    const listener = await listenTls();
    const accepted = once(listener.server, 'connection') as Promise<[Socket]>;
    const { io } = await meetTls(listener);
    const read = io.read(new Uint8Array(1));
    const [raw] = await accepted;
    writeBelowTls(raw, Buffer.from('this is no record of TLS'));
    expect(await rejection(read)).toMatchObject({ code: expect.stringMatching(/^ERR_SSL_/) });
    await io.close();
  });

  it('leaves nothing that keeps the process alive', async () => {
    const listener = await listenTls({ ...server, allowHalfOpen: false } as object);
    listener.server.on('secureConnection', (socket: TLSSocket) => socket.resume());
    const before = await handles();
    const io = await connectTls({ ...trusting, port: listener.port, closeTimeoutMs: 60_000 });
    const read = io.read(new Uint8Array(1));
    expect((await handles()).length).toBeGreaterThan(before.length);
    await io.close();
    expect(await read).toBe(0);
    await nextTurn();
    expect((await handles()).filter((name) => name !== 'Timeout')).toEqual(before.filter((name) => name !== 'Timeout'));
  });
});

/** What the server's TLS knows nothing of. */
function writeBelowTls(raw: Socket, content: Buffer): void {
  const { _handle: handle } = raw as unknown as { _handle: { writeBuffer(request: object, content: Buffer): number } };
  // oxlint-disable-next-line typescript/no-unsafe-call -- Node gives its write requests no public name
  const { WriteWrap } = (process as unknown as { binding(name: string): { WriteWrap: new () => object } }).binding(
    'stream_wrap',
  );
  handle.writeBuffer(new WriteWrap(), content);
}
