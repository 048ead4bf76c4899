import type { ReasonCode } from '@minimq/core';
import type { AnswerTable } from '../../../script/answers.ts';
import { WAIT_LIMIT_MS } from '../../../script/patience.ts';
import { attempt, notConnected, resolved } from '../../bench/attempt.ts';
import { begin, resume } from '../../bench/begin.ts';
import { filler, packet, properties, text } from '../../bench/bytes.ts';
import { codeName } from '../../bench/code-name.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { recommended } from '../../bench/recommended.ts';
import { bytesOfLast, sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';

// Section 3.14: DISCONNECT.

/** That the client closes behind its DISCONNECT is a rule of its own, with cases of its own. */
const MAY_CLOSE: AnswerTable = { end: true };

/** What a client may say; 9B belongs to the case of section 3.3.4. */
const OWN_CODES: readonly number[] = [
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9b,
];
/** What an application may name without a doubt. */
const NAMED: readonly ReasonCode[] = [0x04, 0x80, 0x83, 0x96, 0x97, 0x98];
/** Codes of other packets, and of none. */
const FOREIGN: readonly number[] = [0x10, 0x01, 0x84];
/** Codes that the table has for servers. */
const FOR_SERVERS: readonly number[] = [0x87, 0x8b, 0x8d, 0x8e, 0x9c];

const named = NAMED.map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-3.14.2-1'],
  name: `DISCONNECT has the code ${codeName(reasonCode)} that the application names`,
  needs: ['disconnect-options'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    await broker.answer(MAY_CLOSE);
    void client.disconnect({ reasonCode });
    await broker.expect.disconnect({ reasonCode });
  },
}));

const foreign = [...FOREIGN, ...FOR_SERVERS].map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-3.14.2-1'],
  name: `DISCONNECT never has the code ${codeName(reasonCode)}`,
  needs: ['disconnect-options'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    await broker.answer({ disconnect: true, end: true });
    await attempt(bench, client.disconnect({ reasonCode }));
    await recommended(broker.expectSilence(), FOREIGN.includes(reasonCode) ? 'must' : 'should');
    const given = sentBy(broker, 'disconnect').map((disconnect) => disconnect.reasonCode ?? 0);
    equal(
      'the codes that are not for clients',
      given.filter((code) => !OWN_CODES.includes(code)),
      [],
    );
  },
}));

/** Codes that a server must not use in DISCONNECT. */
const NOT_FOR_SERVERS: readonly number[] = [0x04, 0x01, 0x84, 0x91];

const notForServers = NOT_FOR_SERVERS.map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-3.14.2-1'],
  name: `a DISCONNECT of the server with the code ${codeName(reasonCode)} ends the connection like any other`,
  async run(bench) {
    await begin(bench);
    await bench.broker.sendBytes(packet('e0', [reasonCode]));
    await endedWith(bench, [0x82, 0x81]);
  },
}));

/** What a DISCONNECT may explain. */
const LONG = 'a reason that needs more than the twenty bytes that are allowed';
const EXPLANATIONS = [
  { statement: 'MQTT-3.14.2-3', what: 'a Reason String', explanation: { reasonString: LONG } },
  { statement: 'MQTT-3.14.2-4', what: 'a User Property', explanation: { userProperties: [['n', LONG]] } },
  {
    statement: 'MQTT-3.14.2-4',
    what: 'a Reason String and a User Property',
    explanation: { reasonString: LONG, userProperties: [['n', LONG]] },
  },
] as const;

const explained = EXPLANATIONS.map(({ statement, what, explanation }): ConformanceCase => ({
  statements: [statement],
  name: `DISCONNECT goes without ${what} where that would exceed the Maximum Packet Size of the server`,
  needs: ['disconnect-options'],
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench, { maximumPacketSize: 20 });
    void client.disconnect({ reasonCode: 0x04, properties: explanation });
    // A client may close without one where it does not fit.
    await broker.answer({ disconnect: true });
    await broker.expect.end();
    const lengths = broker.transcript.packets({ type: 'disconnect' }).map(({ bytes }) => bytes.length);
    equal(
      'the lengths that are not allowed',
      lengths.filter((length) => length > 20),
      [],
    );
  },
}));

