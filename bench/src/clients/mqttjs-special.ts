import { connectAsync } from 'mqtt';
import { TOPIC } from '../wire/packets.ts';
import { brokerUrl, MQTTJS_OPTIONS } from './mqttjs.ts';
import type { IdleClient, Resume, StoppedConsumer } from './special.ts';

export const mqttJsIdle: IdleClient = {
  readBytes: () => 0,
  open: (target) => connectAsync(brokerUrl(target), { ...MQTTJS_OPTIONS, keepalive: 60 }),
};

export const mqttJsResume: Resume = async (target, inFlight) => {
  const client = await connectAsync(brokerUrl(target), {
    ...MQTTJS_OPTIONS,
    clientId: 'mqttjs',
    clean: false,
    // Its reconnect() would drop what is in flight: only its timer resumes.
    reconnectPeriod: 1,
    properties: { sessionExpiryInterval: 3_600 },
  });
  const closed = new Promise<void>((resolve) => void client.once('close', resolve));
  const payload = Buffer.alloc(64);
  const acknowledged = new Promise<void>((resolve, reject) => {
    let left = inFlight;
    for (let i = 0; i < inFlight; i++) {
      client.publish(TOPIC, payload, { qos: 1 }, (error) => {
        if (error) return reject(error);
        left--;
        if (left === 0) resolve();
      });
    }
  });
  await closed;
  const start = performance.now();
  await acknowledged;
  const elapsedMs = performance.now() - start;
  await client.endAsync(true);
  return elapsedMs;
};

export const mqttJsStopped: StoppedConsumer = async (target) => {
  const client = await connectAsync(brokerUrl(target), MQTTJS_OPTIONS);
  // Its way to hold the next message back: the callback is never called.
  client.handleMessage = () => {};
  return async () => void (await client.subscribeAsync(TOPIC, { qos: 2 }));
};
