import { once } from 'node:events';
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { MemoryBroker } from '@minimq/testkit';
import { listenWebSocket, type BrokerListener, type WebSocketOptions } from '@minimq/testkit/node';
import type { RawData, WebSocket } from 'ws';
import { bytesOf, connect, publish, subscribe } from '../broker-helpers.ts';
import { atEnd } from './closing.ts';
import { dialWebSocket } from './dial.ts';

// What is different over WebSocket, by the frames.

async function listening(options: WebSocketOptions = {}): Promise<BrokerListener> {
  const broker = new MemoryBroker({ reasonStrings: false });
  const listener = await listenWebSocket(broker, options);
  atEnd(async () => {
    listener.cutAll();
    await listener.close();
    await broker.close();
  });
  return listener;
}

/** A client that sees frames: binary ones in hexadecimal, text ones as `text: …`. */
async function framed({ url }: BrokerListener, subprotocols?: string[]) {
  const webSocket = dialWebSocket(url, subprotocols);
  atEnd(() => webSocket.terminate());
  const frames: string[] = [];
  let arrived: () => void = () => {};
  webSocket.on('message', (data: RawData, isBinary) => {
    frames.push(isBinary ? (data as Buffer).toString('hex') : `text: ${(data as Buffer).toString()}`);
    arrived();
  });
  const closed = once(webSocket, 'close').then(([code]) => code as number);
  await once(webSocket, 'open');
  return {
    webSocket,
    frames,
    closed,
    /** Resolves when so many frames have come. */
    count: async (length: number): Promise<void> => {
      while (frames.length < length) await new Promise<void>((resolve) => (arrived = resolve));
    },
  };
}

/** The status that a client is refused with. */
async function refusal(webSocket: WebSocket): Promise<number> {
  atEnd(() => webSocket.terminate());
  webSocket.on('error', () => {});
  const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, { statusCode: number }];
  return response.statusCode;
}

describe('the subprotocol', () => {
  it('is mqtt [MQTT-6.0.0-3] [MQTT-6.0.0-4]', async () => {
    const { url } = await listening();
    const webSocket = dialWebSocket(url, ['other', 'mqtt']);
    atEnd(() => webSocket.terminate());
    await once(webSocket, 'open');
    expect(webSocket.protocol).toBe('mqtt');
  });

  it.each([[['mqttv3.1']], [[]], [['MQTT', 'xmqtt']]])('has to be offered: %j is refused', async (subprotocols) => {
    const { url } = await listening();
    expect(await refusal(dialWebSocket(url, subprotocols))).toBe(400);
  });

  it.each([
    ['another one', 'mqttv3.1', 'Server sent an invalid subprotocol'],
    ['none', null, 'Server sent no subprotocol'],
  ])('can be wrong: %s', async (_, subprotocol, message) => {
    const { url } = await listening({ subprotocol });
    const webSocket = dialWebSocket(url);
    expect(await once(webSocket, 'error').catch((error: Error) => [error])).toMatchObject([{ message }]);
  });
});

