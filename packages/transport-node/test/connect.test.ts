import { TransportError } from '@minimq/core';
import { connectTcp, connectUnix } from '@minimq/transport-node';
import type { TcpOptions } from '@minimq/transport-node';
import { getEventListeners, once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  HOST,
  listen,
  nextTurn,
  openTcp,
  peerReads,
  portOf,
  readBytes,
  rejection,
  socketPath,
  untilStill,
} from './support.ts';

/** A name server that answers with these addresses. */
function lookupOf(...addresses: readonly string[]): LookupFunction {
  return (_host, _options, done) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}

/** One that never answers. */
const lookupSilent: LookupFunction = () => {};

/** A port where nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = await listen();
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function handles(): Promise<string[]> {
  await untilStill(() => process.getActiveResourcesInfo().length);
  return process.getActiveResourcesInfo().sort();
}

/** What there is now beyond `before`. What an earlier test has left may go meanwhile. */
async function handlesAdded(before: readonly string[]): Promise<string[]> {
  const known = [...before];
  return (await handles()).filter((each) => {
    const index = known.indexOf(each);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

describe('connectTcp', () => {
  it('tries the next address where the first does not answer', async () => {
    const server = await listen();
    const accepted = once(server, 'connection');
    const io = await connectTcp({ host: 'broker.test', port: portOf(server), lookup: lookupOf('::1', HOST) });
    const [peer] = await accepted;
    expect(io.write(bytes('ping'))).toBe(4);
    expect((await peerReads(peer, 4)).toString()).toBe('ping');
    peer.write('pong');
    expect(await readBytes(io, 4, 3)).toEqual(bytes('pong'));
    peer.end();
    await io.close();
  });

  it("passes on Node's own options", async () => {
    const server = await listen();
    const accepted = once(server, 'connection');
    const localPort = await closedPort();
    const io = await connectTcp({ host: HOST, port: portOf(server), localPort, closeTimeoutMs: 0 });
    const [peer] = await accepted;
    expect(peer.remotePort).toBe(localPort);
    await io.close();
  });

  it('says in words that a port is closed, for each address that was tried', async () => {
    const port = await closedPort();
    const error = await rejection(connectTcp({ host: HOST, port }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'connect-failed',
      message: `Could not connect to ${HOST}:${port}: ${HOST}: nothing is listening there (ECONNREFUSED)`,
      cause: { code: 'ECONNREFUSED' },
    });

    const both = await rejection(connectTcp({ host: 'broker.test', port, lookup: lookupOf('::1', HOST) }));
    expect(both).toMatchObject({ code: 'connect-failed', cause: expect.any(AggregateError) });
    expect((both as Error).message).toMatch(
      /^Could not connect to broker\.test:\d+: ::1: .*; 127\.0\.0\.1: nothing is listening there \(ECONNREFUSED\)$/,
    );
  });

  it('says in words that a name is not known', async () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND no.test'), { code: 'ENOTFOUND' });
    const error = await rejection(
      connectTcp({ host: 'no.test', port: 1883, lookup: (_host, _options, done) => done(cause, []) }),
    );
    expect(error).toMatchObject({
      code: 'connect-failed',
      message: 'Could not connect to no.test:1883: the name is not known (ENOTFOUND)',
    });
    expect((error as Error).cause).toBe(cause);
  });

  it('gives up after connectTimeoutMs, the look-up of the name included', async () => {
    const before = await handles();
    const error = await rejection(
      connectTcp({ host: 'slow.test', port: 1883, lookup: lookupSilent, connectTimeoutMs: 1 }),
    );
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'connect-timeout',
      message: 'Could not connect to slow.test:1883 within 1 ms',
    });
    expect(await handlesAdded(before)).toEqual([]);
  });

  it.each<{ name: string; options: Partial<TcpOptions> }>([
    { name: 'no port', options: { port: undefined as unknown as number } },
    { name: 'port 0', options: { port: 0 } },
    { name: 'port 65,536', options: { port: 65_536 } },
    { name: 'a connect timeout of 0', options: { connectTimeoutMs: 0 } },
    { name: 'a connect timeout that is no number', options: { connectTimeoutMs: Number.NaN } },
    { name: 'a close timeout below 0', options: { closeTimeoutMs: -1 } },
    { name: 'a read buffer of nothing', options: { readBufferBytes: 0 } },
    { name: 'a local address that is none', options: { localAddress: 'nowhere' } },
  ])('refuses $name as an argument, before anything is opened', async ({ options }) => {
    const before = await handles();
    expect(await rejection(connectTcp({ host: HOST, port: 1883, ...options }))).toMatchObject({
      code: 'invalid-argument',
    });
    expect(await handlesAdded(before)).toEqual([]);
  });

  it('takes a timeout longer than a timer can wait for', async () => {
    const server = await listen();
    // Later than a timer fires that was given more than it can hold: after 1 ms.
    const lookup: LookupFunction = (...args) => void setTimeout(lookupOf(HOST), 5, ...args);
    for (const connectTimeoutMs of [Infinity, 2 ** 31]) {
      const io = await connectTcp({ port: portOf(server), lookup, connectTimeoutMs, closeTimeoutMs: 0 });
      await io.close();
    }
  });
});

describe('the signal of connectTcp', () => {
  it('opens nothing where it is aborted already', async () => {
    const reason = new Error('not today');
    let lookups = 0;
    const outcome = connectTcp({
      host: 'broker.test',
      port: 1883,
      signal: AbortSignal.abort(reason),
      lookup: () => void (lookups += 1),
    });
    expect(await rejection(outcome)).toBe(reason);
    expect(lookups).toBe(0);
  });

  it('ends the attempt with its reason and leaves no socket, timer or listener', async () => {
    const before = await handles();
    const controller = new AbortController();
    const { signal } = controller;
    const outcome = rejection(connectTcp({ host: 'slow.test', port: 1883, lookup: lookupSilent, signal }));
    await nextTurn();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort('changed my mind');
    expect(await outcome).toBe('changed my mind');
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(await handlesAdded(before)).toEqual([]);
  });

  it('does not let a connection through that it aborted on its way', async () => {
    const server = await listen();
    const controller = new AbortController();
    const reason = new Error('too late');
    const outcome = rejection(connectTcp({ host: HOST, port: portOf(server), signal: controller.signal }));
    controller.abort(reason); // The connection is being made by now.
    expect(await outcome).toBe(reason);
  });

  it('has no listener and no effect once the connection is there', async () => {
    const controller = new AbortController();
    const { io, peer } = await openTcp({ signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    controller.abort();
    expect(io.write(bytes('ping'))).toBe(4);
    expect((await peerReads(peer, 4)).toString()).toBe('ping');
  });

  it('has no listener after a failure either', async () => {
    const { signal } = new AbortController();
    await rejection(connectTcp({ host: HOST, port: await closedPort(), signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('connectUnix', () => {
  it('says in words that there is no such socket', async () => {
    const path = await socketPath();
    expect(await rejection(connectUnix({ path }))).toMatchObject({
      code: 'connect-failed',
      message: `Could not connect to ${path}: ${path}: there is no such socket (ENOENT)`,
      cause: { code: 'ENOENT' },
    });
  });

  it('refuses an empty path', async () => {
    expect(await rejection(connectUnix({ path: '' }))).toMatchObject({ code: 'invalid-argument' });
  });

  it('opens nothing where the signal is aborted already', async () => {
    const reason = new Error('not today');
    const path = await socketPath();
    expect(await rejection(connectUnix({ path, signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
