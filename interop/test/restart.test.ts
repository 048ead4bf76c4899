import { QoS, type ConnectEvent, type Op, type Session } from '@minimq/core';
import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { HeldIo } from './support/held-io.ts';
import { Mosquitto } from './support/mosquitto.ts';
import { connected, newSession, open, uniqueName, type TestConfig } from './support/sessions.ts';

// What can be asked of a mosquitto that is killed by SIGKILL: it comes back with what its database held, and it writes
// that when it is told to (SIGUSR1) or at intervals, never before it acknowledges. So each test brings both sides into
// a state, has it written, and kills mosquitto before anything else happens: what had been acknowledged by then is kept
// by mosquitto, what had not by the session, and between the two nothing is lost, and nothing of QoS 2 is doubled. What
// mosquitto acknowledges after the last time that it wrote is gone with it, and no client could tell.
const PERSISTENT = [
  'allow_anonymous true',
  'set_tcp_nodelay true',
  'max_queued_messages 0',
  'persistence true',
  'autosave_interval 0',
];

let mosquitto: Mosquitto;
beforeEach(async () => {
  mosquitto = await Mosquitto.start(() => PERSISTENT);
});
afterEach(() => mosquitto.stop());

/** Writes the state, ends the process without a chance to do more, and starts it again. */
async function killAndRestart(...events: readonly ConnectEvent[]): Promise<void> {
  await mosquitto.save();
  await mosquitto.end('SIGKILL');
  // Whoever was connected knows; a held stream has to be cut by the test.
  for (const { closed } of events) expect(await closed).toMatchObject({ by: 'transport' });
  await mosquitto.run();
}

/**
 * A session that mosquitto writes to its database, and that is not connected. Version 2.0.11 leaves out those whose last
 * CONNECT asked for a clean start, as the first one of a session does: so this one has been there twice.
 */
async function persistentSession(config: TestConfig = {}): Promise<Session> {
  const session = await connected(mosquitto, config);
  await session.disconnect();
  await reconnect(session);
  await session.disconnect();
  return session;
}

async function reconnect(session: Session): Promise<ConnectEvent> {
  const event = await session.connect(await open(mosquitto));
  expect(event.kind).toBe('reconnected');
  return event;
}

function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

async function publishNumbers(session: Session, topic: string, qos: QoS, count: number, from = 0): Promise<Op[]> {
  const ops: Op[] = [];
  for (const number of numbers(count, from)) ops.push(await session.publish({ topic, payload: String(number), qos }));
  return ops;
}

async function receiveNumbers(session: Session, count: number): Promise<number[]> {
  const received: number[] = [];
  while (received.length < count) received.push(Number((await session.recv({ timeoutMs: 10_000 })).text()));
  return received;
}

/** Nothing more comes: the broker's answer to this would come behind it. */
async function expectNothingMore(session: Session, topic: string): Promise<void> {
  await session.unsubscribe([topic]);
  expect(session.drive()).toBeNull();
}

