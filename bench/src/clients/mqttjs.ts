import { Socket } from 'node:net';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { TOPIC } from '../wire/packets.ts';
import type { BenchClient, PublishJob, ReceiveJob, Target, Work } from './client.ts';

/** No timers in the way, and no reconnecting when the peer goes. */
export const MQTTJS_OPTIONS: IClientOptions = {
  protocolVersion: 5,
  keepalive: 0,
  reconnectPeriod: 0,
  resubscribe: false,
  rejectUnauthorized: false,
};

export async function openMqttJs(target: Target, inFlight: number): Promise<BenchClient> {
  const client = await connectAsync(brokerUrl(target), { ...MQTTJS_OPTIONS, properties: { receiveMaximum: inFlight } });
  // It leaves Nagle's algorithm on, and small packets then wait for 40 ms at times.
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  return {
    publisher: (job) => publisher(client, job),
    receiver: (job) => receiver(client, job),
    echoer: (payloadBytes, onNs) => echoer(client, payloadBytes, onNs),
    close: () => client.endAsync(true),
  };
}

export function brokerUrl({ transport, port }: Target): string {
  const scheme = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws' }[transport];
  return `${scheme}://127.0.0.1:${port}`;
}

/**
 * Publishes `inFlight` at once, and again when all are done: its fastest way, faster than a window that is kept full or
 * promises, since it then writes many with one call.
 */
function publisher(client: MqttClient, { qos, payloadBytes, inFlight }: PublishJob): Work {
  const payload = Buffer.alloc(payloadBytes);
  const options = { qos };

  const wave = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      let left = count;
      const onDone = (error?: Error | null): void => {
        left--;
        if (error) reject(error);
        else if (left === 0) resolve();
      };
      for (let i = 0; i < count; i++) client.publish(TOPIC, payload, options, onDone);
    });
  return async (count) => {
    for (let left = count; left > 0; left -= inFlight) await wave(Math.min(left, inFlight));
    if (qos === 0) await client.publishAsync(TOPIC, '', { qos: 1 });
  };
}

function receiver(client: MqttClient, { subscriptions = 1 }: ReceiveJob): Work {
  let isSubscribed = false;
  let received = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let done: () => void = () => {};
  client.on('message', () => {
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
      for (let i = 1; i < subscriptions; i++) await client.subscribeAsync(`${TOPIC}/${i}`);
      await client.subscribeAsync(TOPIC, { qos: 2 });
    }
    await all;
  };
}

function echoer(client: MqttClient, payloadBytes: number, onNs: (ns: number) => void): Work {
  const payload = Buffer.alloc(payloadBytes);
  let onMessage: () => void = () => {};
  client.on('message', () => onMessage());
  return (count) =>
    new Promise((resolve) => {
      let left = count;
      let start = 0n;
      const send = (): void => {
        start = process.hrtime.bigint();
        client.publish(TOPIC, payload);
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
