import { notConnected } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { packet, properties, text } from '../../bench/bytes.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { bytesOfLast } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';
import type { ClientAuth, Explanation } from '../../client.ts';
import type { StatementId } from '../../statements.ts';

// Section 3.15: AUTH.

/** A method that answers `?` with `!`. */
const AUTH: ClientAuth = {
  method: 'm',
  start: () => new Uint8Array([0x30]),
  respond: () => new Uint8Array([0x21]),
};

/** An AUTH of the server, with the method `m` and the data `?`. */
function auth(first: string, code: string): Uint8Array {
  return packet(first, code, properties('15', text('m'), '16', text('?')));
}

/** Codes that no AUTH of a server has before the CONNACK. */
const BAD_CODES: readonly (readonly [code: string, what: string])[] = [
  ['19', 'which is for clients'],
  ['00', 'which ends a re-authentication'],
  ['01', 'which is none of AUTH'],
  ['87', 'which is none of AUTH'],
];

const badCodes = BAD_CODES.map(([code, what]): ConformanceCase => ({
  statements: ['MQTT-3.15.2-1'],
  name: `an AUTH 0x${code} before the CONNACK, ${what}, ends the connection`,
  setup: { auth: AUTH },
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect({ authenticationMethod: 'm' });
    await broker.sendBytes(auth('f0', code));
    await endedWith(bench, [0x82, 0x81]);
    await notConnected(bench, connecting);
  },
}));

/** What no AUTH of a client may exceed, in bytes. */
const MAXIMUM_PACKET_SIZE = 30;

const LONG = 'a reason that needs more than the thirty bytes that are allowed';

/** What a client may say with the AUTH that begins a re-authentication, and the statement about it. */
const EXPLANATIONS: readonly (readonly [StatementId, what: string, Explanation])[] = [
  ['MQTT-3.15.2-2', 'a Reason String', { reasonString: LONG }],
  ['MQTT-3.15.2-3', 'a User Property', { userProperties: [['n', LONG]] }],
];

const explained = EXPLANATIONS.map(([statement, what, explanation]): ConformanceCase => ({
  statements: [statement],
  name: `AUTH goes without ${what} that would exceed the Maximum Packet Size of the server`,
  needs: ['reauthenticate', 'reauthenticate-properties'],
  setup: { auth: AUTH },
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench, { authenticationMethod: 'm', maximumPacketSize: MAXIMUM_PACKET_SIZE });
    void client.reauthenticate({ properties: explanation });
    await broker.expect.auth({ reasonCode: 0x19 });
    const { length } = bytesOfLast(broker, 'auth');
    equal('the bytes, if more than allowed', length > MAXIMUM_PACKET_SIZE ? length : 'within', 'within');
  },
}));

export const authPacketCases: readonly ConformanceCase[] = [
  ...['f1', 'f2', 'f8'].map((first): ConformanceCase => ({
    statements: ['MQTT-3.15.1-1'],
    name: `an AUTH that begins with ${first.toUpperCase()} ends the connection`,
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(auth(first, '18'));
      await endedWith(bench, [0x81], { level: 'must' });
      await notConnected(bench, connecting);
    },
  })),
  {
    statements: ['MQTT-3.15.1-1', 'MQTT-3.15.2-1'],
    name: 'AUTH begins with F0, and continues with 0x18',
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      void client.connect();
      await broker.expect.connect({ authenticationMethod: 'm', authenticationData: '30' });
      await broker.sendBytes(auth('f0', '18'));
      await broker.expect.auth({ reasonCode: 0x18, authenticationMethod: 'm', authenticationData: '21' });
      const bytes = bytesOfLast(broker, 'auth');
      equal('the first byte', bytes[0], 0xf0);
      equal('the code', bytes[2], 0x18);
      await broker.send.connack({ authenticationMethod: 'm' });
      await broker.expectSilence();
    },
  },
  ...badCodes,
  {
    statements: ['MQTT-3.15.2-1'],
    name: 'an AUTH 0x19 of the server on a connection that stands ends it',
    setup: { auth: AUTH },
    async run(bench) {
      await begin(bench, { authenticationMethod: 'm' });
      await bench.broker.sendBytes(auth('f0', '19'));
      await endedWith(bench, [0x82, 0x81]);
    },
  },
  {
    statements: ['MQTT-3.15.2-1'],
    name: 'a re-authentication begins with 0x19 and goes on with 0x18',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      void client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      equal('the code', bytesOfLast(broker, 'auth')[2], 0x19);
      await broker.sendBytes(auth('f0', '18'));
      await broker.expect.auth({ reasonCode: 0x18 });
      await broker.sendBytes(packet('f0', '00', properties('15', text('m'))));
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.15.2-2', 'MQTT-3.15.2-3'],
    name: `every AUTH of a re-authentication keeps within a Maximum Packet Size of ${MAXIMUM_PACKET_SIZE}`,
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm', maximumPacketSize: MAXIMUM_PACKET_SIZE });
      void client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      // What the server explains is not to be sent back.
      await broker.send.auth({
        authenticationMethod: 'm',
        authenticationData: '?',
        reasonString: 'a long explanation of this step',
        userProperties: [['name', 'and a value of some length']],
      });
      await broker.expect.auth({ reasonCode: 0x18 });
      const lengths = broker.transcript
        .packets({ type: 'auth', direction: 'toServer' })
        .map(({ bytes }) => bytes.length);
      equal(
        'the lengths that are not allowed',
        lengths.filter((length) => length > MAXIMUM_PACKET_SIZE),
        [],
      );
    },
  },
  ...explained,
  {
    statements: ['MQTT-3.15.2-2', 'MQTT-3.15.2-3'],
    name: 'AUTH has the Reason String and the User Property that fit',
    needs: ['reauthenticate', 'reauthenticate-properties'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      const explanation: Explanation = { reasonString: 'why', userProperties: [['n', 'v']] };
      void client.reauthenticate({ properties: explanation });
      await broker.expect.auth({ reasonCode: 0x19, ...explanation });
    },
  },
];
