import type { ReasonCode } from '@minimq/core';
import { attempt, resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { concat, packet, u16 } from '../../../bench/bytes.ts';
import { codeName } from '../../../bench/code-name.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { Explanation } from '../../../client.ts';
import type { StatementId } from '../../../statements.ts';

// Sections 3.4 and 3.5: PUBACK and PUBREC, whose tables of reason codes are the same.

interface PublishAck {
  readonly type: 'puback' | 'pubrec';
  readonly what: string;
  readonly qos: 1 | 2;
  readonly needs: ConformanceCase['needs'] & {};
  /** The first byte of the PUBLISH, and of the acknowledgement. */
  readonly publish: string;
  readonly first: string;
  readonly codes: StatementId;
  readonly reasonString: StatementId;
  readonly userProperties: StatementId;
}

const ACKS: readonly PublishAck[] = [
  {
    type: 'puback',
    what: 'PUBACK',
    qos: 1,
    needs: [],
    publish: '32',
    first: '40',
    codes: 'MQTT-3.4.2-1',
    reasonString: 'MQTT-3.4.2-2',
    userProperties: 'MQTT-3.4.2-3',
  },
  {
    type: 'pubrec',
    what: 'PUBREC',
    qos: 2,
    needs: ['qos2'],
    publish: '34',
    first: '50',
    codes: 'MQTT-3.5.2-1',
    reasonString: 'MQTT-3.5.2-2',
    userProperties: 'MQTT-3.5.2-3',
  },
];

/** The codes with which a receiver may refuse a message. */
const REFUSALS: readonly ReasonCode[] = [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
/** Codes of other packets, and the one of this table that only servers have a use for. */
const FOREIGN: readonly number[] = [0x10, 0x11, 0x01, 0x82, 0x92, 0x9b];
/** The length of an acknowledgement that says nothing but its code, in the shortest form. */
const SHORTEST_REFUSAL = 5;
/** One that has room for a few words, but not for many. */
const SMALL_PACKET = 20;

/** A message that the application acknowledges with this code. */
async function refuse(
  { broker, inbox }: Bench,
  ack: PublishAck,
  packetId: number,
  ...answer: readonly [reasonCode: number, properties?: Explanation]
): Promise<void> {
  inbox.ackWith(...answer);
  await broker.sendBytes(packet(ack.publish, '00 01 61', u16(packetId), '00'));
}

/** The end of an exchange that the client began; what its publish() came to. */
async function finish(bench: Bench, ack: PublishAck, packetId: number, publishing: Promise<number>): Promise<number> {
  const { broker } = bench;
  if (ack.type === 'pubrec') {
    await broker.expect.pubrel({ packetId });
    await broker.send.pubcomp({ packetId });
  }
  return resolved(bench, 'publish()', publishing);
}

/** Too much for a small packet. */
const LONG = 'a reason that needs more than the twenty bytes that are allowed';

const explained = ACKS.flatMap((ack): readonly ConformanceCase[] => {
  const common = { needs: [...ack.needs, 'ack-properties'], setup: { negativeAck: true } } as const;
  const tooLong = (statement: StatementId, what: string, properties: Explanation): ConformanceCase => ({
    ...common,
    statements: [statement],
    name: `${ack.what} goes without ${what} that would exceed the Maximum Packet Size of the server`,
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { maximumPacketSize: SMALL_PACKET });
      await refuse(bench, ack, 1, 0x99, properties);
      await broker.expect[ack.type]({ packetId: 1, reasonCode: 0x99 });
      const { length } = bytesOfLast(broker, ack.type);
      equal('the bytes, if more than allowed', length > SMALL_PACKET ? length : 'within', 'within');
    },
  });
  return [
    tooLong(ack.reasonString, 'a Reason String', { reasonString: LONG }),
    tooLong(ack.userProperties, 'a User Property', { userProperties: [['n', LONG]] }),
    {
      ...common,
      statements: [ack.reasonString, ack.userProperties],
      name: `${ack.what} has the Reason String and the User Property that fit`,
      async run(bench) {
        await begin(bench);
        const properties: Explanation = { reasonString: 'why', userProperties: [['n', 'v']] };
        await refuse(bench, ack, 1, 0x99, properties);
        await bench.broker.expect[ack.type]({ packetId: 1, reasonCode: 0x99, ...properties });
      },
    },
  ];
});

