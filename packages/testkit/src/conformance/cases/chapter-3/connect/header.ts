import { attempt, rejected, resolved } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import { bodyOf } from '../../../bench/bytes.ts';
import { lastConnect } from '../../../bench/connect-bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { connectWith } from '../../../bench/forbidden.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';
import type { ClientSetup } from '../../../client.ts';

// Section 3.1: the bytes of CONNECT, without the will.

/** User name and password as they are set, the two upper flags, and the payload behind the client identifier `c`. */
const CREDENTIALS: readonly {
  readonly what: string;
  readonly setup: ClientSetup;
  readonly flags: number;
  readonly payload: string;
}[] = [
  { what: 'neither user name nor password', setup: {}, flags: 0x00, payload: '00 01 63' },
  { what: 'a user name alone', setup: { username: 'u' }, flags: 0x80, payload: '00 01 63 00 01 75' },
  { what: 'an empty user name', setup: { username: '' }, flags: 0x80, payload: '00 01 63 00 00' },
  { what: 'a password alone', setup: { password: 'pw' }, flags: 0x40, payload: '00 01 63 00 02 70 77' },
  {
    what: 'user name and password',
    setup: { username: 'u', password: new Uint8Array([0x00, 0xff]) },
    flags: 0xc0,
    payload: '00 01 63 00 01 75 00 02 00 ff',
  },
];

const credentials = CREDENTIALS.map(({ what, setup, flags, payload }): ConformanceCase => ({
  statements: ['MQTT-3.1.2-16', 'MQTT-3.1.2-17', 'MQTT-3.1.2-18', 'MQTT-3.1.2-19'],
  name: `with ${what}, flags and payload of the CONNECT say the same`,
  setup,
  async run(bench) {
    await begin(bench);
    const connect = lastConnect(bench.broker);
    equal('the flags for user name and password', connect.flags & 0xc0, flags);
    equal('the payload', connect.payload, payload);
  },
}));

/** Settings that change the connect flags. */
const FLAG_SETTINGS: readonly ClientSetup[] = [
  { username: 'u' },
  { username: 'u', password: 'p' },
  { will: { topic: 'w' } },
  { will: { topic: 'w', qos: 1 } },
  { will: { topic: 'w', qos: 2, retain: true }, username: 'u', password: 'p' },
];

