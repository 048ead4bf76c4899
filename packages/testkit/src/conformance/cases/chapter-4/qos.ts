import { notResolved, resolved } from '../../bench/attempt.ts';
import { begin, resume } from '../../bench/begin.ts';
import type { Bench } from '../../bench/bench.ts';
import { concat, packet, properties, u16 } from '../../bench/bytes.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { handedOver } from '../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';
import type { StatementId } from '../../statements.ts';

// Section 4.3: the three levels of quality of service, and what a client does on either side of them.

/** An identifier of a message from the server, and its bytes in a packet. */
const ID = 9;
const qos2 = (payload: string, first = '34'): Uint8Array => packet(first, '00 01 61', u16(ID), '00', payload);

/** The PUBREL of the server for that message, and the answer. */
async function release({ broker }: Bench): Promise<void> {
  await broker.sendBytes('62 02 00 09');
  await broker.expect.pubcomp({ packetId: ID });
}

/** First sendings, by their level. */
const FIRST: readonly (readonly [qos: 1 | 2, first: number, statement: StatementId])[] = [
  [1, 0x32, 'MQTT-4.3.2-2'],
  [2, 0x34, 'MQTT-4.3.3-2'],
];

const firstSendings = FIRST.map(([qos, first, statement]): ConformanceCase => ({
  statements: [statement],
  name: `a QoS ${qos} message goes out as PUBLISH with QoS ${qos}, DUP 0 and an identifier`,
  needs: qos === 2 ? ['qos2'] : [],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.publish({ topic: 'a', payload: 'x', qos });
    const { packetId = 0 } = await broker.expect.publish();
    equal('whether the identifier is above 0', packetId > 0, true);
    equal('the bytes', bytesOfLast(broker, 'publish'), concat([first], '07 00 01 61', u16(packetId), '00 78'));
  },
}));

const identifiers = ([1, 2] as const).map((qos): ConformanceCase => ({
  statements: [qos === 1 ? 'MQTT-4.3.2-1' : 'MQTT-4.3.3-1'],
  name: `QoS ${qos} messages beside an open SUBSCRIBE and an open QoS 1 message have identifiers of their own`,
  needs: qos === 2 ? ['qos2'] : [],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    void client.publish({ topic: 'a', qos: 1 });
    await broker.expect.publish();
    void client.subscribe([{ topicFilter: 'a' }]);
    await broker.expect.subscribe();
    for (let count = 0; count < 3; count += 1) {
      void client.publish({ topic: 'a', qos });
      await broker.expect.publish({ qos });
    }
    const ids = [...sentBy(broker, 'publish'), ...sentBy(broker, 'subscribe')].map(({ packetId }) => packetId);
    equal('how many identifiers there are', new Set(ids).size, 5);
  },
}));

/** What does not end the first half of an exchange. */
const WRONG_ANSWERS: readonly {
  readonly what: string;
  readonly qos: 1 | 2;
  readonly answer: string;
  readonly statement: StatementId;
}[] = [
  { what: 'a PUBREC', qos: 1, answer: '50', statement: 'MQTT-4.3.2-3' },
  { what: 'a PUBCOMP', qos: 1, answer: '70', statement: 'MQTT-4.3.2-3' },
  { what: 'a PUBACK', qos: 2, answer: '40', statement: 'MQTT-4.3.3-3' },
];

const wrongAnswers = WRONG_ANSWERS.map(({ what, qos, answer, statement }): ConformanceCase => ({
  statements: [statement],
  name: `a QoS ${qos} message that gets ${what} is not done`,
  needs: qos === 2 ? ['qos2'] : [],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    const publishing = client.publish({ topic: 'a', qos });
    const { packetId = 0 } = await broker.expect.publish();
    await broker.sendBytes(packet(answer, u16(packetId)));
    try {
      await endedWith(bench, [0x82, 0x81], { answers: { pubrel: () => {} } });
    } finally {
      // This is demanded, whether or not the client does what is recommended.
      await notResolved(bench, 'publish()', publishing);
    }
  },
}));

const atMostOnce: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.3.1-1'],
    name: 'a QoS 0 message is one PUBLISH with QoS 0 and DUP 0',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', payload: 'x' });
      await broker.expect.bytes('30 05 00 01 61 00 78');
      await resolved(bench, 'publish()', publishing);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.3.1-1'],
    name: 'a QoS 0 message that was sent is not sent again on the next connection',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x' });
      await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.expectSilence();
    },
  },
];

