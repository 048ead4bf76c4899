import { tlsClientOptions } from '@minimq/testkit/certificates';
import { getEventListeners, once } from 'node:events';
import { Agent } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocketOptions } from '@minimq/transport-ws';
import { bytes, faces, HOST, listen, nodeFace, rejection, serve, socketFace, streamFace } from './support.ts';

/** A listener that takes connections and says nothing. */
async function listenSilently(): Promise<{ url: string; accepted: Promise<[Socket]> }> {
  const server = createServer();
  server.listen(0, HOST);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  onTestFinished(async () => {
    const [socket] = await accepted;
    socket.destroy();
    server.close();
  });
  return { url: `ws://${HOST}:${(server.address() as AddressInfo).port}`, accepted };
}

describe.each(faces)('connect, $name', (face) => {
  it('offers mqtt and nothing else [MQTT-6.0.0-3]', async () => {
    const { server, url } = await serve();
    const connected = once(server, 'connection') as Promise<[unknown, IncomingMessage]>;
    const io = await face.connect(url);
    const [, request] = await connected;
    expect(request.headers['sec-websocket-protocol']).toBe('mqtt');
    expect(request.headers['sec-websocket-extensions']).toBeUndefined();
    await io.close();
  });

  it('offers more where that is asked for', async () => {
    const { server, url } = await serve();
    const connected = once(server, 'connection') as Promise<[unknown, IncomingMessage]>;
    const io = await face.connect(new URL(url), { protocols: ['mqtt', 'token-123'] });
    expect((await connected)[1].headers['sec-websocket-protocol']).toBe('mqtt,token-123');
    await io.close();
  });

  it.each(['other', false] as const)('fails where the server answers with %s [MQTT-6.0.0-4]', async (answer) => {
    const { server, url } = await serve({ handleProtocols: () => answer });
    const received: unknown[] = [];
    const gone = new Promise((resolve) => {
      server.on('connection', (peer) => {
        peer.on('message', (data) => received.push(data));
        peer.on('error', () => {});
        peer.on('close', resolve);
      });
    });
    expect(await rejection(face.connect(url, { protocols: ['mqtt', 'other-one'] }))).toMatchObject({
      name: 'TransportError',
      code: 'connect-failed',
      message: expect.stringMatching(/subprotocol/),
    });
    await gone;
    expect(received).toEqual([]);
  });

  it('fails where the server chooses another one of those offered [MQTT-6.0.0-4]', async () => {
    const { url } = await serve({ handleProtocols: () => 'token-123' });
    expect(await rejection(face.connect(url, { protocols: ['mqtt', 'token-123'] }))).toMatchObject({
      code: 'connect-failed',
      message: `Could not connect to ${url}: the server chose another one of the subprotocols offered, not mqtt [MQTT-6.0.0-4]`,
    });
  });

  it.each([401, 404, 503])('fails where the server answers HTTP %i, and says so', async (status) => {
    const { server, url } = await listen();
    server.on('upgrade', (_request, socket: Socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 5\r\n\r\nSorry`);
    });
    expect(await rejection(face.connect(`${url}?signature=secret`))).toMatchObject({
      code: 'connect-failed',
      message: expect.stringMatching(new RegExp(`^Could not connect to ${url}: .*${status}`)),
    });
  });

  it('fails where nothing listens', async () => {
    const { server, url } = await listen();
    server.close();
    await once(server, 'close');
    onTestFinished(() => void server.listen(0, HOST)); // The clean-up of `listen` closes it again.
    expect(await rejection(face.connect(url))).toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    ['is reset in the upgrade', (socket: Socket) => void socket.resetAndDestroy()],
    ['ends in the upgrade', (socket: Socket) => void socket.end()],
    ['answers with what is no HTTP', (socket: Socket) => void socket.end('\x20\x02\x00\x00')],
    [
      'answers without the accept key',
      (socket: Socket) => void socket.end('HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    ],
  ])('fails where the connection %s', async (_what, answer) => {
    const { url, accepted } = await listenSilently();
    const failed = rejection(face.connect(url));
    const [socket] = await accepted;
    socket.once('data', () => answer(socket));
    expect(await failed).toMatchObject({ name: 'TransportError', code: 'connect-failed' });
  });

  it('is ended at once by its signal while the server hangs in the upgrade', async () => {
    const { url, accepted } = await listenSilently();
    const controller = new AbortController();
    const failed = rejection(face.connect(url, { signal: controller.signal, connectTimeoutMs: Infinity }));
    const [socket] = await accepted;
    const gone = once(
      socket.resume().on('error', () => {}),
      'close',
    );
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    await gone;
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('is ended by its time-out', async () => {
    const { url } = await listenSilently();
    expect(await rejection(face.connect(url, { connectTimeoutMs: 20 }))).toMatchObject({
      name: 'TransportError',
      code: 'connect-timeout',
      message: `Could not connect to ${url}/ within 20 ms`,
    });
  });

  it('does nothing for a signal that is already aborted', async () => {
    const { url, sockets } = await listen();
    const reason = new Error('before');
    expect(await rejection(face.connect(url, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(sockets).toEqual([]);
  });

  it('is not ended by its signal once it is there', async () => {
    const { server, url } = await serve();
    server.on('connection', (peer) => peer.send(bytes('x')));
    const controller = new AbortController();
    const io = await face.connect(url, { signal: controller.signal });
    controller.abort();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(await io.read(new Uint8Array(1))).toBe(1);
    await io.close();
  });

  it.each<[string, string, WebSocketOptions]>([
    ['another scheme', 'http://localhost', {}],
    ['no URL', 'localhost:1883', {}],
    ['a name and a password', 'ws://me:secret@localhost', {}],
    ['a fragment', 'ws://localhost/#here', {}],
    ['protocols without mqtt', 'ws://localhost', { protocols: ['other'] }],
    ['a protocol twice', 'ws://localhost', { protocols: ['mqtt', 'mqtt'] }],
    ['a protocol that is no token', 'ws://localhost', { protocols: ['mqtt', 'a b'] }],
    ['no time to connect', 'ws://localhost', { connectTimeoutMs: 0 }],
    ['a time that is none', 'ws://localhost', { connectTimeoutMs: NaN }],
    ['a negative time to close', 'ws://localhost', { closeTimeoutMs: -1 }],
    ['no bytes at all', 'ws://localhost', { inboundBytesMax: 0 }],
    ['more bytes than can be counted', 'ws://localhost', { inboundBytesMax: 2 ** 31 }],
  ])('refuses %s', async (_what, url, options) => {
    const error = await rejection(face.connect(url, options));
    expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
    expect(String(error)).not.toContain('secret');
  });
});

describe('in Node', () => {
  it('sends headers, and uses an agent', async () => {
    const { server, url } = await serve();
    const connected = once(server, 'connection') as Promise<[unknown, IncomingMessage]>;
    const agent = new Agent();
    const used = once(agent, 'free').catch(() => undefined);
    let asked = 0;
    const createConnection = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => {
      asked += 1;
      return createConnection(...args);
    };
    const io = await nodeFace.connect(url, { headers: { Authorization: 'Bearer abc' }, agent });
    expect((await connected)[1].headers.authorization).toBe('Bearer abc');
    expect(asked).toBe(1);
    await io.close();
    agent.destroy();
    void used;
  });

  it('refuses headers that HTTP cannot carry', async () => {
    expect(await rejection(nodeFace.connect('ws://localhost', { headers: { 'X-A': 'a\r\nX-B: b' } }))).toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('checks certificates: an authority that nobody has named is refused, one that is given is trusted', async () => {
    const { url } = await serve({}, 'wss');
    expect(await rejection(nodeFace.connect(url))).toMatchObject({ code: 'connect-failed' });
    expect(
      await rejection(nodeFace.connect(url, { ...tlsClientOptions(), servername: 'other.example' })),
    ).toMatchObject({ code: 'connect-failed', message: expect.stringContaining('other.example') });
    const io = await nodeFace.connect(url, tlsClientOptions());
    await io.close();
  });

  it('does not follow where a server sends it', async () => {
    const { server, url } = await listen();
    server.on('upgrade', (_request, socket: Socket) => {
      socket.end('HTTP/1.1 302 Found\r\nLocation: ws://other.example/\r\n\r\n');
    });
    expect(await rejection(nodeFace.connect(url))).toMatchObject({
      message: `Could not connect to ${url}: the server answered HTTP 302 Found`,
    });
  });
});

describe.each([socketFace, streamFace])('$name', (face) => {
  it.each<WebSocketOptions>([
    { headers: {} },
    { agent: new Agent() },
    { ca: '' },
    { cert: '' },
    { key: '' },
    { servername: '' },
  ])('says that it cannot do %o', async (options) => {
    expect(await rejection(face.connect('ws://localhost', options))).toMatchObject({
      name: 'InvalidRequestError',
      message: `${Object.keys(options).join('')}: only Node's WebSocket can do that`,
    });
  });
});
