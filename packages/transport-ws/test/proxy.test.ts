import { tlsClientOptions } from '@minimq/testkit/certificates';
import type { WebSocketOptions } from '@minimq/transport-ws';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { listenProxy, SecureTunnelAgent, TunnelAgent } from './connect-proxy.ts';
import { bytes, nodeFace, peerReads, readBytes, rejection, serve } from './support.ts';

const { connect } = nodeFace;

describe.each<{ scheme: 'ws' | 'wss'; Agent: typeof TunnelAgent | typeof SecureTunnelAgent; trust: WebSocketOptions }>([
  { scheme: 'ws', Agent: TunnelAgent, trust: {} },
  { scheme: 'wss', Agent: SecureTunnelAgent, trust: tlsClientOptions() },
])('$scheme: through an HTTP proxy, with an agent', ({ scheme, Agent, trust }) => {
  it('carries bytes both ways, in one tunnel to the server', async () => {
    const proxy = await listenProxy();
    const { server, url } = await serve({}, scheme);
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const io = await connect(url, { ...trust, agent: new Agent(proxy.port) });
    const [peer] = await connected;
    expect(proxy.asked).toEqual([new URL(url).host]);
    const before = proxy.carriedBytes();
    const arrived = peerReads(peer, 4);
    await io.write(bytes('ping'));
    expect((await arrived).toString()).toBe('ping');
    peer.send(bytes('pong'));
    expect(await readBytes(io, 4)).toEqual(bytes('pong'));
    expect(proxy.carriedBytes() - before).toBeGreaterThanOrEqual(8);
    await io.close();
  });

  it('fails with what the agent says where the proxy refuses', async () => {
    const proxy = await listenProxy(407);
    const { url } = await serve({}, scheme);
    expect(await rejection(connect(url, { ...trust, agent: new Agent(proxy.port) }))).toMatchObject({
      name: 'TransportError',
      code: 'connect-failed',
      message: `Could not connect to ${url}: the proxy answered HTTP 407`,
    });
  });

  it('is ended by its signal while the proxy hangs', async () => {
    const proxy = await listenProxy('silence');
    const { url } = await serve({}, scheme);
    const controller = new AbortController();
    const agent = new Agent(proxy.port);
    const failed = rejection(connect(url, { ...trust, agent, signal: controller.signal, connectTimeoutMs: Infinity }));
    await proxy.whenAsked;
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });
});

describe('wss: through an HTTP proxy', () => {
  it('is verified to the server: the proxy cannot stand in for it', async () => {
    const proxy = await listenProxy();
    const { url } = await serve({}, 'wss');
    const agent = new SecureTunnelAgent(proxy.port);
    expect(await rejection(connect(url, { agent }))).toMatchObject({ code: 'connect-failed' });
    const options = { ...tlsClientOptions(), servername: 'other.example', agent };
    expect(await rejection(connect(url, options))).toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining('other.example'),
    });
    expect(proxy.asked).toHaveLength(2);
  });
});
