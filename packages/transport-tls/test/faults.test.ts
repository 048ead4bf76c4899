import { Buffers, Session, TransportError } from '@minimq/core';
import { connectTls } from '@minimq/transport-tls';
import type { TlsOptions } from '@minimq/transport-tls';
import { getEventListeners, once } from 'node:events';
import type { Socket } from 'node:net';
import type { ConnectionOptions, TlsOptions as ServerOptions, TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { HOST, listen, nextTurn, portOf, rejection } from '../../transport-node/test/support.ts';
import { handshakeError } from '../src/tls-error.ts';
import { certificates, listenTls, trusting } from './support.ts';

const { ca, client, expired, notYetValid, otherServer, selfSigned, server, wrongHost } = certificates;

// The sockets that are made from here: servers of the same process make it hard to tell whose handles are left.
const made = vi.hoisted(() => [] as TLSSocket[]);
vi.mock('node:tls', async (importOriginal) => {
  const tls = await importOriginal<typeof import('node:tls')>();
  const connect = (options: ConnectionOptions): TLSSocket => {
    const socket = tls.connect(options);
    made.push(socket);
    return socket;
  };
  return { ...tls, connect };
});

/** Runs what has to fail, and sees to it that no socket, timer or listener of its own keeps the process. */
async function failing(run: () => Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  made.splice(0);
  const set = vi.spyOn(globalThis, 'setTimeout');
  const clear = vi.spyOn(globalThis, 'clearTimeout');
  try {
    const error = await rejection(run());
    for (const socket of made) {
      if (!socket.closed) await once(socket, 'close');
      for (const event of ['secureConnect', 'session']) expect(socket.listenerCount(event)).toBe(0);
    }
    const cleared = new Set(clear.mock.calls.map(([timer]) => timer));
    expect(set.mock.results.filter(({ value }) => !cleared.has(value))).toHaveLength(0);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    return error;
  } finally {
    set.mockRestore();
    clear.mockRestore();
  }
}

/** What connecting fails with, where it has to. */
async function faultOf(options: Partial<TlsOptions> & { readonly port: number }): Promise<TransportError> {
  const { signal } = new AbortController();
  const error = await failing(() => connectTls({ ...trusting, signal, ...options }), signal);
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

/** A TCP server that does this with what the client sends first. */
async function listenPlain(onHello: (socket: Socket, hello: Buffer) => void): Promise<number> {
  const listener = await listen();
  listener.on('connection', (socket: Socket) => {
    socket.once('data', (hello) => onHello(socket, hello));
    socket.resume();
  });
  return portOf(listener);
}

describe("a fault of the server's certificate", () => {
  it.each<{ fault: string; listener: ServerOptions; client?: Partial<TlsOptions>; code: string; words: RegExp }>([
    { fault: 'expired', listener: expired, code: 'certificate-expired', words: /has expired \(CERT_HAS_EXPIRED/ },
    {
      fault: 'not yet valid',
      listener: notYetValid,
      code: 'certificate-not-yet-valid',
      words: /is not yet valid \(CERT_NOT_YET_VALID/,
    },
    {
      fault: 'another host',
      listener: wrongHost,
      code: 'certificate-wrong-host',
      words: /is for another host \(ERR_TLS_CERT_ALTNAME_INVALID: .*127\.0\.0\.1/,
    },
    {
      fault: 'another servername',
      listener: server,
      client: { servername: 'broker.example' },
      code: 'certificate-wrong-host',
      words: /broker\.example/,
    },
    {
      fault: 'an unknown authority',
      listener: otherServer,
      code: 'certificate-unknown-authority',
      words: /signed by an authority that is not in ca/,
    },
    {
      fault: 'an authority that only the server names',
      listener: { ...otherServer, cert: otherServer.cert + certificates.otherCa.cert },
      code: 'certificate-unknown-authority',
      words: /SELF_SIGNED_CERT_IN_CHAIN/,
    },
    {
      fault: 'no authority at all',
      listener: server,
      client: { ca: undefined },
      code: 'certificate-unknown-authority',
      words: /not in ca/,
    },
    {
      fault: 'signed by itself',
      listener: selfSigned,
      code: 'certificate-self-signed',
      words: /is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT/,
    },
    {
      fault: 'made for clients',
      listener: { ...certificates.issue({ commonName: 'c', usage: 'client', addresses: [HOST] }) },
      code: 'certificate-refused',
      words: /its certificate is refused \(INVALID_PURPOSE/,
    },
  ])('$fault: $code', async ({ listener, client: options = {}, code, words }) => {
    const { port } = await listenTls(listener);
    const error = await faultOf({ port, ...options });
    expect(error).toMatchObject({ code, message: expect.stringMatching(words), cause: expect.any(Error) });
    expect(error.message).toContain(`No TLS with ${HOST}:${port}: `);
  });

  it("the caller's own check refuses, or throws: certificate-refused", async () => {
    const { port } = await listenTls();
    const returned = await faultOf({ port, checkServerIdentity: () => new Error('not the pinned key') });
    expect(returned).toMatchObject({ code: 'certificate-refused', cause: { message: 'not the pinned key' } });
    expect(returned.message).toContain('not the pinned key');
    const thrown = await faultOf({
      port,
      checkServerIdentity() {
        throw new TypeError('a slip');
      },
    });
    expect(thrown).toMatchObject({ code: 'certificate-refused', cause: { message: 'a slip' } });
  });

  it("the caller's own check cannot let another host through", async () => {
    const { port } = await listenTls(wrongHost);
    const error = await faultOf({ port, checkServerIdentity: () => undefined });
    expect(error.code).toBe('certificate-wrong-host');
  });
});

describe('a fault of the client certificate', () => {
  const mutual: ServerOptions = { ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true };

  it('missing, TLS 1.3: the first read says so, and connect() has it as cause', async () => {
    const { port } = await listenTls(mutual);
    const io = await connectTls({ ...trusting, port });
    const error = await rejection(io.read(new Uint8Array(1)));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'client-certificate-missing',
      message: expect.stringMatching(/it requires a client certificate.*CERTIFICATE_REQUIRED/),
    });
    await io.close();

    const session = new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 1024 }), clientId: 'c' });
    const refused = await rejection(session.connect(await connectTls({ ...trusting, port })));
    expect(refused).toMatchObject({ code: 'transport-failed', cause: { code: 'client-certificate-missing' } });
  });

  it('missing, TLS 1.2: the handshake fails, and the message names what it may be', async () => {
    const { port } = await listenTls({ ...mutual, maxVersion: 'TLSv1.2' });
    const error = await faultOf({ port });
    expect(error).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringContaining('client certificate'),
    });
  });

  it.each([
    // A fatal alert of TLS 1.2 [RFC 5246, 7.2]: level 2, then its number.
    { alert: 42, words: 'finds it bad' },
    { alert: 43, words: 'does not take its kind' },
    { alert: 44, words: 'says that it is revoked' },
    { alert: 45, words: 'says that it has expired' },
    { alert: 46, words: 'does not accept it' },
    { alert: 48, words: 'does not know its authority' },
    { alert: 49, words: 'gives no access with it' },
  ])('refused with alert $alert: client-certificate-refused', async ({ alert, words }) => {
    const port = await listenPlain((socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, alert])));
    const error = await faultOf({ port, cert: client.cert, key: client.key });
    expect(error).toMatchObject({ code: 'client-certificate-refused', message: expect.stringContaining(words) });
  });
});

