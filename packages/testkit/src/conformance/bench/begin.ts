import type { ClientPackets, FieldsSent, ServerPackets } from '../../script/packets.ts';
import type { Connected, ConnectRequest } from '../client.ts';
import { resolved } from './attempt.ts';
import type { Bench } from './bench.ts';

type Connack = FieldsSent<ServerPackets['connack']>;

type Beginning = Pick<Bench, 'broker' | 'client' | 'pace'>;

/** What has been said when a connection stands. */
export interface Begun {
  readonly connect: ClientPackets['connect'];
  readonly connected: Connected;
}

/** A connection that begins as it should, with this CONNACK. */
export async function begin(bench: Beginning, connack: Connack = {}, request?: ConnectRequest): Promise<Begun> {
  const { broker, client } = bench;
  const connecting = client.connect(request);
  const connect = await broker.expect.connect();
  await broker.send.connack(connack);
  return { connect, connected: await resolved(bench, 'connect()', connecting) };
}

/** The next connection of a client that resumes its session. */
export async function resume(bench: Beginning, connack: Connack = {}): Promise<Begun> {
  const connecting = bench.client.connect();
  const connect = await bench.broker.expect.connect({ cleanStart: false });
  await bench.broker.send.connack({ sessionPresent: true, ...connack });
  return { connect, connected: await resolved(bench, 'connect()', connecting) };
}
