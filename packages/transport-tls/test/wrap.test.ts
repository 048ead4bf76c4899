import { TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { wrapTls } from '@minimq/transport-tls';
import type { WrapTlsOptions } from '@minimq/transport-tls';
import { getEventListeners, once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  duplexPair,
  HOST,
  listen,
  nextTurn,
  peerReads,
  portOf,
  readBytes,
  rejection,
} from '../../transport-node/test/support.ts';
import { certificates, listenTls, meetWrapped, trusting, wrappable } from './support.ts';

const { client, ca, server, wrongHost } = certificates;

async function expectClosed(stream: Io | Duplex): Promise<void> {
  if ('pipe' in stream) expect(stream.destroyed).toBe(true);
  else expect(await rejection(stream.write(bytes('x')))).toMatchObject({ code: 'transport-failed' });
}

describe.each(wrappable)('wrapTls over $name', ({ open }) => {
  it('carries bytes both ways, and resumes a session', async () => {
    const listener = await listenTls();
    const sessions = new Map<string, Buffer>();
    for (const isSessionReused of [false, true]) {
      const { io, peer } = await meetWrapped(listener, open, { sessions });
      expect(io.tls).toMatchObject({ isAuthorized: true, isSessionReused });
      expect(await io.write(bytes('ping'))).toBe(4);
      expect((await peerReads(peer, 4)).toString()).toBe('ping');
      peer.write('pong');
      expect(await readBytes(io, 4, 3)).toEqual(bytes('pong'));
      const closed = io.close();
      peer.resume().on('end', () => peer.end());
      await closed;
    }
  });

  it('takes ALPN, SNI and a client certificate', async () => {
    const mutual = { ca: ca.cert, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['mqtt'] };
    const listener = await listenTls({ ...server, ...mutual });
    const options = { servername: 'localhost', alpnProtocols: ['mqtt'], cert: client.cert, key: client.key };
    const { io, peer } = await meetWrapped(listener, open, options);
    expect(io.tls.alpnProtocol).toBe('mqtt');
    expect(peer).toMatchObject({ servername: 'localhost', authorized: true });
  });

  it('names a fault of the certificate, and closes the stream', async () => {
    const listener = await listenTls(wrongHost);
    const stream = await open(listener.port);
    const error = await rejection(wrapTls(stream, trusting));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'certificate-wrong-host' });
    await expectClosed(stream);
  });

  it('is ended by its signal and by its time, and closes the stream', async () => {
    const silent = await listen();
    for (const how of ['signal', 'time'] as const) {
      const raw = once(silent, 'connection');
      const controller = new AbortController();
      const { signal } = controller;
      const stream = await open(portOf(silent));
      const [socket] = await raw;
      socket.once('data', () => how === 'signal' && controller.abort('enough'));
      socket.resume();
      const connectTimeoutMs = how === 'time' ? 20 : 60_000;
      const error = await rejection(wrapTls(stream, { ...trusting, signal, connectTimeoutMs }));
      if (how === 'signal') expect(error).toBe('enough');
      else {
        const message = `Could not complete the TLS handshake with ${HOST} within 20 ms`;
        expect(error).toMatchObject({ code: 'connect-timeout', message });
      }
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      await expectClosed(stream);
    }
  });

  it('says that the stream was lost in the handshake', async () => {
    const listener = await listen();
    listener.on('connection', (socket) => socket.once('data', () => socket.resetAndDestroy()).resume());
    const error = await rejection(wrapTls(await open(portOf(listener)), trusting));
    expect(error).toMatchObject({ code: 'tls-handshake-failed', cause: expect.any(Error) });
  });

  it.each<{ name: string; options: Partial<WrapTlsOptions> | { rejectUnauthorized: false } }>([
    { name: 'no host', options: { host: undefined as unknown as string } },
    { name: 'rejectUnauthorized: false', options: { rejectUnauthorized: false } },
    { name: 'room for no byte', options: { inboundBytesMax: 0 } },
    { name: 'a connect timeout of 0', options: { connectTimeoutMs: 0 } },
  ])('refuses $name, and closes the stream', async ({ options }) => {
    const listener = await listen();
    const stream = await open(portOf(listener));
    const outcome = wrapTls(stream, { ...trusting, ...options } as WrapTlsOptions);
    expect(await rejection(outcome)).toMatchObject({ code: 'invalid-argument' });
    await expectClosed(stream);
  });
});