const sent = ACKS.flatMap((ack): readonly ConformanceCase[] => [
  {
    statements: [ack.codes],
    name: `${ack.what} of a message that is taken has the code 0x00, written or left out`,
    needs: ack.needs,
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.sendBytes(packet(ack.publish, '00 01 61 00 05 00 78'));
      await broker.expect[ack.type]({ packetId: 5, reasonCode: 0 });
      const bytes = bytesOfLast(broker, ack.type);
      equal('the first byte', bytes[0], Number.parseInt(ack.first, 16));
      equal('the identifier', bytes.subarray(2, 4), '00 05');
    },
  },
  {
    statements: [ack.codes],
    name: `${ack.what} of a message that the application refuses has the code that it gives`,
    needs: ack.needs,
    setup: { negativeAck: true },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (const [index, reasonCode] of REFUSALS.entries()) {
        const packetId = index + 1;
        await refuse(bench, ack, packetId, reasonCode);
        await broker.expect[ack.type]({ packetId, reasonCode });
        const written = concat(u16(packetId), [reasonCode]);
        equal(
          `the identifier and the code ${codeName(reasonCode)}`,
          bytesOfLast(broker, ack.type).subarray(2, 5),
          written,
        );
      }
    },
  },
  {
    statements: [ack.codes],
    name: `${ack.what} never goes out with a code that is not in its table, or that only servers use`,
    needs: ack.needs,
    setup: { negativeAck: true },
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench);
      for (const [index, reasonCode] of FOREIGN.entries()) {
        // A client may refuse the call, or send a code that is right.
        await refuse(bench, ack, index + 1, reasonCode);
        await attempt(bench, inbox.count(index + 1));
      }
      await broker.answer({ [ack.type]: () => {}, disconnect: true, end: true });
      await broker.expectSilence();
      const given = sentBy(broker, ack.type).map(({ reasonCode = 0 }) => reasonCode);
      equal(
        'the codes that are none of this table',
        given.filter((reasonCode) => reasonCode !== 0 && !REFUSALS.includes(reasonCode)),
        [],
      );
    },
  },
  ...[SHORTEST_REFUSAL, SMALL_PACKET].map((maximumPacketSize): ConformanceCase => ({
    // An acknowledgement without either may be too long as well: the Property Length can be left out.
    statements: maximumPacketSize === SHORTEST_REFUSAL ? ['MQTT-3.2.2-15'] : [ack.reasonString, ack.userProperties],
    name: `${ack.what} with a refusal keeps within a Maximum Packet Size of ${maximumPacketSize}`,
    needs: ack.needs,
    setup: { negativeAck: true },
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { maximumPacketSize });
      await refuse(bench, ack, 1, 0x99);
      await broker.expect[ack.type]({ packetId: 1, reasonCode: 0x99 });
      const { length } = bytesOfLast(broker, ack.type);
      equal('the bytes, if more than allowed', length > maximumPacketSize ? length : 'within', 'within');
    },
  })),
  {
    statements: [ack.reasonString, ack.userProperties],
    name: `${ack.what} of a message whose handler fails keeps within a Maximum Packet Size of ${SMALL_PACKET}`,
    needs: ack.needs,
    async run(bench) {
      const { broker, inbox } = bench;
      await begin(bench, { maximumPacketSize: SMALL_PACKET });
      inbox.fail();
      await broker.sendBytes(packet(ack.publish, '00 01 61 00 05 00 78'));
      await broker.expect[ack.type]({ packetId: 5 });
      const { length } = bytesOfLast(broker, ack.type);
      equal('the bytes, if more than allowed', length > SMALL_PACKET ? length : 'within', 'within');
    },
  },
]);

/** The same acknowledgement in the forms that it may have. */
const FORMS: readonly (readonly [what: string, rest: string])[] = [
  ['neither code nor properties', ''],
  ['its code and no properties', '00'],
  ['its code and a Property Length of 0', '00 00'],
  ['a Reason String', '00 06 1f 00 03 77 68 79'],
  ['two User Properties of one name', '00 0e 26 00 01 6e 00 01 76 26 00 01 6e 00 01 77'],
];

const received = ACKS.flatMap((ack): readonly ConformanceCase[] => [
  ...FORMS.map(([what, rest]): ConformanceCase => ({
    statements: [ack.codes],
    name: `a ${ack.what} with ${what} is taken`,
    needs: ack.needs,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: ack.qos });
      const { packetId = 0 } = await broker.expect.publish({ qos: ack.qos });
      await broker.sendBytes(packet(ack.first, u16(packetId), rest));
      equal('what publish() came to', await finish(bench, ack, packetId, publishing), 0);
      await broker.expectSilence();
    },
  })),
  {
    statements: [ack.codes],
    name: `a ${ack.what} with the code 0x10 (no matching subscribers) is a success`,
    needs: ack.needs,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: ack.qos });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.sendBytes(packet(ack.first, u16(packetId), '10'));
      const reasonCode = await finish(bench, ack, packetId, publishing);
      equal('whether publish() came to a success', reasonCode < 0x80, true);
    },
  },
  {
    statements: [ack.codes],
    name: `a ${ack.what} with any code that refuses a message lets its publish fail with that code, and nothing else`,
    needs: ack.needs,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const reasonCode of REFUSALS) {
        const publishing = client.publish({ topic: 'a', qos: ack.qos });
        const { packetId = 0 } = await broker.expect.publish();
        await broker.sendBytes(packet(ack.first, u16(packetId), [reasonCode]));
        equal('what publish() came to', await resolved(bench, 'publish()', publishing), reasonCode);
      }
      await broker.expectSilence();
    },
  },
  ...[0x92, 0x01].map((reasonCode): ConformanceCase => ({
    statements: [ack.codes],
    name: `a ${ack.what} with the code ${codeName(reasonCode)}, which is not in its table, ends the connection or is taken by its range`,
    needs: ack.needs,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: ack.qos });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.sendBytes(packet(ack.first, u16(packetId), [reasonCode]));
      await endedWith(bench, [0x82, 0x81], { mayGoOn: true, answers: { pubrel: () => {} } });
      const outcome = await attempt(bench, publishing);
      const isSuccess = outcome.kind === 'resolved' && outcome.value < 0x80;
      equal('whether publish() came to a success after a failure', isSuccess && reasonCode >= 0x80, false);
    },
  })),
]);

export const publishAckCases: readonly ConformanceCase[] = [...sent, ...explained, ...received];