const atLeastOnce: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.3.2-3'],
    name: 'a PUBACK for another identifier does not end a QoS 1 message',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 1 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.send.puback({ packetId: (packetId % 65_535) + 1 });
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      await notResolved(bench, 'publish()', publishing);
      if (isOver) return;
      await broker.send.puback({ packetId });
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0);
    },
  },
  {
    statements: ['MQTT-4.3.2-3'],
    name: 'a QoS 1 message without its PUBACK is sent again when the session resumes',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', payload: 'x', qos: 1 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.expect.publish({ topic: 'a', payload: 'x', qos: 1, packetId });
      await broker.send.puback({ packetId });
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0);
    },
  },
  {
    statements: ['MQTT-4.3.2-4'],
    name: 'a QoS 1 message is acknowledged with its identifier',
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('32 07 00 01 61 00 05 00 78');
      await broker.expect.puback({ packetId: 5, reasonCode: 0 });
      equal('the identifier', bytesOfLast(broker, 'puback').subarray(2, 4), '00 05');
      await handedOver(bench, ['a x']);
    },
  },
  {
    statements: ['MQTT-4.3.2-4'],
    name: 'a QoS 1 message is acknowledged when the application says so, and not before',
    setup: { manualAck: true },
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      await broker.sendBytes('32 07 00 01 61 00 05 00 78');
      await handedOver(bench, ['a x']);
      await broker.expectSilence({ forMs: 500 });
      inbox.received[0]?.ack?.();
      await broker.expect.puback({ packetId: 5, reasonCode: 0 });
    },
  },
  {
    statements: ['MQTT-4.3.2-4'],
    name: 'a QoS 1 message that comes again is acknowledged, although the one of the connection before never was',
    needs: ['session-resume'],
    setup: { manualAck: true },
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      await broker.sendBytes('32 06 00 01 61 00 05 00');
      await handedOver(bench, ['a ']);
      await broker.cut();
      await resume(bench);
      await broker.sendBytes('3a 06 00 01 61 00 05 00');
      await handedOver(bench, ['a ', 'a ']);
      inbox.received[1]?.ack?.();
      await broker.expect.puback({ packetId: 5 });
    },
  },
  {
    statements: ['MQTT-4.3.2-5'],
    name: 'behind its PUBACK, a QoS 1 PUBLISH with the same identifier and DUP 1 is a new message',
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('32 07 00 01 61 00 05 00 31');
      await broker.expect.puback({ packetId: 5 });
      await broker.sendBytes('3a 07 00 01 61 00 05 00 32');
      await broker.expect.puback({ packetId: 5 });
      await handedOver(bench, ['a 1', 'a 2']);
    },
  },
];

const exactlyOnceSender: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.3.3-3'],
    name: 'a QoS 2 message without its PUBREC is sent again when the session resumes',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.expect.publish({ topic: 'a', payload: 'x', qos: 2, packetId });
    },
  },
  ...['', '00', '10'].map((code): ConformanceCase => ({
    statements: ['MQTT-4.3.3-4'],
    name: `a PUBREC ${code === '' ? 'without a code' : `with the code 0x${code}`} is answered by PUBREL with its identifier`,
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.sendBytes(packet('50', u16(packetId), code));
      await broker.expect.pubrel({ packetId, reasonCode: 0 });
      equal('the PUBREL', bytesOfLast(broker, 'pubrel')[0], 0x62);
      await notResolved(bench, 'publish()', publishing);
      await broker.send.pubcomp({ packetId });
      await resolved(bench, 'publish()', publishing);
    },
  })),
  {
    statements: ['MQTT-4.3.3-4'],
    name: 'a PUBREC that refuses a message gets no PUBREL, and lets its publish fail',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.sendBytes(packet('50', u16(packetId), '87'));
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0x87);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.3.3-5'],
    name: 'a PUBREL without its PUBCOMP is sent again when the session resumes, and ends the exchange then',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.send.pubrec({ packetId });
      await broker.expect.pubrel({ packetId });
      await notResolved(bench, 'publish()', publishing);
      await broker.cut();
      await resume(bench);
      await broker.expect.pubrel({ packetId });
      await broker.send.pubcomp({ packetId });
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0);
    },
  },
  {
    statements: ['MQTT-4.3.3-6'],
    name: 'behind its PUBREL, a PUBLISH is not sent again: not on that connection, and not when the session resumes',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.send.pubrec({ packetId });
      await broker.expect.pubrel({ packetId });
      await broker.expectSilence({ forMs: 1_000 });
      await broker.cut();
      await resume(bench);
      await broker.expect.pubrel({ packetId });
      await broker.expectSilence();
      equal('how often the PUBLISH was sent', sentBy(broker, 'publish').length, 1);
    },
  },
  {
    statements: ['MQTT-4.3.3-6'],
    name: 'a second PUBREC for one message does not bring its PUBLISH back',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', qos: 2 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.send.pubrec({ packetId });
      await broker.expect.pubrel({ packetId });
      await broker.send.pubrec({ packetId });
      await endedWith(bench, [0x82], { mayGoOn: true, answers: { pubrel: () => {} } });
      equal('how often the PUBLISH was sent', sentBy(broker, 'publish').length, 1);
    },
  },
  {
    statements: ['MQTT-4.3.3-7'],
    name: 'a QoS 2 message that was sent before it expired is sent again behind its expiry',
    needs: ['qos2', 'session-resume', 'publish-properties'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 2, properties: { messageExpiryInterval: 1 } });
      const { packetId = 0 } = await broker.expect.publish({ messageExpiryInterval: 1 });
      await broker.expectSilence({ forMs: 1_500 });
      await broker.cut();
      await resume(bench);
      await broker.expect.publish({ payload: 'x', packetId });
    },
  },
];

