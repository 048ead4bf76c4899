import { Buffers, Session } from '@minimq/core';
import { openIo, splitCredentials } from '@minimq/open-io';
import type { OpenIoOptions } from '@minimq/open-io';
import { MemoryBroker } from '@minimq/testkit';
import { tlsClientOptions } from '@minimq/testkit/certificates';
import { listenTcp, listenTls, listenWebSocket } from '@minimq/testkit/node';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIo as openIoInBrowser } from '../src/browser.ts';

const listeners = [
  { scheme: 'mqtt', listen: listenTcp, options: {} },
  { scheme: 'mqtts', listen: listenTls, options: { tls: tlsClientOptions() } },
  { scheme: 'ws', listen: listenWebSocket, options: {} },
  {
    scheme: 'wss',
    listen: (broker: MemoryBroker) => listenWebSocket(broker, { tls: {} }),
    options: { ws: tlsClientOptions() },
  },
] satisfies readonly { scheme: string; listen: unknown; options: OpenIoOptions }[];

describe('openIo', () => {
  it.each(listeners)('opens $scheme:', async ({ scheme, listen, options }) => {
    const listener = await listen(new MemoryBroker());
    onTestFinished(() => listener.close());
    expect(listener.url).toMatch(new RegExp(`^${scheme}://127\\.0\\.0\\.1:`));
    const session = new Session({ buffers: Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: scheme });
    await session.connect(await openIo(listener.url, options));
    await session.subscribe(['a']);
    await session.publish({ topic: 'a', payload: scheme });
    expect((await session.recv()).text()).toBe(scheme);
    await session.disconnect();
  });

  it.each(['unix:', 'unix://'])('opens %s, percent-encoded', async (prefix) => {
    const folder = await mkdtemp(join(tmpdir(), 'minimq-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'a b?.sock');
    const server = createServer((socket) => socket.end('hi')).listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const io = await openIo(prefix + path.replace(' ', '%20').replace('?', '%3F'));
    expect(await io.read(new Uint8Array(2))).toBe(2);
    await io.close();
  });

  it.each<[string, string]>([
    ['mqtt://127.0.0.1', '127.0.0.1:1883'],
    ['mqtt://127.0.0.1/', '127.0.0.1:1883'],
    ['mqtts://127.0.0.1', '127.0.0.1:8883'],
    ['mqtt://127.0.0.1:80', '127.0.0.1:80'],
    ['mqtts://127.0.0.1:443', '127.0.0.1:443'],
    ['mqtt://[::1]:1', '[::1]:1'],
    ['mqtt://LOCALHOST:1', 'localhost:1'],
    ['mqtt://b%C3%BCcher.invalid:1', 'xn--bcher-kva.invalid:1'],
    ['mqtt://bücher.invalid:1', 'xn--bcher-kva.invalid:1'],
    ['ws://127.0.0.1:1/mqtt', 'ws://127.0.0.1:1/mqtt'],
    ['wss://127.0.0.1:1/mqtt', 'wss://127.0.0.1:1/mqtt'],
  ])('takes %s for %s', async (url, target) => {
    // An address of this machine that nothing can be reached from names the target and opens nothing.
    const lookup = { localAddress: '0.0.0.1' };
    await expect(openIo(url, { tcp: lookup, tls: lookup, connectTimeoutMs: 5_000 })).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining(`Could not connect to ${target}: `),
    });
  });

  it('passes the common options on, and ends with its signal', async () => {
    const reason = new Error('enough');
    for (const url of ['mqtt://127.0.0.1:1', 'mqtts://127.0.0.1:1', 'ws://127.0.0.1:1', 'unix:/nothing']) {
      await expect(openIo(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(openIo(url, { connectTimeoutMs: -1 })).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });

  it.each([
    ['no URL', 'broker.example'],
    ['another scheme', 'http://broker.example'],
    ['a host and a port only', 'localhost:1883'],
    ['no host', 'mqtt:///'],
    ['no slashes', 'mqtts:broker.example'],
    ['a path', 'mqtt://broker.example/path'],
    ['a query', 'mqtt://broker.example?a=b'],
    ['a fragment', 'mqtts://broker.example#a'],
    ['port 0', 'mqtt://broker.example:0'],
    ['a host that is none', 'mqtt://a%20b'],
    ['a socket on a host', 'unix://host/path'],
    ['a socket with a query', 'unix:/path?a'],
    ['no path', 'unix:'],
    ['a stray percent sign', 'unix:/a%zz'],
    ['a user name', 'mqtt://me@broker.example'],
    ['a password', 'wss://:secret@broker.example'],
    ['a password in no URL', 'mqtt://me:secret@'],
  ])('refuses %s', async (_what, url) => {
    const error = await openIo(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InvalidRequestError', code: 'invalid-argument' });
    expect(String(error)).not.toContain('secret');
  });

  it('says where the credentials of a URL belong', async () => {
    await expect(openIo('mqtt://me:secret@broker.example')).rejects.toThrow(
      /session\.connect\(\): splitCredentials\(url\)/,
    );
  });
});

describe('splitCredentials', () => {
  it.each([
    [
      'mqtt://me:a%3Ab%40c@broker.example:1884',
      { url: 'mqtt://broker.example:1884', username: 'me', password: 'a:b@c' },
    ],
    ['wss://me@broker.example/mqtt?x=1', { url: 'wss://broker.example/mqtt?x=1', username: 'me' }],
    ['mqtts://:p@broker.example', { url: 'mqtts://broker.example', password: 'p' }],
    ['mqtt://broker.example', { url: 'mqtt://broker.example' }],
  ])('%s', (url, split) => {
    expect(splitCredentials(url)).toEqual(split);
  });

  it.each(['no url', 'mqtt://me:100%secret@broker.example'])('refuses %s, and does not repeat it', (url) => {
    expect(() => splitCredentials(url)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('where there are no sockets', () => {
  it('opens WebSockets', async () => {
    const listener = await listenWebSocket(new MemoryBroker());
    onTestFinished(() => listener.close());
    const io = await openIoInBrowser(listener.url);
    await io.close();
  });

  it.each(['mqtt://broker.example', 'mqtts://broker.example', 'unix:/run/broker.sock', 'http://broker.example'])(
    'says that it cannot open %s',
    async (url) => {
      await expect(openIoInBrowser(url)).rejects.toMatchObject({
        name: 'InvalidRequestError',
        code: 'invalid-argument',
        message: `This platform has no sockets: it can open ws: and wss:, but not ${new URL(url).protocol}`,
      });
    },
  );
});
