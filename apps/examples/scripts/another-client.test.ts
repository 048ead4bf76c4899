// Another client: the script listens on a TCP port, so that it can be about any MQTT client, in any language. Here it is
// thirty lines of sockets; in your test it is a client library, or a program that you start.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { scriptedBroker } from '@minimq/testkit/node';
import { it } from 'vitest';

/** The code under test: logs in, and publishes one message of QoS 0. */
async function shout(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  // CONNECT with a clean start and the client identifier "s".
  socket.write(Buffer.from('100e00044d5154540502003c00000173', 'hex'));
  await once(socket, 'data');
  const payload = Buffer.from(text);
  socket.write(Buffer.concat([Buffer.from([0x30, 4 + payload.length, 0, 1, 0x61, 0]), payload]));
  return socket;
}

it('logs in before it shouts', async () => {
  const broker = await scriptedBroker({ over: 'tcp' });
  const shouting = shout(broker.url!, 'hey');
  await broker.expect.connect({ clientId: 's', keepAlive: 60 });
  await broker.send.connack();
  await broker.expect.publish({ topic: 'a', payload: 'hey', qos: 0 });
  (await shouting).end();
  await broker.expect.end();
  await broker.close();
});
