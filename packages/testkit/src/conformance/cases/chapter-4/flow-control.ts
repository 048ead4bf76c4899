import { resolved } from '../../bench/attempt.ts';
import { begin, resume } from '../../bench/begin.ts';
import type { Bench } from '../../bench/bench.ts';
import { equal } from '../../bench/equal.ts';
import { sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';

// Section 4.9: the quota of a connection.

/** Publishes under these payloads, and waits for nothing. */
function publishAll({ client }: Bench, payloads: readonly string[], qos: 1 | 2 = 1): void {
  for (const payload of payloads) void client.publish({ topic: 'a', payload, qos });
}

/** Uses up a quota of one. */
async function useUp(bench: Bench): Promise<void> {
  await begin(bench, { receiveMaximum: 1 });
  publishAll(bench, ['1', '2']);
  await bench.broker.expect.publish({ payload: '1' });
  // A client that does not look at the quota has not broken the rule that is judged here.
  await bench.broker.answer({ publish: () => {} });
}

/** What the client has published on a connection, in order. */
function payloadsOn({ broker }: Bench, connection: number): readonly string[] {
  return sentBy(broker, 'publish', connection).map(({ payload }) => new TextDecoder().decode(payload));
}

export const flowControlCases: readonly ConformanceCase[] = [
  ...[1, 2, 5].map((receiveMaximum): ConformanceCase => ({
    statements: ['MQTT-4.9.0-1', 'MQTT-4.9.0-2'],
    name: `under a Receive Maximum of ${receiveMaximum}, so many messages are open and not one more`,
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { receiveMaximum });
      publishAll(bench, ['1', '2', '3', '4', '5', '6', '7']);
      for (let count = 0; count < receiveMaximum; count += 1) await broker.expect.publish();
      await broker.expectSilence();
    },
  })),
  {
    statements: ['MQTT-4.9.0-1'],
    name: 'the quota is that of the present connection: one message is open, and three on the next',
    needs: ['session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { receiveMaximum: 1 });
      publishAll(bench, ['1', '2', '3', '4']);
      await broker.expect.publish({ payload: '1' });
      await broker.expectSilence();
      await broker.cut();
      await resume(bench, { receiveMaximum: 3 });
      // A client may send again one by one before it publishes anew.
      let openMax = 0;
      let open = 0;
      await broker.answer({
        publish() {
          open += 1;
          openMax = Math.max(openMax, open);
        },
      });
      // A busy machine takes its time.
      await broker.expectSilence({ forMs: 100 + bench.pace.slackMs });
      equal('whether more than three are open', openMax > 3, false);
      equal('whether one at least was sent again', payloadsOn(bench, 2).includes('1'), true);
    },
  },
  {
    statements: ['MQTT-4.9.0-1'],
    name: 'a quota that has been given back whole does not grow by what is acknowledged twice',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { receiveMaximum: 1 });
      const publishing = client.publish({ topic: 'a', payload: '1', qos: 1 });
      const publish = await broker.expect.publish();
      await broker.send.puback(publish);
      await resolved(bench, 'publish()', publishing);
      // A client may end the connection over it.
      await broker.answer({ disconnect: true, end: true });
      await broker.send.puback(publish);
      await broker.expectSilence();
      publishAll(bench, ['2', '3']);
      await broker.answer({ publish: () => {}, disconnect: true, end: true });
      await broker.expectSilence({ forMs: 100 + bench.pace.slackMs });
      equal('whether more than one is open', payloadsOn(bench, 1).length > 2, false);
    },
  },
  {
    statements: ['MQTT-4.9.0-1', 'MQTT-4.9.0-2'],
    name: 'the PUBCOMP of a PUBREL that was sent again buys no message beyond the quota',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      publishAll(bench, ['released'], 2);
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel();
      await broker.cut();
      await resume(bench, { receiveMaximum: 1 });
      await broker.expect.pubrel(publish);
      await broker.send.pubcomp(publish);
      publishAll(bench, ['1', '2', '3']);
      await broker.expect.publish({ payload: '1' });
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.9.0-2'],
    name: 'under a Receive Maximum of 2, a session with three open messages sends two again, and the third behind an answer',
    needs: ['session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      publishAll(bench, ['1', '2', '3']);
      for (const payload of ['1', '2', '3']) await broker.expect.publish({ payload });
      await broker.cut();
      await resume(bench, { receiveMaximum: 2 });
      const open: (number | undefined)[] = [];
      let openMax = 0;
      await broker.answer({
        publish({ packetId }) {
          open.push(packetId);
          openMax = Math.max(openMax, open.length);
        },
      });
      for (let round = 0; round < 3; round += 1) {
        await broker.expectSilence();
        const packetId = open.shift();
        if (packetId !== undefined) await broker.send.puback({ packetId });
      }
      await broker.expectSilence();
      equal('whether more than two were open', openMax > 2, false);
      equal('what was sent again', payloadsOn(bench, 2), ['1', '2', '3']);
    },
  },
  {
    statements: ['MQTT-4.9.0-2'],
    name: 'a PUBREC gives nothing back of the quota; a PUBCOMP does',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { receiveMaximum: 1 });
      publishAll(bench, ['1', '2'], 2);
      const publish = await broker.expect.publish({ payload: '1' });
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.expectSilence();
      await broker.send.pubcomp(publish);
      await broker.expect.publish({ payload: '2' });
    },
  },
  {
    statements: ['MQTT-4.9.0-3'],
    name: 'with no quota left, messages of the server and their PUBREL are answered',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await useUp(bench);
      await broker.sendBytes('32 06 00 01 61 00 05 00');
      await broker.expect.puback({ packetId: 5 });
      await broker.sendBytes('34 06 00 01 61 00 06 00');
      await broker.expect.pubrec({ packetId: 6 });
      await broker.sendBytes('62 02 00 06');
      await broker.expect.pubcomp({ packetId: 6 });
    },
  },
  {
    statements: ['MQTT-4.9.0-3'],
    name: 'with no quota left, SUBSCRIBE, UNSUBSCRIBE and PINGREQ go out',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker, client } = bench;
      await useUp(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      await broker.send.suback(await broker.expect.subscribe());
      await resolved(bench, 'subscribe()', subscribing);
      const unsubscribing = client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      await resolved(bench, 'unsubscribe()', unsubscribing);
      await broker.expect.pingreq(undefined, { limitMs: 1_000 + bench.pace.slackMs });
      await broker.send.pingresp();
      await broker.expectSilence();
    },
  },
];