/** Bytes in a message, and messages, that no connection takes in while nobody reads. */
const BULK_BYTES = 64 * 1024;
const BULK_COUNT = 128;

export const disconnectCases: readonly ConformanceCase[] = [
  ...[0x87, 0x00, 0x8b].map((reasonCode): ConformanceCase => ({
    statements: ['MQTT-3.14.0-1'],
    name: `a DISCONNECT ${codeName(reasonCode)} before the CONNACK ends the attempt to connect`,
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(packet('e0', [reasonCode]));
      await endedWith(bench, [0x82, 0x81]);
      await notConnected(bench, connecting);
    },
  })),
  ...['e1', 'e2', 'ef'].map((first): ConformanceCase => ({
    statements: ['MQTT-3.14.1-1'],
    name: `a DISCONNECT that begins with ${first.toUpperCase()} is malformed`,
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(`${first} 00`);
      await endedWith(bench, [0x81]);
    },
  })),
  {
    statements: ['MQTT-3.14.1-1', 'MQTT-3.14.4-3'],
    name: 'a plain DISCONNECT begins with E0 and says 0x00, written or left out',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(MAY_CLOSE);
      void client.disconnect();
      await broker.expect.disconnect({ reasonCode: 0 });
      equal('the first byte', bytesOfLast(broker, 'disconnect')[0], 0xe0);
    },
  },
  ...named,
  ...foreign,
  ...notForServers,
  {
    statements: ['MQTT-3.14.2-1'],
    name: 'any DISCONNECT that a server may send ends the connection, and no DISCONNECT answers it',
    async run(bench) {
      const { broker } = bench;
      for (const reasonCode of [0x00, 0x80, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x97, 0x98, 0x9c, 0xa0, 0xa2]) {
        const driven = bench.another({ clientId: `d${reasonCode}` });
        await begin({ ...bench, ...driven });
        await broker.sendBytes(packet('e0', [reasonCode]));
        await endedWith(bench, []);
      }
    },
  },
  {
    statements: ['MQTT-3.14.2-2'],
    name: 'a Session Expiry Interval in a DISCONNECT of the server is a protocol error, and leaves the session as it is',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      const { packetId } = await broker.expect.publish();
      await broker.sendBytes(packet('e0', '00', properties('11 00 00 00 00')));
      await endedWith(bench, [0x82, 0x81]);
      await resume(bench);
      await broker.expect.publish({ payload: 'x', packetId: packetId! });
    },
  },
  ...explained,
  {
    statements: ['MQTT-3.14.2-3', 'MQTT-3.14.2-4'],
    name: 'DISCONNECT has the Reason String and the User Property that fit',
    needs: ['disconnect-options'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(MAY_CLOSE);
      void client.disconnect({ reasonCode: 0x04, properties: { reasonString: 'why', userProperties: [['n', 'v']] } });
      await broker.expect.disconnect({ reasonCode: 0x04, reasonString: 'why', userProperties: [['n', 'v']] });
    },
  },
  {
    statements: ['MQTT-3.14.4-1'],
    name: 'nothing follows a DISCONNECT, although messages wait for quota',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { receiveMaximum: 1 });
      for (const payload of ['1', '2', '3']) void client.publish({ topic: 'a', payload, qos: 1 });
      const publish = await broker.expect.publish({ payload: '1' });
      // A client may wait for its acknowledgements first.
      await broker.answer({ publish: true, disconnect: true });
      const acknowledging = broker.send.puback(publish);
      void client.disconnect();
      await acknowledging;
      await broker.expect.end();
      const types = broker.transcript.packets({ direction: 'toServer' }).map(({ packet: sent }) => sent?.type);
      equal('the last packet', types.at(-1), 'disconnect');
    },
  },
  {
    statements: ['MQTT-3.14.4-1'],
    name: 'nothing follows a DISCONNECT, although a message is still being handled',
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      inbox.hold();
      await broker.answer({ puback: true, ...MAY_CLOSE });
      await broker.sendBytes('32 07 00 01 61 00 05 00 78');
      await resolved(bench, 'the handing over', inbox.count(1));
      void client.disconnect();
      inbox.release();
      await broker.expect.disconnect();
      await broker.expectSilence();
      const types = broker.transcript.packets({ direction: 'toServer' }).map(({ packet: sent }) => sent?.type);
      equal('the last packet', types.at(-1), 'disconnect');
    },
  },
  {
    statements: ['MQTT-3.14.4-1'],
    name: 'nothing follows a DISCONNECT that waits for the server to read, although a message is acknowledged meanwhile',
    isHeavy: true,
    setup: { manualAck: true },
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      await broker.sendBytes('32 07 00 01 61 00 05 00 78');
      const [message] = await resolved(bench, 'the handing over', inbox.count(1));
      await broker.stall();
      for (let count = 0; count < BULK_COUNT; count += 1) {
        void client.publish({ topic: 'a', payload: filler(BULK_BYTES) });
      }
      void client.disconnect();
      message?.ack?.();
      // What goes out before the DISCONNECT is no fault.
      await broker.answer({ publish: true, puback: true });
      await broker.sendBytes('32 07 00 01 61 00 06 00 79');
      await broker.expectSilence();
      await broker.resume();
      // A client may lose its patience, and close without a word.
      await recommended(broker.expect.disconnect());
      await broker.expect.end();
      const types = broker.transcript.packets({ direction: 'toServer' }).map(({ packet: sent }) => sent?.type);
      equal('what follows the DISCONNECT', types.slice(types.indexOf('disconnect') + 1), []);
    },
  },
  {
    statements: ['MQTT-3.14.4-1'],
    name: 'calls behind disconnect() send nothing on that connection',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.disconnect();
      void (async () => client.publish({ topic: 'a' }))().catch(() => {});
      void (async () => client.subscribe([{ topicFilter: 'a' }]))().catch(() => {});
      // What went out before the DISCONNECT is no fault.
      await broker.answer({ publish: true, subscribe: true, disconnect: true });
      await broker.expect.end();
      const types = broker.transcript.packets({ direction: 'toServer' }).map(({ packet: sent }) => sent?.type);
      equal('the last packet', types.at(-1), 'disconnect');
    },
  },
  {
    statements: ['MQTT-3.14.4-2'],
    name: 'a client that has sent DISCONNECT closes the connection, although the server keeps its side open',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const disconnecting = client.disconnect();
      await broker.expect.disconnect();
      await broker.expect.end();
      await resolved(bench, 'disconnect()', disconnecting);
    },
  },
  {
    statements: ['MQTT-3.14.4-2', 'MQTT-3.14.4-1'],
    name: 'a client that has sent DISCONNECT for an error closes the connection',
    async run(bench) {
      const { broker, pace } = bench;
      await begin(bench);
      await broker.answer({ end: true });
      await broker.sendBytes(packet('30', text('a'), properties('ff')));
      await broker.expectSilence({ of: 'publish', forMs: 200 + pace.slackMs });
      const hasSaid = broker.transcript.packets({ type: 'disconnect', direction: 'toServer' }).length > 0;
      // Who has said nothing has not broken these rules, and may close without a word.
      if (!hasSaid) return;
      await recommended(broker.expect.disconnect({ reasonCode: 0x81 }));
      // The server keeps its side open: the client must not stay after its DISCONNECT.
      await broker.expect.end({ limitMs: WAIT_LIMIT_MS });
    },
  },
  {
    statements: ['MQTT-3.14.4-3'],
    name: 'DISCONNECT says 0x04 where the application wants its will to be published',
    needs: ['disconnect-options'],
    setup: { will: { topic: 'w', payload: 'gone' } },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(MAY_CLOSE);
      void client.disconnect({ reasonCode: 0x04 });
      await broker.expect.disconnect({ reasonCode: 0x04 });
      equal('the code', bytesOfLast(broker, 'disconnect')[2], 0x04);
    },
  },
  {
    statements: ['MQTT-3.14.4-3'],
    name: 'DISCONNECT says 0x00 although there is a will, where the application just disconnects',
    setup: { will: { topic: 'w', payload: 'gone' } },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer(MAY_CLOSE);
      void client.disconnect();
      await broker.expect.disconnect({ reasonCode: 0 });
    },
  },
];
