import { QoS, type OwnedPublish, type Session } from '@minimq/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mosquitto } from './support/mosquitto.ts';
import { connected, uniqueName } from './support/sessions.ts';
import { transports } from './support/transports.ts';

const COUNT = 10_000;

/** Takes `COUNT` messages and checks that none is missing, doubled or out of its place. */
async function takeAll(session: Session, qos: QoS): Promise<void> {
  let next = 0;
  const take = (message: Pick<OwnedPublish, 'qos' | 'dup' | 'text'>): void => {
    const got = `${message.text()} at QoS ${message.qos}${message.dup ? ', DUP' : ''}`;
    if (got !== `${next} at QoS ${qos}`) throw new Error(`Message ${got} came in the place of ${next}`);
    next += 1;
  };
  while (next < COUNT) take(await session.recv());
}

describe.each(transports)(
  `${COUNT.toLocaleString('en')} messages each way through mosquitto over $name`,
  (transport) => {
    let mosquitto: Mosquitto;
    beforeAll(async () => {
      // By default it drops what comes while a thousand messages wait for a client.
      const settings = ['allow_anonymous true', 'max_queued_messages 0', 'max_inflight_messages 200'];
      mosquitto = await Mosquitto.start(() => settings, transport);
    });
    afterAll(() => mosquitto.stop());

    it.each([QoS.atMostOnce, QoS.atLeastOnce, QoS.exactlyOnce])(
      'arrive at QoS %i without loss, double or change of order',
      async (qos) => {
        const topic = uniqueName();
        const subscriber = await connected(mosquitto);
        const publisher = await connected(mosquitto, { inbound: 'discard' });
        await subscriber.subscribe([{ topicFilter: topic, qos }]);
        const taken = takeAll(subscriber, qos);
        const ops = [];
        for (let number = 0; number < COUNT; number++) {
          ops.push(await publisher.publish({ topic, payload: String(number), qos }));
        }
        const results = await Promise.all(ops.map((op) => op.completion()));
        expect(results.every(({ reasonCode }) => reasonCode === 0)).toBe(true);
        expect(publisher.isPublishQuiescent).toBe(true);
        await taken;
        // Nothing comes behind them: what the broker answers next, it answers with nothing in between.
        await subscriber.unsubscribe([topic]);
        expect(subscriber.drive()).toBeNull();
      },
    );

    it.each([QoS.atMostOnce, QoS.atLeastOnce, QoS.exactlyOnce])(
      'arrive at QoS %i in both directions of one session at once',
      async (qos) => {
        const topic = uniqueName();
        const session = await connected(mosquitto);
        await session.subscribe([{ topicFilter: topic, qos }]);
        const taken = takeAll(session, qos);
        for (let number = 0; number < COUNT; number++) await session.publish({ topic, payload: String(number), qos });
        await taken;
      },
    );

    it('are acknowledged, dropped and counted by a session that discards', async () => {
      const topic = uniqueName();
      const session = await connected(mosquitto, { inbound: 'discard' });
      await session.subscribe([{ topicFilter: topic, qos: QoS.exactlyOnce }]);
      for (let number = 0; number < COUNT; number++) await session.publish({ topic, qos: (number % 3) as QoS });
      while (session.discardedCount < COUNT) await session.poll({ timeoutMs: 5_000 });
      for (const op of session.pending) await op.completion();
      expect(session.discardedCount).toBe(COUNT);
    });
  },
);
