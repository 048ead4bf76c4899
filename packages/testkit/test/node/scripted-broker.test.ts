import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { MemoryBroker, type ScriptedBroker } from '@minimq/testkit';
import { testCertificates, tlsClientOptions, tlsServerOptions } from '@minimq/testkit/certificates';
import { scriptedBroker, type ListenerName, type ScriptListenOptions } from '@minimq/testkit/node';
import { CONNECT, failureOf, PINGREQ } from '../script/raw-client.ts';
import { atEnd } from './closing.ts';
import { dial, dialWebSocket } from './dial.ts';

// The scripted broker over what is built on sockets.

async function listening(over: ListenerName, listen?: ScriptListenOptions): Promise<ScriptedBroker> {
  const broker = await scriptedBroker({ over, listen });
  atEnd(() => broker.stop());
  return broker;
}

async function connected(broker: ScriptedBroker) {
  const client = await dial(broker.url!);
  atEnd(() => client.stream.destroy());
  client.send(CONNECT);
  await broker.expect.connect({ clientId: 'c' });
  await broker.send.connack();
  expect(await client.take(5)).toBe('20 03 00 00 00');
  return client;
}

describe.each([
  ['tls', 'mqtts'],
  ['ws', 'ws'],
  ['wss', 'wss'],
] as const)('scriptedBroker over %s', (over, scheme) => {
  it('listens on a free port of this machine, and says where', async () => {
    const broker = await listening(over);
    expect(broker.url).toMatch(new RegExp(`^${scheme}://127\\.0\\.0\\.1:\\d+$`));
    const client = await connected(broker);
    client.send(PINGREQ);
    await broker.expect.pingreq();
    await broker.sendBytes('d0');
    await broker.sendBytes('00');
    expect(await client.take(2)).toBe('d0 00');
    await broker.hangUp();
    await client.ended;
    await broker.close();
  });

  it('rejects where it cannot have the port', async () => {
    const { url } = await listening(over);
    const listen = { port: Number(new URL(url!).port) };
    await expect(scriptedBroker({ over, listen })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('hears of the end of a client', async () => {
    const broker = await listening(over);
    const { stream } = await connected(broker);
    stream.end();
    await broker.expect.end();
    await broker.close();
  });

  it('cuts with what was sent before', async () => {
    const broker = await listening(over);
    const client = await connected(broker);
    await broker.send.publish({ topic: 't', payload: 'x'.repeat(100) });
    await broker.cut();
    await client.ended;
    expect(client.rest()).toBe(`30 68 00 01 74 00${' 78'.repeat(100)}`);
  });

  it('cuts one connection after the other, and resets', async () => {
    const broker = await listening(over);
    const first = await connected(broker);
    await broker.cut();
    await first.ended;
    const second = await connected(broker);
    await broker.cut({ reset: true });
    await second.ended;
    await broker.done();
  });

  it('hands over to an in-memory broker', async () => {
    const broker = await listening(over);
    const client = await connected(broker);
    const memory = new MemoryBroker();
    atEnd(() => memory.close());
    await broker.handOver(memory);
    client.send(PINGREQ);
    expect(await client.take(2)).toBe('d0 00');
    client.stream.destroy();
  });
});

describe('a reset', () => {
  it('goes through TLS to the TCP below', async () => {
    const broker = await listening('tls');
    const { stream, errors, ended } = await connected(broker);
    stream.resume();
    await broker.cut({ reset: true });
    await ended;
    expect(errors).toMatchObject([{ code: 'ECONNRESET' }]);
  });
});

describe('half-closing', () => {
  it('works over TLS', async () => {
    const broker = await listening('tls');
    const { stream } = await connected(broker);
    const ended = once(stream, 'end');
    await broker.halfClose();
    await ended;
    await broker.expect.end();
    await broker.close();
  });

  it('is nothing that a WebSocket has', async () => {
    const broker = await listening('ws');
    await connected(broker);
    expect(await failureOf(broker.halfClose())).toMatchObject({ code: 'misuse' });
  });
});

describe('the options', () => {
  it('choose the certificate', async () => {
    const { expired: certificate } = testCertificates();
    const broker = await listening('tls', { tls: tlsServerOptions({ certificate }) });
    const socket = connectTls({ port: Number(new URL(broker.url!).port), host: '127.0.0.1', ...tlsClientOptions() });
    expect(await once(socket, 'secureConnect').catch((error: unknown) => error)).toMatchObject({
      code: 'CERT_HAS_EXPIRED',
    });
    // It never came as far as MQTT.
    await broker.close();
  });

  it('reject a certificate that is none', async () => {
    for (const over of ['tls', 'wss'] as const) {
      const listen = { tls: { cert: 'x', key: 'y' } };
      await expect(scriptedBroker({ over, listen })).rejects.toMatchObject({ code: 'ERR_OSSL_PEM_NO_START_LINE' });
    }
  });

  it('make the WebSocket misbehave', async () => {
    const broker = await listening('wss', { webSocket: { refuse: () => 503 } });
    const webSocket = dialWebSocket(broker.url!);
    webSocket.on('error', () => {});
    const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(503);
    webSocket.terminate();
    await broker.close();
  });
});
