import { DisconnectedError, InvalidatedError, keepConnected, QoS, type Op, type Session } from '@minimq/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HeldIo } from './support/held-io.ts';
import { Mosquitto } from './support/mosquitto.ts';
import {
  breakableWay,
  connectCuttable,
  connected,
  newSession,
  open,
  rejection,
  uniqueName,
  type BreakableWay,
} from './support/sessions.ts';
import { transports } from './support/transports.ts';

/** The one of the transport whose tests are running. */
let mosquitto: Mosquitto;

function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Publishes `count` messages whose payloads are their numbers. */
async function publishNumbers(session: Session, topic: string, qos: QoS, count: number, from = 0): Promise<Op[]> {
  const ops: Op[] = [];
  for (const number of numbers(count, from)) {
    ops.push(await session.publish({ topic, payload: String(number), qos, tag: `${topic} ${number}` }));
  }
  return ops;
}

async function receiveNumbers(session: Session, count: number): Promise<number[]> {
  const received: number[] = [];
  while (received.length < count) received.push(Number((await session.recv({ timeoutMs: 10_000 })).text()));
  return received;
}

/** Connects, and lets the test hold back what the broker answers. */
async function connectHeld(session: Session): Promise<HeldIo> {
  const io = new HeldIo(await open(mosquitto));
  await session.connect(io);
  return io;
}