export const connectHeaderCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.1.0-1', 'MQTT-3.1.2-1', 'MQTT-3.1.2-2', 'MQTT-3.1.2-3'],
    name: 'the first packet is a CONNECT of MQTT, version 5, without reserved flags',
    async run(bench) {
      await begin(bench);
      const bytes = bytesOfLast(bench.broker, 'connect');
      equal('the first byte', bytes[0], 0x10);
      equal('protocol name and version', bodyOf(bytes).subarray(0, 7), '00 04 4d 51 54 54 05');
      equal('the reserved flag', lastConnect(bench.broker).flags & 0x01, 0);
    },
  },
  {
    statements: ['MQTT-3.1.0-1'],
    name: 'nothing goes out before CONNECT, whatever the application has asked for',
    async run(bench) {
      const { broker, client } = bench;
      void client.publish({ topic: 'a', qos: 1 });
      void client.subscribe([{ topicFilter: 'a' }]);
      await begin(bench);
      await broker.answer({ publish: true, subscribe: true });
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.1.0-2'],
    needs: ['session-resume'],
    name: 'each connection has one CONNECT, whatever happens on it',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.send.suback(await broker.expect.subscribe());
      void client.publish({ topic: 'a', qos: 1 });
      await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.send.puback(await broker.expect.publish());
      equal('the CONNECTs of the first connection', sentBy(broker, 'connect', 1).length, 1);
      equal('the CONNECTs of the second connection', sentBy(broker, 'connect', 2).length, 1);
    },
  },
  {
    statements: ['MQTT-3.1.2-2'],
    name: 'CONNACK 0x84 (unsupported protocol version) fails the attempt with that code',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes('20 03 00 84 00');
      await endedWith(bench, []);
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, 0x84);
    },
  },
  {
    statements: ['MQTT-3.1.2-3'],
    name: 'the reserved connect flag is 0 whatever else is set',
    needs: ['will', 'qos2'],
    async run(bench) {
      const { broker } = bench;
      for (const setup of FLAG_SETTINGS) {
        await begin({ ...bench, ...bench.another(setup) });
        equal('the reserved flag', lastConnect(broker).flags & 0x01, 0);
        await broker.cut();
      }
    },
  },
  ...credentials,
  {
    statements: ['MQTT-3.1.3-1'],
    name: 'the payload has client identifier, Will Properties, Will Topic, Will Payload, user name and password',
    setup: {
      clientId: 'id',
      username: 'un',
      password: 'pw',
      will: { topic: 'wt', payload: 'wp', qos: 1, properties: { willDelayInterval: 5 } },
    },
    async run(bench) {
      await begin(bench);
      const payload = '00 02 69 64 05 18 00 00 00 05 00 02 77 74 00 02 77 70 00 02 75 6e 00 02 70 77';
      equal('the payload', lastConnect(bench.broker).payload, payload);
    },
  },
  {
    statements: ['MQTT-3.1.3-3'],
    name: 'a client identifier that the server is to choose is there with no bytes',
    setup: { clientId: '' },
    async run(bench) {
      await begin(bench, { assignedClientIdentifier: 'x1' });
      equal('the payload', lastConnect(bench.broker).payload, '00 00');
    },
  },
  {
    statements: ['MQTT-3.1.3-4'],
    name: 'a client identifier outside ASCII is sent as UTF-8',
    setup: { clientId: '\u00e9\u20ac' },
    async run(bench) {
      await begin(bench);
      equal('the payload', lastConnect(bench.broker).payload, '00 05 c3 a9 e2 82 ac');
    },
  },
  {
    statements: ['MQTT-3.1.3-4'],
    name: 'a client identifier with a lone surrogate or a NUL never gets onto the wire',
    async run(bench) {
      await connectWith(bench, { clientId: 'a\ud800' });
      await connectWith(bench, { clientId: 'a\u0000' });
    },
  },
  {
    statements: ['MQTT-3.1.3-12'],
    name: 'a user name outside ASCII is sent as UTF-8',
    setup: { username: '\u00e9\u20ac' },
    async run(bench) {
      await begin(bench);
      equal('the payload', lastConnect(bench.broker).payload, '00 01 63 00 05 c3 a9 e2 82 ac');
    },
  },
  {
    statements: ['MQTT-3.1.3-12'],
    name: 'a user name with a lone surrogate or a NUL never gets onto the wire',
    async run(bench) {
      await connectWith(bench, { username: 'a\ud800' });
      await connectWith(bench, { username: 'a\u0000' });
    },
  },
  {
    statements: ['MQTT-3.1.4-2'],
    name: 'a server that closes in answer to CONNECT fails the attempt at once',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.hangUp();
      await rejected(bench, 'connect()', connecting);
    },
  },
  {
    statements: ['MQTT-3.1.4-5'],
    name: 'a server that does not answer CONNECT is given up, and the connection closed',
    setup: { connectTimeoutMs: 1_000 },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.answer({ disconnect: true });
      await broker.expect.end({ limitMs: 1_000 + bench.pace.slackMs });
      await rejected(bench, 'connect()', connecting);
    },
  },
  {
    statements: ['MQTT-3.1.3-8'],
    name: 'CONNACK 0x85 (client identifier not valid) fails the attempt with that code, and the client closes',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes('20 03 00 85 00');
      await endedWith(bench, []);
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, 0x85);
    },
  },
  {
    statements: ['MQTT-3.1.4-3'],
    name: 'DISCONNECT 0x8E (session taken over) ends the connection, and the application hears why',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const closed = client.closed();
      await broker.sendBytes('e0 01 8e');
      await endedWith(bench, []);
      await attempt(bench, client.publish({ topic: 'a' }));
      equal('why it ended', (await resolved(bench, 'closed()', closed)).reasonCode, 0x8e);
    },
  },
];
