import { resolved } from '../../bench/attempt.ts';
import { begin, resume } from '../../bench/begin.ts';
import type { Bench } from '../../bench/bench.ts';
import { concat, packet, u16 } from '../../bench/bytes.ts';
import { equal } from '../../bench/equal.ts';
import { handedOver } from '../../bench/handed-over.ts';
import { sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';

// Section 4.6: the order of messages.

/** How many identifiers there are, less a few: the next messages run over the end. */
const NEARLY_ALL = 65_530;
/** So many publishes are under way at once. */
const BATCH = 200;

/** Messages that stay open, of both levels in turn. */
const OPEN: readonly string[] = Array.from({ length: 12 }, (_, index) => `${index}`);

/** Sends open messages, cuts the connection, resumes, and compares the order; a new message comes last. */
async function checkResending(bench: Bench): Promise<void> {
  const { broker, client } = bench;
  for (const [index, payload] of OPEN.entries()) {
    void client.publish({ topic: 'a', payload, qos: index % 2 === 0 ? 1 : 2 });
    await broker.expect.publish({ payload });
  }
  await broker.cut();
  const number = broker.connections.length + 1;
  const connecting = client.connect();
  await broker.expect.connect({ cleanStart: false });
  void client.publish({ topic: 'a', payload: 'new', qos: 1 });
  // A client may wait for each answer before it sends the next.
  await broker.answer({ publish: true, pubrel: true });
  await broker.send.connack({ sessionPresent: true });
  await resolved(bench, 'connect()', connecting);
  await broker.expectSilence();
  const again = sentBy(broker, 'publish', number).map(({ payload }) => new TextDecoder().decode(payload));
  equal(
    'what was sent again',
    again.filter((payload) => payload !== 'new'),
    OPEN,
  );
}

/** Messages of the server come in this order, and the application is done with them in that. */
const ARRIVALS = [3, 1, 2];
const ANSWERED = [2, 3, 1];

const answers = (['puback', 'pubrec'] as const).map((type): ConformanceCase => ({
  statements: [type === 'puback' ? 'MQTT-4.6.0-2' : 'MQTT-4.6.0-3'],
  name: `${type.toUpperCase()}s leave in the order of the messages, whatever order the application is done in`,
  needs: type === 'pubrec' ? ['qos2'] : [],
  setup: { manualAck: true },
  async run(bench) {
    const { broker, inbox } = bench;
    await begin(bench);
    for (const id of ARRIVALS) {
      await broker.sendBytes(packet(type === 'puback' ? '32' : '34', '00 01 61', u16(id), '00', [0x30 + id]));
    }
    await handedOver(
      bench,
      ARRIVALS.map((id) => `a ${id}`),
    );
    for (const id of ANSWERED) inbox.received[ARRIVALS.indexOf(id)]?.ack?.();
    for (const packetId of ARRIVALS) await broker.expect[type]({ packetId });
  },
}));

const plainAnswers = (['puback', 'pubrec'] as const).map((type): ConformanceCase => ({
  statements: [type === 'puback' ? 'MQTT-4.6.0-2' : 'MQTT-4.6.0-3'],
  name: `${type.toUpperCase()}s leave in the order of messages that come at once`,
  needs: type === 'pubrec' ? ['qos2'] : [],
  async run(bench) {
    const { broker } = bench;
    await begin(bench);
    const first = type === 'puback' ? '32' : '34';
    for (const id of ARRIVALS) await broker.sendBytes(packet(first, '00 01 61', u16(id), '00'));
    for (const packetId of ARRIVALS) await broker.expect[type]({ packetId });
  },
}));

/** Three QoS 2 messages whose PUBRECs come as third, first, second; their identifiers in that order. */
async function releaseThree({ broker, client }: Bench): Promise<readonly number[]> {
  for (const payload of ['1', '2', '3']) void client.publish({ topic: 'a', payload, qos: 2 });
  const ids: number[] = [];
  for (const payload of ['1', '2', '3']) ids.push((await broker.expect.publish({ payload })).packetId!);
  const [first, second, third] = ids as [number, number, number];
  const order = [third, first, second];
  for (const packetId of order) await broker.send.pubrec({ packetId });
  for (const packetId of order) await broker.expect.pubrel({ packetId });
  return order;
}

const LETTERS: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

export const orderingCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.6.0-1'],
    name: 'open messages are sent again in the order of their first sending',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      await begin(bench);
      await checkResending(bench);
    },
  },
  {
    statements: ['MQTT-4.6.0-1'],
    name: 'open messages are sent again in the order of their first sending, where their identifiers begin anew',
    needs: ['qos2', 'session-resume'],
    isHeavy: true,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ publish: true });
      for (let count = 0; count < NEARLY_ALL; count += BATCH) {
        const batch = Array.from({ length: Math.min(BATCH, NEARLY_ALL - count) }, () =>
          client.publish({ topic: 'a', qos: 1 }),
        );
        await resolved(bench, 'publish()', Promise.all(batch));
      }
      await broker.answer({});
      await checkResending(bench);
    },
  },
  ...answers,
  ...plainAnswers,
  {
    statements: ['MQTT-4.6.0-4'],
    name: 'PUBRELs leave in the order of the PUBRECs',
    needs: ['qos2'],
    async run(bench) {
      await begin(bench);
      await releaseThree(bench);
    },
  },
  {
    statements: ['MQTT-4.6.0-4'],
    name: 'a PUBREL for an identifier that is not in use leaves behind those of earlier PUBRECs',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const payload of ['1', '2']) void client.publish({ topic: 'a', payload, qos: 2 });
      const ids: number[] = [];
      for (const payload of ['1', '2']) ids.push((await broker.expect.publish({ payload })).packetId!);
      const [first, second] = ids as [number, number];
      const order = [first, [99, 98, 97].find((id) => !ids.includes(id))!, second];
      // A client may pass over what it does not know, or end the connection.
      await broker.answer({ pubrel: ({ reasonCode = 0 }) => reasonCode === 0, disconnect: true, end: true });
      await broker.sendBytes(concat(...order.map((id) => packet('50', u16(id)))));
      await broker.expectSilence();
      const sent = sentBy(broker, 'pubrel').map(({ packetId }) => packetId);
      equal(
        'the identifiers of the PUBRELs',
        sent,
        order.filter((id) => sent.includes(id)),
      );
    },
  },
  {
    statements: ['MQTT-4.6.0-4'],
    name: 'PUBRELs are sent again in the order of the PUBRECs',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      const order = await releaseThree(bench);
      await broker.cut();
      await resume(bench);
      // A client may wait for each PUBCOMP.
      for (const packetId of order) {
        await broker.expect.pubrel({ packetId });
        await broker.send.pubcomp({ packetId });
      }
    },
  },
  ...([0, 1] as const).map((qos): ConformanceCase => ({
    statements: ['MQTT-4.6.0-5'],
    name: `QoS ${qos} messages on one topic are handed over in the order in which they come`,
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.answer({ puback: true });
      for (const [index, letter] of LETTERS.entries()) {
        // Identifiers say nothing of the order.
        const id = qos === 0 ? [] : u16(LETTERS.length - index);
        await broker.sendBytes(packet(qos === 0 ? '30' : '32', '00 01 61', id, '00', new TextEncoder().encode(letter)));
      }
      await handedOver(
        bench,
        LETTERS.map((letter) => `a ${letter}`),
      );
    },
  })),
];