describe('a fault of the protocol', () => {
  it.each([
    { what: 'an MQTT broker without TLS', answer: Buffer.from([0x20, 3, 0, 0x84, 0]) },
    { what: 'a web server', answer: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') },
    { what: 'a mail server', answer: Buffer.from('220 mail.example ESMTP\r\n') },
  ])('$what behind the port: tls-not-spoken', async ({ answer }) => {
    const port = await listenPlain((socket) => socket.end(answer));
    const error = await faultOf({ port });
    expect(error).toMatchObject({
      code: 'tls-not-spoken',
      message: expect.stringMatching(/^No TLS with .*: what answers there does not speak TLS \(ERR_SSL_.*\)$/),
    });
  });

  // By what each runtime calls it.
  it.each([
    'ERR_SSL_WRONG_VERSION_NUMBER', // Node 20
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    'ERR_SSL_DATA_LENGTH_TOO_LONG', // Node 22, 24 and 26
    'ERR_SSL_ENCRYPTED_LENGTH_TOO_LONG', // Bun
  ])('%s: tls-not-spoken', (code) => {
    const cause = Object.assign(new Error('routines'), { code });
    expect(handshakeError('h:1', cause, false)).toMatchObject({
      code: 'tls-not-spoken',
      message: `No TLS with h:1: what answers there does not speak TLS (${code}: routines)`,
      cause,
    });
  });

  it('a server of TLS 1.1 only: tls-version-unsupported', async () => {
    const { port } = await listenTls({
      ...server,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const error = await faultOf({ port });
    expect(error).toMatchObject({
      code: 'tls-version-unsupported',
      message: expect.stringContaining('it speaks none of our versions of TLS'),
    });
  });

  it('a server below our minVersion: tls-version-unsupported', async () => {
    const { port } = await listenTls({ ...server, maxVersion: 'TLSv1.2' });
    expect(await faultOf({ port, minVersion: 'TLSv1.3' })).toMatchObject({ code: 'tls-version-unsupported' });
  });

  it('no cipher in common: tls-handshake-failed', async () => {
    const { port } = await listenTls({ ...server, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
    const error = await faultOf({ port, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' });
    expect(error).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringContaining('HANDSHAKE_FAILURE'),
    });
  });

  it('no ALPN protocol in common: tls-alpn-refused, whether the server says so or ignores the question', async () => {
    const other = await listenTls({ ...server, ALPNProtocols: ['http/1.1'] });
    const refused = await faultOf({ port: other.port, alpnProtocols: ['mqtt'] });
    expect(refused).toMatchObject({ code: 'tls-alpn-refused', cause: expect.any(Error) });
    const deaf = await listenTls();
    const ignored = await faultOf({ port: deaf.port, alpnProtocols: ['mqtt', 'x-amzn-mqtt-ca'] });
    expect(ignored).toMatchObject({
      code: 'tls-alpn-refused',
      message: `No TLS with ${HOST}:${deaf.port}: it has chosen none of the alpnProtocols (mqtt, x-amzn-mqtt-ca)`,
    });
  });
});

describe('a connection that is lost in the handshake', () => {
  it.each<{ how: string; lose: (socket: Socket) => unknown }>([
    { how: 'reset', lose: (socket) => socket.resetAndDestroy() },
    { how: 'closed', lose: (socket) => socket.destroy() },
    { how: 'ended', lose: (socket) => socket.end() },
    // The first five bytes of a record, and no more.
    { how: 'ended in the middle of a record', lose: (socket) => socket.end(Buffer.from([22, 3, 3, 0, 122])) },
  ])('$how: tls-handshake-failed', async ({ lose }) => {
    const error = await faultOf({ port: await listenPlain(lose) });
    expect(error).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringContaining(
        'it closed the connection during the handshake; perhaps this is the port for plain TCP',
      ),
      cause: { code: 'ECONNRESET' },
    });
  });

  it('never made: connect-failed, in the words of connectTcp', async () => {
    const listener = await listen();
    const port = portOf(listener);
    listener.close();
    await once(listener, 'close');
    expect(await faultOf({ port })).toMatchObject({
      code: 'connect-failed',
      message: `Could not connect to ${HOST}:${port}: ${HOST}: nothing is listening there (ECONNREFUSED)`,
    });
  });
});

describe('a server that hangs in the handshake', () => {
  it('is left at once when the signal aborts, with its reason', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let said!: () => void;
    const hello = new Promise<void>((resolve) => (said = resolve));
    const port = await listenPlain(() => said());
    void hello.then(() => controller.abort('changed my mind'));
    expect(await failing(() => connectTls({ ...trusting, port, signal }), signal)).toBe('changed my mind');
    expect(made).toHaveLength(1);
  });

  it('is left after connectTimeoutMs', async () => {
    const port = await listenPlain(() => {});
    const error = await faultOf({ port, connectTimeoutMs: 50 });
    expect(error).toMatchObject({
      code: 'connect-timeout',
      message: `Could not complete the TLS handshake with ${HOST}:${port} within 50 ms`,
    });
  });

  it('opens nothing where the signal is aborted already', async () => {
    const listener = await listen();
    const accepted = vi.fn();
    listener.on('connection', accepted);
    const reason = new Error('not today');
    const outcome = connectTls({ ...trusting, port: portOf(listener), signal: AbortSignal.abort(reason) });
    expect(await rejection(outcome)).toBe(reason);
    await nextTurn();
    expect(accepted).not.toHaveBeenCalled();
  });
});

describe('verification', () => {
  it('is off only with the option that says so', async () => {
    const { port } = await listenTls(wrongHost);
    const io = await connectTls({ host: HOST, port, dangerouslyAcceptAnyCertificate: true, closeTimeoutMs: 0 });
    expect(io.tls.isAuthorized).toBe(false);
    await io.close();
    expect((await faultOf({ port, dangerouslyAcceptAnyCertificate: false })).code).toBe('certificate-wrong-host');
  });

  it('is not turned off by the environment', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {}); // Node's, about the variable.
    onTestFinished(() => {
      warning.mockRestore();
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const { port } = await listenTls(selfSigned);
    expect((await faultOf({ port })).code).toBe('certificate-self-signed');
  });

  it.each<{ name: string; options: object }>([
    { name: 'rejectUnauthorized: false', options: { rejectUnauthorized: false } },
    { name: 'rejectUnauthorized: true', options: { rejectUnauthorized: true } },
    { name: 'an accept option that is only truthy', options: { dangerouslyAcceptAnyCertificate: 'no' } },
    { name: 'ALPNProtocols', options: { ALPNProtocols: ['mqtt'] } },
    { name: 'a session', options: { session: Buffer.alloc(1) } },
    { name: 'a socket', options: { socket: {} } },
    { name: 'a path', options: { path: '/run/broker.sock' } },
    { name: 'a pskCallback', options: { pskCallback: () => null } },
    { name: 'room for no byte', options: { inboundBytesMax: 0 } },
    { name: 'room for half a byte', options: { inboundBytesMax: 0.5 } },
    { name: 'room for more bytes than can be counted', options: { inboundBytesMax: 2 ** 31 } },
    { name: 'no ALPN protocol', options: { alpnProtocols: [] } },
    { name: 'an empty ALPN protocol', options: { alpnProtocols: [''] } },
    { name: 'an ALPN protocol of 256 bytes', options: { alpnProtocols: ['x'.repeat(256)] } },
    { name: 'sessions that are no Map', options: { sessions: {} } },
    { name: 'a certificate that is none', options: { cert: 'none', key: 'none' } },
    { name: 'a version that is none', options: { minVersion: 'TLSv9' } },
    { name: 'no port', options: { port: undefined } },
    { name: 'a close timeout below 0', options: { closeTimeoutMs: -1 } },
  ])('refuses $name as an argument, before anything is opened', async ({ options }) => {
    const { signal } = new AbortController();
    const run = () => connectTls({ ...trusting, port: 8883, signal, ...options } as TlsOptions);
    expect(await failing(run, signal)).toMatchObject({ code: 'invalid-argument' });
    expect(made).toHaveLength(0);
  });
});
