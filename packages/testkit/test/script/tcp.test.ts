import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryBroker, type ScriptedBroker } from '@minimq/testkit';
import { scriptedBroker } from '@minimq/testkit/node';
import { CONNECT, failureOf, PINGREQ } from './raw-client.ts';

// The scripted broker over sockets: what is different there.

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(): Promise<ScriptedBroker> {
  const broker = await scriptedBroker({ over: 'tcp' });
  closing.push(() => broker.stop());
  return broker;
}

async function dial(
  broker: ScriptedBroker,
): Promise<{ socket: Socket; send: (hex: string) => void; received: () => string }> {
  const socket = connectSocket({ port: Number(new URL(broker.url!).port), host: '127.0.0.1', noDelay: true });
  closing.push(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'connect');
  return {
    socket,
    send: (hex) => void socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    received: () => Buffer.concat(chunks).toString('hex'),
  };
}

describe('scriptedBroker over TCP', () => {
  it('listens on a free port of this machine, and says where', async () => {
    const broker = await listening();
    expect(broker.url).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+$/);
    const { socket, send, received } = await dial(broker);
    send(CONNECT);
    await broker.expect.connect({ clientId: 'c' });
    await broker.send.connack();
    await broker.hangUp();
    await once(socket, 'close');
    expect(received()).toBe('2003000000');
    await broker.close();
  });

  it('rejects where it cannot have the port', async () => {
    const broker = await listening();
    const port = Number(new URL(broker.url!).port);
    await expect(scriptedBroker({ over: 'tcp', listen: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('serves one connection after the other', async () => {
    const broker = await listening();
    for (const number of [1, 2, 3]) {
      const { socket, send } = await dial(broker);
      send(CONNECT);
      await broker.expect.connect();
      await broker.cut();
      await once(socket, 'close');
      expect(broker.connections).toHaveLength(number);
    }
    await broker.done();
  });

  it('cuts with what was sent before, or as a reset', async () => {
    const broker = await listening();
    const first = await dial(broker);
    first.send(CONNECT);
    await broker.expect.connect();
    await broker.send.connack();
    await broker.cut();
    await once(first.socket, 'close');
    expect(first.received()).toBe('2003000000');
    const second = await dial(broker);
    const failed = new Promise((resolve) => second.socket.once('close', resolve));
    second.send(CONNECT);
    await broker.expect.connect();
    await broker.cut({ reset: true });
    expect(await failed).toBe(true);
  });

  it('half-closes, and goes on reading', async () => {
    const broker = await listening();
    const port = Number(new URL(broker.url!).port);
    const socket = connectSocket({ port, host: '127.0.0.1', allowHalfOpen: true });
    closing.push(() => socket.destroy());
    socket.resume();
    await broker.expect.connection();
    await broker.halfClose();
    await once(socket, 'end');
    socket.end(Buffer.from(CONNECT.replaceAll(' ', ''), 'hex'));
    await broker.expect.connect();
    await broker.expect.end();
    await broker.close();
  });

  it('sees a reset as the end, with its reason in the transcript', async () => {
    const broker = await listening();
    const { socket, send } = await dial(broker);
    send(CONNECT);
    await broker.expect.connect();
    socket.resetAndDestroy();
    await broker.expect.end();
    expect(broker.transcript.toString()).toMatch(/#1 {2}\| {6}lost {7}\| {2}.*ECONNRESET/);
  });

  it('listens to silence in real time', async () => {
    const broker = await listening();
    const { send } = await dial(broker);
    send(CONNECT);
    await broker.expect.connect();
    await broker.expectSilence();
    const silence = failureOf(broker.expectSilence({ forMs: 60_000 }));
    send(PINGREQ);
    expect(await silence).toMatchObject({ code: 'unexpected-packet' });
  });

  it('hands a socket over to the in-memory broker, with what was read before', async () => {
    const broker = await listening();
    const memory = new MemoryBroker({ reasonStrings: false });
    closing.push(() => memory.close());
    const { socket, send, received } = await dial(broker);
    send(`${CONNECT} 82 07 00`);
    await broker.expect.connect();
    const connection = await broker.handOver(memory);
    send('02 00 00 01 61 01');
    send('e0 00');
    await once(socket, 'close');
    expect(received()).toBe('2003000000900400020001');
    expect(await connection.closed).toEqual({ by: 'client', reasonCode: 0 });
    await broker.close();
  });

  it('ends the sockets of a script that has failed', async () => {
    const broker = await listening();
    const { socket, send } = await dial(broker);
    send(PINGREQ);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    expect(await failureOf(broker.expect.connect())).toMatchObject({ code: 'unexpected-packet' });
    await closed;
  });
});
