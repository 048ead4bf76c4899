import { notResolved, resolved } from '../../bench/attempt.ts';
import { begin, resume } from '../../bench/begin.ts';
import { packet, u16 } from '../../bench/bytes.ts';
import { equal } from '../../bench/equal.ts';
import { sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';
import type { StatementId } from '../../statements.ts';

// Sections 4.1, 4.4 and 4.5: what a session keeps, what it sends again, and what it owes for each message.

/** How an exchange ends for good. */
const REFUSALS: readonly (readonly [qos: 1 | 2, first: string, what: string])[] = [
  [1, '40', 'PUBACK'],
  [2, '50', 'PUBREC'],
];

const refusals = REFUSALS.map(([qos, first, what]): ConformanceCase => ({
  statements: ['MQTT-4.4.0-2'],
  name: `a QoS ${qos} message that a ${what} has refused is not sent again when the session resumes`,
  needs: qos === 2 ? ['qos2', 'session-resume'] : ['session-resume'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    const publishing = client.publish({ topic: 'a', qos });
    const { packetId = 0 } = await broker.expect.publish();
    await broker.sendBytes(packet(first, u16(packetId), '97'));
    equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0x97);
    await broker.cut();
    await resume(bench);
    await broker.expectSilence();
  },
}));

/** Applications that do not want a message, or cannot do with it. */
const UNWILLING: readonly (readonly [qos: 1 | 2, fails: boolean])[] = [
  [1, true],
  [1, false],
  [2, true],
  [2, false],
];

const unwilling = UNWILLING.map(([qos, fails]): ConformanceCase => ({
  statements: ['MQTT-4.5.0-2'],
  name: `a QoS ${qos} message ${fails ? 'whose handler fails' : 'that nobody has subscribed to'} is acknowledged`,
  needs: qos === 2 ? ['qos2'] : [],
  async run(bench) {
    const { broker, inbox } = bench;
    await begin(bench);
    if (fails) inbox.fail();
    const first = qos === 1 ? '32' : '34';
    for (const packetId of [5, 6]) {
      await broker.sendBytes(packet(first, '00 01 61', u16(packetId), '00'));
      if (qos === 1) {
        await broker.expect.puback({ packetId });
        continue;
      }
      await broker.expect.pubrec({ packetId });
      await broker.sendBytes(packet('62', u16(packetId)));
      await broker.expect.pubcomp({ packetId });
    }
  },
}));

const resent: readonly StatementId[] = ['MQTT-4.4.0-1'];

export const sessionStateCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.1.0-1'],
    name: 'an exchange whose PUBREC takes long is completed when it comes, and its identifier is not given out again',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.expectSilence({ forMs: 2_000 });
      for (let count = 0; count < 20; count += 1) {
        const other = client.publish({ topic: 'b', qos: 1 });
        const publish = await broker.expect.publish({ topic: 'b' });
        equal('whether the identifier is another', publish.packetId !== packetId, true);
        await broker.send.puback(publish);
        await resolved(bench, 'publish()', other);
      }
      await notResolved(bench, 'the first publish()', publishing);
      await broker.send.pubrec({ packetId });
      await broker.expect.pubrel({ packetId });
      await broker.send.pubcomp({ packetId });
      equal('what the first publish() came to', await resolved(bench, 'publish()', publishing), 0);
    },
  },
  {
    statements: resent,
    name: 'PUBLISH and PUBREL without their answers are sent again with their identifiers when the session resumes',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const [payload, qos] of [
        ['1', 1],
        ['2', 2],
        ['3', 2],
      ] as const)
        void client.publish({ topic: 'a', payload, qos });
      const { packetId: first } = await broker.expect.publish({ payload: '1' });
      const { packetId: second } = await broker.expect.publish({ payload: '2' });
      const { packetId: third } = await broker.expect.publish({ payload: '3' });
      await broker.send.pubrec({ packetId: third });
      await broker.expect.pubrel({ packetId: third! });
      await broker.cut();
      await resume(bench);
      // PUBLISH and PUBREL each have an order, but none between them; and a client may wait for an answer in between.
      await broker.answer({ publish: () => true, pubrel: true });
      await broker.expectSilence();
      const again = sentBy(broker, 'publish', 2).map(({ payload, packetId }) => ({ payload, packetId }));
      equal('what was published again', again, [
        { payload: '1', packetId: first },
        { payload: '2', packetId: second },
      ]);
      const released = sentBy(broker, 'pubrel', 2).map(({ packetId }) => packetId);
      equal('whether the PUBREL was sent again', released.includes(third!), true);
    },
  },
  {
    statements: resent,
    name: 'on a connection that stands, PUBLISH and PUBREL without their answers are not sent again',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: '1', qos: 1 });
      await broker.expect.publish();
      void client.publish({ topic: 'a', payload: '2', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel();
      await broker.expectSilence({ of: ['publish', 'pubrel'], forMs: 3_000 });
    },
  },
  {
    statements: resent,
    name: 'what was acknowledged before the connection was lost is not sent again when the session resumes',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const qos of [1, 2] as const) {
        const publishing = client.publish({ topic: 'a', qos });
        await broker.answer({ publish: true, pubrel: true });
        await resolved(bench, 'publish()', publishing);
      }
      await broker.answer({});
      await broker.cut();
      await resume(bench);
      await broker.expectSilence();
    },
  },
  {
    statements: resent,
    name: 'acknowledgements that the loss of the connection took are not sent again by themselves',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('32 06 00 01 61 00 05 00');
      await broker.expect.puback({ packetId: 5 });
      await broker.sendBytes('34 06 00 01 61 00 06 00');
      await broker.expect.pubrec({ packetId: 6 });
      await broker.cut();
      await resume(bench);
      await broker.expectSilence();
    },
  },
  {
    statements: resent,
    name: 'with Clean Start 1 nothing of an earlier session is sent again',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      await broker.expect.publish();
      await broker.cut();
      const connecting = client.connect({ cleanStart: true });
      await broker.expect.connect({ cleanStart: true });
      // A client may publish the message as a new one: then it is no repeat.
      await broker.answer({ publish: true });
      await broker.send.connack();
      await resolved(bench, 'connect()', connecting);
      await broker.expectSilence();
      equal(
        'the repeats',
        sentBy(broker, 'publish', 2).filter(({ dup }) => dup),
        [],
      );
    },
  },
  ...refusals,
  ...unwilling,
];
