import { Buffers, DisconnectedError, Session } from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { testCertificates, tlsClientOptions } from '@minimq/testkit/certificates';
import { listenWebSocket } from '@minimq/testkit/node';
import type { ListenWebSocketOptions } from '@minimq/testkit/node';
import type { WebSocketOptions } from '@minimq/transport-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { faces, nodeFace } from './support.ts';

const routes = [
  ...faces.map((face) => ({ ...face, secure: false })),
  { ...nodeFace, name: `${nodeFace.name}, wss`, secure: true },
];

describe.each(routes)('a session over $name', ({ connect, secure }) => {
  const options: WebSocketOptions = secure ? tlsClientOptions() : {};
  const serverOptions: ListenWebSocketOptions = secure ? { tls: testCertificates().server } : {};

  it('publishes and receives at every QoS, survives a cut and resumes', async () => {
    const listener = await listenWebSocket(new MemoryBroker(), { ...serverOptions, frameBytesMax: 3 });
    onTestFinished(() => listener.close());
    const session = new Session({
      buffers: Buffers.allocate({ rx: 16 * 1024, tx: 64 * 1024 }),
      clientId: 'over-web-socket',
    });
    const first = await session.connect(await connect(listener.url, options));
    expect(first.kind).toBe('connected');
    await session.subscribe([{ topicFilter: 'a/#', qos: 2 }]);
    const received: string[] = [];
    for (const qos of [0, 1, 2] as const) {
      await session.publish({ topic: `a/${qos}`, payload: 'x'.repeat(10_000) + qos, qos });
      const message = await session.recv();
      received.push(`${message.topic} ${message.payloadLength} ${message.qos}`);
    }
    expect(received).toEqual(['a/0 10001 0', 'a/1 10001 1', 'a/2 10001 2']);

    const lost = session.recv().catch((error: unknown) => error);
    expect(listener.cutAll()).toBe(1);
    expect(await lost).toBeInstanceOf(DisconnectedError);
    expect(await lost).toMatchObject({ by: 'transport', message: expect.stringContaining('1006') });

    const second = await session.connect(await connect(listener.url, options));
    expect(second.kind).toBe('reconnected');
    await session.publish({ topic: 'a/again', payload: 'y', qos: 2 });
    expect((await session.recv()).topic).toBe('a/again');
    await session.disconnect();
    expect(session.state).toBe('disconnected');
  });

  it('ends with an error that says so where the server sends text', async () => {
    const listener = await listenWebSocket(new MemoryBroker(), {
      ...serverOptions,
      onWebSocket: (webSocket) => webSocket.send('hello', { binary: false }),
    });
    onTestFinished(() => listener.close());
    const session = new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 4096 }), clientId: 'text' });
    const failed = connect(listener.url, options).then((io) => session.connect(io));
    await expect(failed).rejects.toMatchObject({
      code: 'transport-failed',
      message: expect.stringContaining('The server sent a text frame [MQTT-6.0.0-1]'),
    });
  });
});
