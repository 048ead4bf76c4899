import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { MQTTClient_v5 as Client } from 'u8-mqtt';
import { TOPIC } from '../wire/packets.ts';
import type { BenchClient, PublishJob, Target, Work } from './client.ts';

/** Over TCP; it knows no QoS 2. */
export async function openU8Mqtt({ transport, port }: Target): Promise<BenchClient> {
  if (transport !== 'tcp') throw new Error(`u8-mqtt is not measured over ${transport}`);
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const client = new Client();
  client.log_conn = undefined;
  client.with_stream(socket);
  await client.connect({ client_id: 'u8', keep_alive: 0xffff });
  return {
    publisher: (job) => publisher(client, socket, job),
    receiver: () => receiver(client),
    echoer: (payloadBytes, onNs) => echoer(client, payloadBytes, onNs),
    close: async () => void socket.destroy(),
  };
}

function publisher(client: Client, socket: Socket, { qos, payloadBytes, inFlight }: PublishJob): Work {
  if (qos === 2) throw new Error('u8-mqtt knows no QoS 2');
  const payload = new Uint8Array(payloadBytes);

  const posts = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await client.post(TOPIC, payload);
      if (socket.writableNeedDrain) await once(socket, 'drain');
    }
    await client.send(TOPIC, '');
  };
  const sends = async (count: number): Promise<void> => {
    let left = count;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left--;
        await client.send(TOPIC, payload);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  };
  return qos === 0 ? posts : sends;
}

function receiver(client: Client): Work {
  let isSubscribed = false;
  let received = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let done: () => void = () => {};
  client.on_topic(TOPIC, () => {
    received++;
    if (received === wanted) done();
  });
  return async (count) => {
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    wanted = received + count;
    if (!isSubscribed) {
      isSubscribed = true;
      await client.subscribe({ topics: [[TOPIC, 1]] });
    }
    await all;
  };
}

function echoer(client: Client, payloadBytes: number, onNs: (ns: number) => void): Work {
  const payload = new Uint8Array(payloadBytes);
  let onMessage: () => void = () => {};
  client.on_topic(TOPIC, () => onMessage());
  return (count) =>
    new Promise((resolve, reject) => {
      let left = count;
      let start = 0n;
      const send = (): void => {
        start = process.hrtime.bigint();
        client.post(TOPIC, payload).catch(reject);
      };
      onMessage = () => {
        onNs(Number(process.hrtime.bigint() - start));
        left--;
        if (left > 0) send();
        else resolve();
      };
      send();
    });
}