describe('mosquitto is killed and started again', () => {
  it('subscriptions and retained messages are still there', async () => {
    const topic = uniqueName();
    const session = await persistentSession();
    const event = await reconnect(session);
    await session.subscribe([{ topicFilter: `${topic}/#`, qos: QoS.exactlyOnce }], {
      properties: { subscriptionIdentifier: 7 },
    });
    const kept = await session.publish({ topic: `${topic}/kept`, payload: 'kept', qos: QoS.atLeastOnce, retain: true });
    await kept.completion();
    expect((await session.recv()).text()).toBe('kept');
    session.drive(); // Coming back acknowledges it.
    await session.unsubscribe(['nothing']); // The broker has had everything before its answer.

    await killAndRestart(event);
    await reconnect(session);
    await publishNumbers(session, `${topic}/new`, QoS.exactlyOnce, 1);
    expect(await session.recv({ timeoutMs: 10_000 })).toMatchObject({
      topic: `${topic}/new`,
      subscriptionIdentifiers: [7],
    });
    const other = await connected(mosquitto);
    await other.subscribe([`${topic}/kept`]);
    expect((await other.recv({ timeoutMs: 10_000 })).text()).toBe('kept');
  });

  it.each([QoS.atLeastOnce, QoS.exactlyOnce])(
    'messages of QoS %i that it held for an absent subscriber arrive, once and in order',
    async (qos) => {
      const topic = uniqueName();
      const subscriber = await persistentSession();
      await reconnect(subscriber);
      await subscriber.subscribe([{ topicFilter: topic, qos }]);
      await subscriber.disconnect();
      const publisher = newSession();
      const event = await publisher.connect(await open(mosquitto));
      for (const op of await publishNumbers(publisher, topic, qos, 100)) await op.completion();

      await killAndRestart(event);
      await reconnect(subscriber);
      expect(await receiveNumbers(subscriber, 100)).toEqual(numbers(100));
      await expectNothingMore(subscriber, topic);
    },
  );

  it('messages that it had sent, and that were not acknowledged, come again', async () => {
    const topic = uniqueName();
    const subscriber = await persistentSession({ manualAck: true });
    const event = await reconnect(subscriber);
    await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    const publisher = newSession();
    const publisherEvent = await publisher.connect(await open(mosquitto));
    for (const qos of [QoS.atLeastOnce, QoS.exactlyOnce]) {
      for (const op of await publishNumbers(publisher, topic, qos, 5, qos * 10)) await op.completion();
    }
    const all = [...numbers(5, 10), ...numbers(5, 20)];
    expect(await receiveNumbers(subscriber, 10)).toEqual(all);

    await killAndRestart(event, publisherEvent);
    await reconnect(subscriber);
    for (const number of all) {
      const message = await subscriber.recv({ timeoutMs: 10_000 });
      expect({ text: message.text(), dup: message.dup }).toEqual({ text: String(number), dup: true });
      message.ack();
    }
    await expectNothingMore(subscriber, topic);
  });

  it('a QoS 2 message that was handed over, and whose PUBREC had not left, is not handed over again', async () => {
    const topic = uniqueName();
    const subscriber = await persistentSession();
    const event = await reconnect(subscriber);
    await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    const publisher = newSession();
    const publisherEvent = await publisher.connect(await open(mosquitto));
    for (const op of await publishNumbers(publisher, topic, QoS.exactlyOnce, 3)) await op.completion();
    expect(await receiveNumbers(subscriber, 1)).toEqual([0]);

    await killAndRestart(event, publisherEvent);
    await reconnect(subscriber);
    expect(await receiveNumbers(subscriber, 2)).toEqual([1, 2]);
    await expectNothingMore(subscriber, topic);
  });

  it('publishes that it had, and whose acknowledgements were lost, are sent again: QoS 2 is not doubled', async () => {
    const topic = uniqueName();
    const subscriber = await persistentSession();
    await reconnect(subscriber);
    await subscriber.subscribe([{ topicFilter: `${topic}/+`, qos: QoS.exactlyOnce }]);
    await subscriber.disconnect();
    const publisher = await persistentSession();
    const io = new HeldIo(await open(mosquitto));
    await publisher.connect(io);
    // A second session, behind which mosquitto has had all of the first: see below.
    const watcher = newSession();
    const watcherEvent = await watcher.connect(await open(mosquitto));
    await watcher.subscribe([`${topic}/last`]);
    io.holdReads();
    const ops = [
      ...(await publishNumbers(publisher, `${topic}/1`, QoS.atLeastOnce, 10)),
      ...(await publishNumbers(publisher, `${topic}/2`, QoS.exactlyOnce, 10)),
    ];
    await publisher.publish({ topic: `${topic}/last` });
    await watcher.recv({ timeoutMs: 10_000 });

    await killAndRestart(watcherEvent);
    await io.cut();
    await reconnect(publisher);
    for (const op of ops) await op.completion();
    await reconnect(subscriber);
    const received = { '1': [] as number[], '2': [] as number[] };
    for (let count = 0; count < 30; count++) {
      const message = await subscriber.recv({ timeoutMs: 10_000 });
      received[message.topic.endsWith('/1') ? '1' : '2'].push(Number(message.text()));
    }
    // QoS 1: it has queued both what it had before and what came again.
    expect(received).toEqual({ '1': [...numbers(10), ...numbers(10)], '2': numbers(10) });
    await expectNothingMore(subscriber, `${topic}/+`);
  });

  it('publishes that it never had are sent to it', async () => {
    const topic = uniqueName();
    const subscriber = await persistentSession();
    await reconnect(subscriber);
    await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
    await subscriber.disconnect();
    const publisher = await persistentSession();
    const io = new HeldIo(await open(mosquitto));
    await publisher.connect(io);
    await publisher.flush();
    io.holdWrites();
    const ops = await publishNumbers(publisher, topic, QoS.exactlyOnce, 20);

    await killAndRestart();
    await io.cut();
    await reconnect(publisher);
    for (const op of ops) await op.completion();
    await reconnect(subscriber);
    expect(await receiveNumbers(subscriber, 20)).toEqual(numbers(20));
    await expectNothingMore(subscriber, topic);
  });
});
