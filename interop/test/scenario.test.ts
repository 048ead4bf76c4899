import { Buffer } from 'node:buffer';
import { QoS, type Session } from '@minimq/core';
import { connectUnix } from '@minimq/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Mosquitto } from './support/mosquitto.ts';
import { connectCuttable, connected, newSession, open, uniqueName, type TestConfig } from './support/sessions.ts';
import { transports } from './support/transports.ts';

const QUALITIES = [QoS.atMostOnce, QoS.atLeastOnce, QoS.exactlyOnce];

/** One message of each QoS from one session to another, in order. */
async function expectDelivery(publisher: Session, subscriber: Session, topic: string): Promise<void> {
  for (const qos of QUALITIES) {
    const op = await publisher.publish({ topic, payload: `at ${qos}`, qos });
    const message = await subscriber.recv({ timeoutMs: 10_000 });
    expect({ topic: message.topic, text: message.text(), qos: message.qos }).toEqual({ topic, text: `at ${qos}`, qos });
    await op.completion();
  }
}

/** One message with a payload of so many bytes, and each of them in its place. */
async function expectWhole(
  publisher: Session,
  subscriber: Session,
  { topic, qos, length }: { readonly topic: string; readonly qos: QoS; readonly length: number },
): Promise<void> {
  const payload = Uint8Array.from({ length }, (_, index) => (index * 7 + qos) % 251);
  await publisher.publish({ topic, payload, qos });
  const message = await subscriber.recv({ timeoutMs: 10_000 });
  expect(Buffer.compare(message.payload, payload)).toBe(0);
}

describe.each(transports)('over $name', (transport) => {
  async function start(...settings: string[]): Promise<Mosquitto> {
    const mosquitto = await Mosquitto.start(() => ['allow_anonymous true', ...settings], transport);
    onTestFinished(() => mosquitto.stop());
    return mosquitto;
  }

  it('a session connects, subscribes, publishes, is cut off, resumes and disconnects', async () => {
    const mosquitto = await start('set_tcp_nodelay true');
    const topic = uniqueName();
    const other = await connected(mosquitto);
    const session = newSession();
    const { event, cut } = await connectCuttable(session, mosquitto);
    expect(event.kind).toBe('connected');
    await session.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    await expectDelivery(session, session, topic);
    await expectDelivery(other, session, topic);

    await cut();
    expect(await event.closed).toMatchObject({ by: 'transport' });
    const missed = await other.publish({ topic, payload: 'missed', qos: QoS.exactlyOnce });
    await missed.completion();
    expect(await session.connect(await open(mosquitto))).toMatchObject({ kind: 'reconnected' });
    expect((await session.recv({ timeoutMs: 10_000 })).text()).toBe('missed');
    await expectDelivery(session, session, topic);

    await session.disconnect();
    // What it writes where a DISCONNECT has come, and not the end alone.
    await mosquitto.logged(new RegExp(`Client ${session.clientId} disconnected\\.$`));
  });

  it('messages that take many records, frames and reads arrive whole', async () => {
    const mosquitto = await start();
    const [there, back] = [uniqueName(), uniqueName()];
    const room: TestConfig = { rx: 400_000, tx: 400_000 };
    const session = await connected(mosquitto, room);
    const plain = newSession(room);
    await plain.connect(await connectUnix({ path: mosquitto.socketPath }));
    await plain.subscribe([{ topicFilter: there, qos: QoS.exactlyOnce }]);
    await session.subscribe([{ topicFilter: back, qos: QoS.exactlyOnce }]);
    for (const qos of QUALITIES) {
      await expectWhole(session, plain, { topic: there, qos, length: 300_000 });
      // Of a longer one over WebSocket mosquitto keeps the rest until it has something else to send.
      await expectWhole(plain, session, { topic: back, qos, length: 48_000 });
    }
  });

  it('a session learns that the broker has gone', async () => {
    const mosquitto = await start();
    const session = newSession();
    const event = await session.connect(await open(mosquitto));
    await mosquitto.end('SIGKILL');
    expect(await event.closed).toMatchObject({ by: 'transport' });
    await mosquitto.run();
    // It had no database, so the session is gone with it.
    expect(await session.connect(await open(mosquitto))).toMatchObject({ kind: 'connected' });
  });
});