describe.each(transports)('over $name', (transport) => {
  beforeAll(async () => {
    const settings = ['allow_anonymous true', 'set_tcp_nodelay true', 'max_queued_messages 0'];
    mosquitto = await Mosquitto.start(() => settings, transport);
  });
  afterAll(() => mosquitto.stop());

  describe('a connection that is reset again and again', () => {
    const COUNT = 2_000;
    const EVERY = 190;

    it.each([QoS.atLeastOnce, QoS.exactlyOnce])('loses no message of QoS %i', async (qos) => {
      const topic = uniqueName();
      const publisher = newSession({ inbound: 'discard', tx: 4_096 });
      const subscriber = newSession({ rx: 4_096 });
      const publisherWay = await breakableWay(mosquitto);
      const subscriberWay = await breakableWay(mosquitto);
      let cutCount = 0;
      const keep = (session: Session, way: BreakableWay, run: () => Promise<void>): Promise<void> =>
        keepConnected(session, { open: () => way.open(), run, backoff: { firstMs: 1, mostMs: 1 } });

      await subscriber.connect(await open(mosquitto));
      await subscriber.subscribe([{ topicFilter: topic, qos }]);
      await subscriber.disconnect();

      let next = 0;
      const publishing = keep(publisher, publisherWay, async () => {
        while (next < COUNT) {
          await publisher.publish({ topic, payload: String(next), qos });
          next += 1;
        }
        for (const op of publisher.pending) await op.completion();
        await publisher.disconnect();
      });
      const received: number[] = [];
      const receiving = keep(subscriber, subscriberWay, async () => {
        for await (const message of subscriber.messages()) {
          const number = Number(message.text());
          received.push(number);
          if (received.length % EVERY === 0) {
            // The publisher's, the subscriber's, both, and so on.
            cutCount += 1;
            if (cutCount % 3 !== 2) publisherWay.reset();
            if (cutCount % 3 !== 1) subscriberWay.reset();
          }
          if (number === COUNT - 1) {
            message.ack();
            await subscriber.disconnect();
            return;
          }
        }
      });
      await Promise.all([publishing, receiving]);

      expect(cutCount).toBeGreaterThanOrEqual(10);
      // At QoS 1 what was not acknowledged came again; the first copies are complete and in order all the same.
      const firstCopies = qos === QoS.exactlyOnce ? received : [...new Set(received)];
      expect(firstCopies).toEqual(numbers(COUNT));
    });
  });

  describe('publishes that the broker has, and whose acknowledgements were lost', () => {
    it('are sent again: QoS 1 arrives a second time, QoS 2 does not', async () => {
      const topic = uniqueName();
      const watcher = await connected(mosquitto);
      await watcher.subscribe([{ topicFilter: `${topic}/+`, qos: QoS.exactlyOnce }]);
      const session = newSession();
      const io = await connectHeld(session);
      io.holdReads();
      const ops = await publishNumbers(session, `${topic}/1`, QoS.atLeastOnce, 10);
      ops.push(...(await publishNumbers(session, `${topic}/2`, QoS.exactlyOnce, 10)));
      // The broker has the first ten, and so it has, or is about to have, the others.
      expect(await receiveNumbers(watcher, 10)).toEqual(numbers(10));
      await session.flush();
      expect(session.pending).toHaveLength(20);
      await io.cut();

      const event = await session.connect(await open(mosquitto));
      expect(event.kind).toBe('reconnected');
      for (const op of ops) await op.completion();
      const again = { '1': [] as number[], '2': [] as number[] };
      for (let count = 0; count < 20; count++) {
        const message = await watcher.recv({ timeoutMs: 10_000 });
        again[message.topic.endsWith('/1') ? '1' : '2'].push(Number(message.text()));
      }
      expect(again).toEqual({ '1': numbers(10), '2': numbers(10) });
      await watcher.unsubscribe([`${topic}/+`]);
      expect(watcher.drive()).toBeNull();
    });

    it('are carried on by a session restored from a snapshot, as after the end of the process', async () => {
      const topic = uniqueName();
      const watcher = await connected(mosquitto);
      await watcher.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      const clientId = uniqueName();
      const first = newSession({ clientId });
      const io = await connectHeld(first);
      io.holdReads();
      await publishNumbers(first, topic, QoS.exactlyOnce, 10);
      await first.flush();
      const restore = first.snapshot();
      await io.cut();

      const second = newSession({ clientId, restore });
      expect(second.pending.map(({ tag }) => tag)).toEqual(numbers(10).map((number) => `${topic} ${number}`));
      const ops = second.pending;
      expect(await second.connect(await open(mosquitto))).toMatchObject({ kind: 'reconnected' });
      for (const op of ops) await op.completion();
      await publishNumbers(second, topic, QoS.exactlyOnce, 10, 10);
      expect(await receiveNumbers(watcher, 20)).toEqual(numbers(20));
    });
  });

  describe('a session that comes back', () => {
    it('is given what came while it was away, and what it had not acknowledged', async () => {
      const topic = uniqueName();
      const publisher = await connected(mosquitto);
      const subscriber = newSession({ manualAck: true });
      const { cut } = await connectCuttable(subscriber, mosquitto);
      await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      await publishNumbers(publisher, topic, QoS.exactlyOnce, 4);
      expect(await receiveNumbers(subscriber, 4)).toEqual(numbers(4));
      await cut();
      for (const op of await publishNumbers(publisher, topic, QoS.atLeastOnce, 4, 4)) await op.completion();

      expect(await subscriber.connect(await open(mosquitto))).toMatchObject({ kind: 'reconnected' });
      for (const number of numbers(8)) {
        const message = await subscriber.recv({ timeoutMs: 10_000 });
        expect(message.text()).toBe(String(number));
        // Of what came meanwhile, mosquitto may have sent some already before it noticed the loss.
        if (number < 4) expect(message.dup).toBe(true);
        expect(message.ack()).toBe(true);
      }
    });

    it('is not given a QoS 2 message twice that it was handed before its acknowledgement was lost', async () => {
      const topic = uniqueName();
      const publisher = await connected(mosquitto);
      const subscriber = newSession();
      const { cut } = await connectCuttable(subscriber, mosquitto);
      await subscriber.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      for (const op of await publishNumbers(publisher, topic, QoS.exactlyOnce, 3)) await op.completion();
      // The one in hand is not acknowledged: nobody has come back for the next.
      expect(await receiveNumbers(subscriber, 1)).toEqual([0]);
      await cut();
      await subscriber.connect(await open(mosquitto));
      expect(await receiveNumbers(subscriber, 2)).toEqual([1, 2]);
    });

    it('has its subscriptions, one without answer included', async () => {
      const topic = uniqueName();
      const session = newSession();
      const io = await connectHeld(session);
      io.holdReads();
      const subscribing = rejection(session.subscribe([{ topicFilter: topic, qos: QoS.atLeastOnce }]));
      await session.flush();
      await io.cut();
      expect(await subscribing).toBeInstanceOf(DisconnectedError);
      expect(await session.connect(await open(mosquitto))).toMatchObject({ kind: 'reconnected' });
      // Asked again before anything new, so that it is in force for this.
      await publishNumbers(session, topic, QoS.atLeastOnce, 1);
      expect(await receiveNumbers(session, 1)).toEqual([0]);
    });

    it('as a new process may take over what the broker holds for its name', async () => {
      const topic = uniqueName();
      const clientId = uniqueName();
      const first = await connected(mosquitto, { clientId });
      await first.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      await first.disconnect();
      const publisher = await connected(mosquitto);
      for (const op of await publishNumbers(publisher, topic, QoS.exactlyOnce, 5)) await op.completion();

      const second = newSession({ clientId, adoptSession: true });
      expect(await second.connect(await open(mosquitto))).toMatchObject({ kind: 'reconnected' });
      expect(await receiveNumbers(second, 5)).toEqual(numbers(5));
    });

    it('as a new process begins anew where it does not ask for that', async () => {
      const topic = uniqueName();
      const clientId = uniqueName();
      const first = await connected(mosquitto, { clientId });
      await first.subscribe([{ topicFilter: topic, qos: QoS.atLeastOnce }]);
      await first.disconnect();
      const second = newSession({ clientId });
      expect(await second.connect(await open(mosquitto))).toMatchObject({ kind: 'connected' });
      await publishNumbers(second, topic, QoS.atLeastOnce, 1);
      await second.subscribe([topic]);
      await publishNumbers(second, topic, QoS.atLeastOnce, 1, 1);
      expect(await receiveNumbers(second, 1)).toEqual([1]);
    });
  });

  describe('a session that the broker has lost', () => {
    it('invalidates what it had, and sends what it never had', async () => {
      const forgetful = await Mosquitto.start(() => ['allow_anonymous true', 'persistence false'], transport);
      onTestFinished(() => forgetful.stop());
      const topic = uniqueName();
      const session = newSession();
      const io = new HeldIo(await open(forgetful));
      await session.connect(io);
      io.holdReads();
      const handed = await publishNumbers(session, topic, QoS.exactlyOnce, 3);
      await session.flush();
      io.holdWrites();
      // This one is in a write that is under way, so the broker may have had some of it.
      handed.push(...(await publishNumbers(session, topic, QoS.exactlyOnce, 1, 3)));
      await new Promise(setImmediate);
      const kept = await publishNumbers(session, topic, QoS.exactlyOnce, 3, 4);
      await forgetful.end('SIGKILL');
      await io.cut();
      await forgetful.run();

      const watcher = await connected(forgetful);
      await watcher.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      expect(await session.connect(await open(forgetful))).toMatchObject({ kind: 'connected' });
      for (const op of handed) {
        expect(await rejection(op.completion())).toBeInstanceOf(InvalidatedError);
        expect(op.state).toBe('invalidated');
      }
      for (const op of kept) await op.completion();
      expect(await receiveNumbers(watcher, 3)).toEqual([4, 5, 6]);
    });
  });
});
