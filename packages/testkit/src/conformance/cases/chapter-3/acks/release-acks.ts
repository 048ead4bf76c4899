import { resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { concat, packet, u16 } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import { CaseError } from '../../../case-error.ts';
import type { ConformanceCase } from '../../../case.ts';

// Sections 3.6 and 3.7: PUBREL and PUBCOMP.

/** A message of the server, QoS 2 with identifier 9, up to its PUBREC. */
async function receive({ broker }: Bench): Promise<void> {
  await broker.sendBytes('34 06 00 01 61 00 09 00');
  await broker.expect.pubrec({ packetId: 9, reasonCode: 0 });
}

/** Both are in their tables; the standard has the second for an identifier that is not known. */
function checkNotFound(what: string, reasonCode: number): void {
  if (reasonCode === 0x92) return;
  if (reasonCode !== 0) throw new CaseError('must', `${what} has a code that is not in its table`);
  throw new CaseError('should', `${what} says success of an identifier that is not known, instead of 0x92`);
}

/** First bytes of a PUBREL with its flags wrong. */
const BAD_FLAGS = ['60', '61', '63', '66', '6a'];

const badFlags = BAD_FLAGS.map((first): ConformanceCase => ({
  statements: ['MQTT-3.6.1-1'],
  name: `a PUBREL that begins with ${first.toUpperCase()} ends the connection, and is not answered`,
  needs: ['qos2'],
  async run(bench) {
    await begin(bench);
    await receive(bench);
    await bench.broker.sendBytes(`${first} 02 00 09`);
    await endedWith(bench, [0x81]);
  },
}));

/** Forms of one answer: code and properties written, or left out. */
const FORMS: readonly (readonly [what: string, rest: string])[] = [
  ['without a code', ''],
  ['with its code', '00'],
  ['with its code and no properties', '00 00'],
  ['with a Reason String', '00 06 1f 00 03 77 68 79'],
  ['with a User Property', '00 07 26 00 01 6e 00 01 76'],
];

const forms = FORMS.flatMap(([what, rest]): readonly ConformanceCase[] => [
  {
    statements: ['MQTT-3.6.2-1', 'MQTT-3.7.2-1'],
    name: `a PUBREL ${what} is answered by PUBCOMP`,
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await receive(bench);
      await broker.sendBytes(packet('62', '00 09', rest));
      await broker.expect.pubcomp({ packetId: 9, reasonCode: 0 });
      equal('the first byte', bytesOfLast(broker, 'pubcomp')[0], 0x70);
    },
  },
  {
    statements: ['MQTT-3.7.2-1'],
    name: `a PUBCOMP ${what} ends the exchange`,
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.sendBytes(packet('70', u16(publish.packetId!), rest));
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0);
      await broker.expectSilence();
    },
  },
]);

export const releaseAckCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.6.1-1', 'MQTT-3.6.2-1'],
    name: 'PUBREL begins with 62, and says nothing or 0x00 where all goes well',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel({ packetId: publish.packetId!, reasonCode: 0 });
      const bytes = bytesOfLast(broker, 'pubrel');
      equal('the first byte', bytes[0], 0x62);
      equal('the identifier', bytes.subarray(2, 4), concat(u16(publish.packetId!)));
    },
  },
  ...badFlags,
  ...forms,
  {
    statements: ['MQTT-3.6.2-1'],
    name: 'a PUBREC for an identifier that is not in use is answered by PUBREL 0x92',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('50 02 00 63');
      // Ending the connection can be defended as well.
      const isOver = await endedWith(bench, [0x82], { mayGoOn: true, answers: { pubrel: () => {} } });
      const [pubrel] = sentBy(broker, 'pubrel');
      if (isOver && pubrel === undefined) return;
      if (pubrel === undefined) throw new CaseError('should', 'The PUBREC has got no answer');
      equal('the identifier of the PUBREL', pubrel.packetId, 99);
      checkNotFound('The PUBREL', pubrel.reasonCode ?? 0);
    },
  },
  {
    statements: ['MQTT-3.6.2-1'],
    name: 'a PUBREL with the code 0x92 for an identifier that is not in use changes nothing',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('62 03 00 63 92');
      await broker.expect.pubcomp({ packetId: 99 });
      await receive(bench);
    },
  },
  {
    statements: ['MQTT-3.6.2-1'],
    name: 'a PUBREL with the code 0x80, which is not in its table, does no harm beyond ending the connection',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await receive(bench);
      await broker.sendBytes('62 03 00 09 80');
      await endedWith(bench, [0x82, 0x81], { mayGoOn: true, answers: { pubcomp: () => {} } });
    },
  },
  {
    statements: ['MQTT-3.6.2-2', 'MQTT-3.6.2-3'],
    name: 'PUBREL keeps within a Maximum Packet Size of 20',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { maximumPacketSize: 20 });
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      // What the server explains is not to be sent back.
      await broker.send.pubrec(publish, { reasonString: 'a long explanation of this', userProperties: [['n', 'v']] });
      await broker.expect.pubrel(publish);
      const { length } = bytesOfLast(broker, 'pubrel');
      equal('the bytes, if more than allowed', length > 20 ? length : 'within', 'within');
    },
  },
  {
    statements: ['MQTT-3.7.2-1'],
    name: 'a PUBREL for an identifier that is not in use is answered by PUBCOMP 0x92, and the connection stays',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes('62 02 00 63');
      const { reasonCode = 0 } = await broker.expect.pubcomp({ packetId: 99 });
      await receive(bench);
      checkNotFound('The PUBCOMP', reasonCode);
    },
  },
  {
    statements: ['MQTT-3.7.2-1'],
    name: 'a PUBCOMP with the code 0x92 ends the exchange: nothing more is sent for it',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.sendBytes(packet('70', u16(publish.packetId!), '92'));
      await resolved(
        bench,
        'the end of publish()',
        publishing.catch(() => 0x92),
      );
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.7.2-1'],
    name: 'a PUBCOMP with the code 0x10, which is not in its table, ends the connection or the exchange',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', qos: 2 });
      const publish = await broker.expect.publish();
      await broker.send.pubrec(publish);
      await broker.expect.pubrel(publish);
      await broker.sendBytes(packet('70', u16(publish.packetId!), '10'));
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      if (!isOver) await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.7.2-2', 'MQTT-3.7.2-3'],
    name: 'PUBCOMP keeps within a Maximum Packet Size of 20, also for an identifier that is not in use',
    needs: ['qos2'],
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { maximumPacketSize: 20 });
      await receive(bench);
      await broker.sendBytes(packet('62', '00 09', '00 13 1f 00 10 61 20 6c 6f 6e 67 20 72 65 61 73 6f 6e 20 2e 2e'));
      await broker.expect.pubcomp({ packetId: 9 });
      await broker.sendBytes('62 02 00 63');
      await broker.expect.pubcomp({ packetId: 99 });
      const lengths = broker.transcript.packets({ type: 'pubcomp' }).map(({ bytes }) => bytes.length);
      equal(
        'the lengths that are not allowed',
        lengths.filter((length) => length > 20),
        [],
      );
    },
  },
];