describe('HTTP', () => {
  it.each([401, 404, 503])('refuses with %i where it is told to', async (status) => {
    const paths: (string | undefined)[] = [];
    const { url } = await listening({
      refuse: ({ url: path }) => {
        paths.push(path);
        return path === '/mqtt' ? undefined : status;
      },
    });
    expect(await refusal(dialWebSocket(`${url}/elsewhere`))).toBe(status);
    const webSocket = dialWebSocket(`${url}/mqtt`);
    atEnd(() => webSocket.terminate());
    await once(webSocket, 'open');
    expect(paths).toEqual(['/elsewhere', '/mqtt']);
  });

  it('asks a browser without WebSocket to upgrade', async () => {
    const { url } = await listening();
    const [response] = (await once(get(url.replace('ws:', 'http:')), 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(426);
  });

  it('refuses a handshake without its key', async () => {
    const { url } = await listening();
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'mqtt' };
    const request = get(url.replace('ws:', 'http:'), { headers });
    const [response] = (await once(request, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(400);
  });
});

describe('frames', () => {
  it('have nothing to do with packets [MQTT-6.0.0-2]', async () => {
    const { webSocket, frames, count } = await framed(await listening());
    const bytes = bytesOf([connect(), subscribe(1, 't'), publish('t', 'x')].join(' '));
    for (const byte of bytes.subarray(0, -12)) webSocket.send(Uint8Array.of(byte));
    webSocket.send(new Uint8Array(0));
    webSocket.send(bytes.subarray(-12, -5), { fin: false });
    webSocket.send(new Uint8Array(0), { fin: false });
    webSocket.send(bytes.subarray(-5), { fin: true });
    while (frames.join('').length < 18 * 2) await count(frames.length + 1);
    expect(frames.join('')).toBe('2003000000' + '900400010000' + '30050001740078');
  });

  it('can be as small as one byte', async () => {
    const { webSocket, frames, count } = await framed(await listening({ frameBytesMax: 1 }));
    webSocket.send(bytesOf(connect()));
    await count(5);
    expect(frames).toEqual(['20', '03', '00', '00', '00']);
  });

  it('of text end the connection with 1003 [MQTT-6.0.0-1]', async () => {
    const listener = await listening();
    const { webSocket, closed, frames } = await framed(listener);
    const [connection] = listener.connections;
    webSocket.send('hello');
    expect(await closed).toBe(1003);
    expect(frames).toEqual([]);
    expect(await connection!.closed).toMatchObject({
      by: 'transport',
      error: { message: expect.stringContaining('MQTT-6.0.0-1') as string },
    });
  });

  it('that are too long end the connection with 1009', async () => {
    const listener = await listening({ messageBytesMax: 100 });
    const { webSocket, closed } = await framed(listener);
    const [connection] = listener.connections;
    webSocket.send(new Uint8Array(101));
    expect(await closed).toBe(1009);
    expect(await connection!.closed).toMatchObject({
      by: 'transport',
      error: { message: 'Max payload size exceeded' },
    });
  });

  it.each([{ frameBytesMax: 0 }, { messageBytesMax: 0 }, { messageBytesMax: Number.NaN }])(
    'cannot be limited by %j',
    async (options) => {
      await expect(listenWebSocket(new MemoryBroker(), options)).rejects.toThrow(RangeError);
    },
  );
});

describe('the end', () => {
  it('is a closing handshake of either side', async () => {
    const listener = await listening();
    const first = await framed(listener);
    first.webSocket.send(bytesOf(connect()));
    await first.count(1);
    const [connection] = listener.connections;
    first.webSocket.close();
    expect(await connection!.closed).toMatchObject({ by: 'transport', error: undefined });
    const second = await framed(listener);
    second.webSocket.send(bytesOf(connect()));
    await second.count(1);
    await listener.connections[0]!.disconnect();
    expect(await second.closed).toBe(1000);
    expect(second.frames).toEqual(['2003000000', 'e000']);
  });

  it('without a handshake is a failure', async () => {
    const listener = await listening();
    const { webSocket } = await framed(listener);
    const [connection] = listener.connections;
    webSocket.terminate();
    expect(await connection!.closed).toMatchObject({
      by: 'transport',
      error: { message: 'The WebSocket has ended without a Close frame' },
    });
  });
});

describe('onWebSocket', () => {
  it('lets a test send text, pings and a Close frame of its own', async () => {
    const listener = await listening({
      onWebSocket(webSocket) {
        for (let i = 0; i < 100; i += 1) webSocket.ping();
        webSocket.send('hello', {});
        webSocket.send(Uint8Array.of(0x20), { binary: true, fin: false });
        webSocket.send(Uint8Array.of(0x03), { binary: true, fin: true });
        webSocket.close(1008, 'not today');
      },
    });
    const webSocket = dialWebSocket(listener.url);
    let pings = 0;
    const messages: unknown[] = [];
    webSocket.on('ping', () => (pings += 1));
    webSocket.on('message', (data: RawData, isBinary) => messages.push(isBinary, (data as Buffer).toString('hex')));
    const [code, reason] = (await once(webSocket, 'close')) as [number, Buffer];
    expect([code, reason.toString(), pings]).toEqual([1008, 'not today', 100]);
    expect(messages).toEqual([false, '68656c6c6f', true, '2003']);
  });

  it('lets a test end it without a Close frame', async () => {
    const listener = await listening({ onWebSocket: (webSocket) => webSocket.terminate() });
    const webSocket = dialWebSocket(listener.url);
    expect((await once(webSocket, 'close'))[0]).toBe(1006);
  });
});

describe('pings of a client', () => {
  it('are answered', async () => {
    const { webSocket } = await framed(await listening());
    webSocket.ping('ab');
    expect(String((await once(webSocket, 'pong'))[0])).toBe('ab');
  });
});