const exactlyOnceReceiver: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.3.3-8'],
    name: 'a QoS 2 message gets PUBREC with its identifier',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID, reasonCode: 0 });
      equal('the identifier', bytesOfLast(broker, 'pubrec').subarray(2, 4), '00 09');
      await release(bench);
      await handedOver(bench, ['a 1']);
    },
  },
  {
    statements: ['MQTT-4.3.3-9'],
    name: 'behind a PUBREC that refuses, a PUBLISH with the same identifier is a new message',
    needs: ['qos2'],
    setup: { negativeAck: true },
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      inbox.ackWith(0x87);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID, reasonCode: 0x87 });
      inbox.ackWith(0);
      await broker.sendBytes(qos2('32'));
      await handedOver(bench, ['a 1', 'a 2']);
      await broker.expect.pubrec({ packetId: ID, reasonCode: 0 });
      await release(bench);
    },
  },
  {
    statements: ['MQTT-4.3.3-10'],
    name: 'before its PUBREL, a QoS 2 PUBLISH that comes again gets PUBREC again, and is handed over once',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID });
      await broker.sendBytes(qos2('31', '3c'));
      await broker.expect.pubrec({ packetId: ID });
      await release(bench);
      await broker.expectSilence();
      await handedOver(bench, ['a 1']);
    },
  },
  {
    statements: ['MQTT-4.3.3-10'],
    name: 'a QoS 2 PUBLISH that comes again when the session resumes gets PUBREC again, and is handed over once',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID });
      await broker.cut();
      await resume(bench);
      await broker.sendBytes(qos2('31', '3c'));
      await broker.expect.pubrec({ packetId: ID });
      await release(bench);
      await broker.expectSilence();
      await handedOver(bench, ['a 1']);
    },
  },
  {
    statements: ['MQTT-4.3.3-11'],
    name: 'a PUBREL is answered by PUBCOMP with its identifier, and so is a repeated one',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID });
      await broker.sendBytes('62 02 00 09');
      await broker.expect.pubcomp({ packetId: ID, reasonCode: 0 });
      equal('the identifier', bytesOfLast(broker, 'pubcomp').subarray(2, 4), '00 09');
      // By now the identifier is not known any more; the code may say so.
      await release(bench);
    },
  },
  {
    statements: ['MQTT-4.3.3-11'],
    name: 'a PUBREL that comes when the session resumes is answered by PUBCOMP',
    needs: ['qos2', 'session-resume'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(qos2('31'));
      await broker.expect.pubrec({ packetId: ID });
      await broker.cut();
      await resume(bench);
      await broker.sendBytes('62 02 00 09');
      await broker.expect.pubcomp({ packetId: ID, reasonCode: 0 });
      await handedOver(bench, ['a 1']);
    },
  },
  {
    statements: ['MQTT-4.3.3-12'],
    name: 'behind its PUBCOMP, a PUBLISH with the same identifier is a new message',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (const payload of ['31', '32']) {
        await broker.sendBytes(qos2(payload));
        await broker.expect.pubrec({ packetId: ID, reasonCode: 0 });
        await release(bench);
      }
      await handedOver(bench, ['a 1', 'a 2']);
    },
  },
  {
    statements: ['MQTT-4.3.3-13'],
    name: 'a QoS 2 message that expires in the hands of a slow application still gets PUBREC and PUBCOMP',
    needs: ['qos2'],
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      inbox.hold();
      // Some clients send PUBREC at once, others when the application is done.
      await broker.answer({ pubrec: true });
      await broker.sendBytes(packet('34', '00 01 61 00 09', properties('02 00 00 00 01'), '78'));
      await broker.expectSilence({ of: 'publish', forMs: 1_500 });
      inbox.release();
      await broker.expect.pubcomp({ packetId: ID, reasonCode: 0 });
      equal('how often PUBREC was sent', sentBy(broker, 'pubrec').length, 1);
    },
  },
];

export const qosCases: readonly ConformanceCase[] = [
  ...atMostOnce,
  ...identifiers,
  ...firstSendings,
  ...wrongAnswers,
  ...atLeastOnce,
  ...exactlyOnceSender,
  ...exactlyOnceReceiver,
];
