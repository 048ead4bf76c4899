import { attempt, resolved } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { ClientPublication } from '../../../client.ts';

// Section 3.3.1: DUP, QoS and RETAIN, and the options of a subscription that decide about RETAIN.

/** The first byte of the PUBLISH that this becomes. */
async function firstByte({ broker, client }: Bench, publication: ClientPublication): Promise<number | undefined> {
  void client.publish(publication);
  await broker.expect.publish();
  return bytesOfLast(broker, 'publish')[0];
}

const repeats = ([1, 2] as const).map((qos): ConformanceCase => ({
  statements: ['MQTT-3.3.1-1'],
  name: `a QoS ${qos} PUBLISH that is sent again has DUP 1`,
  needs: qos === 2 ? ['session-resume', 'qos2'] : ['session-resume'],
  async run(bench) {
    const { broker } = bench;
    await begin(bench);
    equal('the first byte', await firstByte(bench, { topic: 'a', payload: 'x', qos }), 0x30 | (qos << 1));
    const first = bytesOfLast(broker, 'publish');
    await broker.cut();
    await resume(bench);
    await broker.expect.publish({ dup: true });
    const second = bytesOfLast(broker, 'publish');
    equal('the first byte of the repeat', second[0], 0x38 | (qos << 1));
    equal('the rest of the repeat', second.subarray(1), first.subarray(1));
  },
}));

const retainHandlings = (
  [
    ['MQTT-3.3.1-9', 0],
    ['MQTT-3.3.1-10', 1],
    ['MQTT-3.3.1-11', 2],
  ] as const
).map(([statement, retainHandling]): ConformanceCase => ({
  statements: [statement],
  name: `Retain Handling ${retainHandling} stands in bits 5 and 4 of the subscription options`,
  needs: ['subscription-options'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.subscribe([{ topicFilter: 'a', qos: 1, retainHandling }]);
    await broker.expect.subscribe();
    equal('the options', bytesOfLast(broker, 'subscribe').at(-1), 0x01 | (retainHandling << 4));
  },
}));

const asPublished = (
  [
    ['MQTT-3.3.1-12', false],
    ['MQTT-3.3.1-13', true],
  ] as const
).map(([statement, retainAsPublished]): ConformanceCase => ({
  statements: [statement],
  name: `Retain As Published ${retainAsPublished ? 1 : 0} stands in bit 3 of the subscription options`,
  needs: ['subscription-options'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.subscribe([{ topicFilter: 'a', retainAsPublished }]);
    await broker.expect.subscribe();
    equal('the options', bytesOfLast(broker, 'subscribe').at(-1), retainAsPublished ? 0x08 : 0x00);
  },
}));

export const publishFlagCases: readonly ConformanceCase[] = [
  ...repeats,
  {
    statements: ['MQTT-3.3.1-2'],
    name: 'a QoS 0 PUBLISH has DUP 0, retained or not, on every connection',
    needs: ['session-resume'],
    async run(bench) {
      await begin(bench);
      equal('the first byte', await firstByte(bench, { topic: 'a' }), 0x30);
      equal('the first byte where it is retained', await firstByte(bench, { topic: 'a', retain: true }), 0x31);
      await bench.broker.cut();
      await resume(bench);
      equal('the first byte on the next connection', await firstByte(bench, { topic: 'a' }), 0x30);
    },
  },
  {
    statements: ['MQTT-3.3.1-2'],
    name: 'a QoS 0 PUBLISH with DUP 1 ends the connection, or is taken as it is',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('38 05 00 01 61 00 78');
      await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
    },
  },
  {
    statements: ['MQTT-3.3.1-3'],
    name: 'a message that came with DUP 1 goes on with DUP 0',
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      await broker.sendBytes('3a 07 00 01 61 00 05 00 78');
      await broker.expect.puback({ packetId: 5 });
      await handedOver(bench, ['a x']);
      const { topic, payload } = inbox.received[0]!;
      void client.publish({ topic, payload, qos: 1 });
      await broker.expect.publish({ topic: 'a', payload: 'x', dup: false });
      equal('the first byte', bytesOfLast(broker, 'publish')[0], 0x32);
    },
  },
  ...['36 06 00 01 61 00 01 00', '3e 06 00 01 61 00 01 00', '37 06 00 01 61 00 01 00'].map(
    (bytes): ConformanceCase => ({
      statements: ['MQTT-3.3.1-4'],
      name: `a PUBLISH of QoS 3 (${bytes.slice(0, 2).toUpperCase()}) ends the connection`,
      async run(bench) {
        await begin(bench);
        await bench.broker.sendBytes(bytes);
        await endedWith(bench, [0x81]);
      },
    }),
  ),
  {
    statements: ['MQTT-3.3.1-5'],
    name: 'a message that is to be retained goes out with RETAIN 1',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', retain: true });
      await broker.expect.bytes('31 05 00 01 61 00 78');
    },
  },
  {
    statements: ['MQTT-3.3.1-6'],
    name: 'a retained message without payload goes out with RETAIN 1 and no payload bytes',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: '', retain: true });
      await broker.expect.bytes('31 04 00 01 61 00');
    },
  },
  {
    statements: ['MQTT-3.3.1-8'],
    name: 'a message that is not to be retained goes out with RETAIN 0',
    needs: ['qos2'],
    async run(bench) {
      await begin(bench);
      for (const qos of [0, 1, 2] as const) {
        equal('the first byte', await firstByte(bench, { topic: 'a', qos, retain: false }), 0x30 | (qos << 1));
      }
    },
  },
  ...retainHandlings,
  {
    statements: ['MQTT-3.3.1-11'],
    name: 'Retain Handling 3 never gets onto the wire',
    needs: ['subscription-options'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ subscribe: true, disconnect: true, end: true });
      await attempt(bench, client.subscribe([{ topicFilter: 'a', retainHandling: 3 as 2 }]));
      await broker.expectSilence();
      const options = sentBy(broker, 'subscribe').map(({ subscriptions }) => subscriptions[0]?.retainHandling);
      equal(
        'the handlings that went out',
        options.filter((handling) => handling === (3 as 2)),
        [],
      );
    },
  },
  ...asPublished,
  {
    statements: ['MQTT-3.3.1-13'],
    name: 'RETAIN of a message that comes is shown',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes('31 05 00 01 61 00 78');
      await bench.broker.sendBytes('30 05 00 01 61 00 79');
      await handedOver(bench, ['a x', 'a y']);
      equal(
        'RETAIN',
        bench.inbox.received.map(({ retain }) => retain),
        [true, false],
      );
    },
  },
  {
    statements: ['MQTT-3.3.1-1'],
    name: 'on a connection that stands nothing is sent again, however long the acknowledgement takes',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: 'a', qos: 1 });
      const publish = await broker.expect.publish();
      await broker.expectSilence({ of: 'publish', forMs: 1_000 });
      await broker.send.puback(publish);
      await resolved(bench, 'publish()', published);
    },
  },
];