describe('wrapTls', () => {
  it('refuses a stream that is over, one of objects, and what is none', async () => {
    expect(await rejection(wrapTls(undefined as unknown as Io, trusting))).toMatchObject({ code: 'invalid-argument' });
    const over = new PassThrough();
    over.destroy();
    expect(await rejection(wrapTls(over, trusting))).toMatchObject({
      code: 'connect-failed',
      message: `No TLS with ${HOST}: the stream is over`,
    });
    const objects = new PassThrough({ objectMode: true });
    expect(await rejection(wrapTls(objects, trusting))).toMatchObject({ code: 'invalid-argument' });
    expect(objects.destroyed).toBe(true);
  });

  it('takes a peer that ends without a word for a lost handshake', async () => {
    const [stream, other] = duplexPair();
    other.resume();
    other.end();
    expect(await rejection(wrapTls(stream, trusting))).toMatchObject({ code: 'tls-handshake-failed' });
    expect(stream.destroyed).toBe(true);
  });
});

describe('wrapTls over an Io that breaks its contract', () => {
  const closed: string[] = [];
  const ioOf = (broken: Partial<Io>): Io => ({
    read: () => new Promise(() => {}),
    write: (content) => content.length,
    flush() {},
    close: () => void closed.push('closed'),
    ...broken,
  });

  it.each<{ name: string; broken: Partial<Io>; words: string }>([
    { name: 'reads more than there is room for', broken: { read: () => 1e9 }, words: 'read() of the Io answered' },
    { name: 'reads half a byte', broken: { read: () => 0.5 }, words: 'read() of the Io answered 0.5' },
    { name: 'writes nothing', broken: { write: () => 0 }, words: 'write() of the Io answered 0' },
    { name: 'writes more than it was given', broken: { write: () => 1e9 }, words: 'write() of the Io answered' },
    { name: 'rejects a read', broken: { read: () => Promise.reject(new Error('no read')) }, words: 'no read' },
    {
      name: 'throws from a write',
      broken: {
        write() {
          throw new Error('no write');
        },
      },
      words: 'no write',
    },
    { name: 'rejects a flush', broken: { flush: () => Promise.reject(new Error('no flush')) }, words: 'no flush' },
  ])('$name', async ({ broken, words }) => {
    closed.splice(0);
    const error = await rejection(wrapTls(ioOf(broken), trusting));
    expect(error).toMatchObject({ code: 'tls-handshake-failed', message: expect.stringContaining(words) });
    await nextTurn();
    expect(closed).not.toHaveLength(0);
  });

  it('cannot be closed', async () => {
    const broken = { read: () => 0, close: () => Promise.reject(new Error('no close')) };
    expect(await rejection(wrapTls(ioOf(broken), trusting))).toMatchObject({ code: 'tls-handshake-failed' });
    await nextTurn();
  });
});

describe('a wrapped stream', () => {
  it.each([
    { how: 'with an error', error: new Error('boom'), expected: { message: 'boom' } },
    { how: 'without one', error: undefined, expected: { code: 'transport-failed' } },
  ])(
    'that somebody else destroys $how takes no writes from that moment on, and is closed',
    async ({ error, expected }) => {
      const listener = await listenTls();
      const stream = connect({ host: HOST, port: listener.port });
      stream.on('error', () => {});
      await once(stream, 'connect');
      const io = await wrapTls(stream, { ...trusting, closeTimeoutMs: 0 });
      stream.destroy(error);
      expect(await rejection(io.write(bytes('x')))).toMatchObject(expected);
      await io.close();
    },
  );

  it('is read on from where somebody else has read to', async () => {
    // A proxy: its answer comes first, then TLS.
    const listener = await listenTls();
    const proxy = await listen();
    proxy.on('connection', (socket) => {
      socket.once('data', () => {
        socket.write('OK\n');
        const onward = connect(listener.port, HOST);
        socket.pipe(onward).pipe(socket);
        onward.on('error', () => socket.destroy());
      });
      socket.resume();
    });
    const io = await connectTcp({ host: HOST, port: portOf(proxy), closeTimeoutMs: 0 });
    await io.write(bytes('CONNECT\n'));
    expect(await readBytes(io, 3)).toEqual(bytes('OK\n'));
    const accepted = listener.accepted();
    const wrapped = await wrapTls(io, trusting);
    (await accepted).write('hello');
    expect(await readBytes(wrapped, 5)).toEqual(bytes('hello'));
    await wrapped.close();
  });
});
