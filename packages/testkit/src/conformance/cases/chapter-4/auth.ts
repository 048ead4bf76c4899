import { attempt, notConnected, rejected, resolved } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { packet, properties, text } from '../../bench/bytes.ts';
import { codeName } from '../../bench/code-name.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { sentBy } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';
import type { ClientAuth } from '../../client.ts';

// Section 4.12: enhanced authentication.

/** A method that answers every question with `!`, and takes whatever comes last. */
const AUTH: ClientAuth = {
  method: 'm',
  start: () => new Uint8Array([0x30]),
  respond: () => new Uint8Array([0x21]),
};

const authenticator = (changes: Partial<ClientAuth>): ClientAuth => ({ ...AUTH, ...changes });

function fail(): never {
  throw new Error('The authenticator of this case fails');
}

/** An AUTH of the server: code, method, data. `null`: without it. */
function auth(code: string, method: string | null = 'm', data: string | null = '?'): Uint8Array {
  const parts = [...(method === null ? [] : ['15', text(method)]), ...(data === null ? [] : ['16', text(data)])];
  return packet('f0', code, properties(...parts));
}

const refusals = [0x8c, 0x87, 0x86].flatMap((reasonCode): readonly ConformanceCase[] => [
  {
    statements: ['MQTT-4.12.0-1'],
    name: `a CONNACK ${codeName(reasonCode)} in answer to the method lets connect() fail with that code`,
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect({ authenticationMethod: 'm' });
      await broker.sendBytes(packet('20', '00', [reasonCode], '00'));
      await endedWith(bench, []);
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, reasonCode);
    },
  },
  {
    statements: ['MQTT-4.12.0-4'],
    name: `a CONNACK ${codeName(reasonCode)} behind a round of AUTH lets connect() fail with that code, and the client closes`,
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(auth('18'));
      await broker.expect.auth();
      await broker.sendBytes(packet('20', '00', [reasonCode], '00'));
      await endedWith(bench, []);
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, reasonCode);
    },
  },
]);

/** What a server must not send while it authenticates the client. */
const WRONG: readonly (readonly [what: string, bytes: Uint8Array, statement: 'MQTT-4.12.0-2' | 'MQTT-4.12.0-5'])[] = [
  ['AUTH 0x00', auth('00'), 'MQTT-4.12.0-2'],
  ['AUTH 0x19', auth('19'), 'MQTT-4.12.0-2'],
  ['AUTH that says nothing at all (F0 00)', packet('f0'), 'MQTT-4.12.0-5'],
  ['AUTH under another method', auth('18', 'n'), 'MQTT-4.12.0-5'],
  ['AUTH under a method in other letters', auth('18', 'M'), 'MQTT-4.12.0-5'],
  ['AUTH without a method', auth('18', null, null), 'MQTT-4.12.0-5'],
  ['AUTH with data and without a method', auth('18', null), 'MQTT-4.12.0-5'],
  ['CONNACK 0x00 without the method', packet('20', '00 00 00'), 'MQTT-4.12.0-5'],
  ['CONNACK 0x00 under another method', packet('20', '00 00', properties('15', text('n'))), 'MQTT-4.12.0-5'],
];

const wrong = WRONG.map(([what, bytes, statement]): ConformanceCase => ({
  statements: [statement],
  name: `an ${what} ends a connection that is being authenticated`.replace('an CONNACK', 'a CONNACK'),
  setup: { auth: AUTH },
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect({ authenticationMethod: 'm' });
    await broker.sendBytes(bytes);
    await endedWith(bench, [0x82, 0x81]);
    await notConnected(bench, connecting);
  },
}));

/** Connections of a client that has no method. */
const unasked: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.12.0-6'],
    name: 'an AUTH before the CONNACK ends the connection of a client that named no method',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      const { properties: { authenticationMethod } = {} } = await broker.expect.connect();
      equal('the method', authenticationMethod, undefined);
      await broker.sendBytes(auth('18'));
      await endedWith(bench, [0x82, 0x81]);
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-4.12.0-6', 'MQTT-4.12.0-7'],
    name: 'an AUTH behind the CONNACK ends the connection of a client that named no method, and is not answered',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(auth('18'));
      await endedWith(bench, [0x82, 0x81]);
      equal('how many AUTH were sent', sentBy(bench.broker, 'auth').length, 0);
    },
  },
  {
    statements: ['MQTT-4.12.0-6'],
    name: 'an Authentication Method in the CONNACK ends the connection of a client that named none',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(packet('20', '00 00', properties('15', text('m'))));
      await endedWith(bench, [0x82, 0x81]);
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-4.12.0-7'],
    name: 'a client that named no method cannot authenticate again',
    needs: ['reauthenticate'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await rejected(bench, 'reauthenticate()', (async () => client.reauthenticate())());
      await broker.expectSilence();
    },
  },
];

const again: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.12.1-1', 'MQTT-4.12.0-5'],
    name: 'a re-authentication begins with AUTH 0x19 under the method of the CONNECT, and ends with AUTH 0x00',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      const done = client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19, authenticationMethod: 'm', authenticationData: '30' });
      await broker.sendBytes(auth('18'));
      await broker.expect.auth({ reasonCode: 0x18, authenticationMethod: 'm', authenticationData: '21' });
      await broker.sendBytes(auth('00', 'm', null));
      await resolved(bench, 'reauthenticate()', done);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.12.1-1'],
    name: 'a re-authentication does not begin before the CONNACK',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      void client.connect();
      await broker.expect.connect();
      void (async () => client.reauthenticate())().catch(() => {});
      await broker.expectSilence();
      await broker.answer({ auth: () => {} });
      await broker.send.connack({ authenticationMethod: 'm' });
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.12.1-1'],
    name: 'other packets go on during a re-authentication',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      void client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      await broker.sendBytes('32 06 00 01 61 00 05 00');
      await broker.expect.puback({ packetId: 5 });
      const publishing = client.publish({ topic: 'a', qos: 1 });
      await broker.send.puback(await broker.expect.publish());
      await resolved(bench, 'publish()', publishing);
    },
  },
  {
    statements: ['MQTT-4.12.1-2'],
    name: 'a re-authentication that the client gives up ends the connection, after a DISCONNECT of 0x80 or above',
    needs: ['reauthenticate'],
    setup: { auth: authenticator({ respond: fail }) },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      void client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      await broker.sendBytes(auth('18'));
      // 0x87 and 0x8C would say it best, but are not for clients to send.
      await endedWith(bench, [0x80, 0x83, 0x82, 0x87, 0x8c], { level: 'must' });
    },
  },
  {
    statements: ['MQTT-4.12.1-2'],
    name: 'a re-authentication that the server refuses with DISCONNECT 0x87 fails, and the client closes',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      const done = client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      await broker.sendBytes('e0 01 87');
      await endedWith(bench, []);
      await rejected(bench, 'reauthenticate()', done);
    },
  },
  {
    statements: ['MQTT-4.12.0-5', 'MQTT-4.12.1-2'],
    name: 'an AUTH under another method ends a re-authentication and the connection',
    needs: ['reauthenticate'],
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench, { authenticationMethod: 'm' });
      void client.reauthenticate();
      await broker.expect.auth({ reasonCode: 0x19 });
      await broker.sendBytes(auth('18', 'n'));
      await endedWith(bench, [0x82, 0x81]);
    },
  },
];

export const authenticationCases: readonly ConformanceCase[] = [
  ...refusals,
  ...wrong,
  {
    statements: ['MQTT-4.12.0-3', 'MQTT-4.12.0-5'],
    name: 'each AUTH of the server is answered by AUTH 0x18 under the same method',
    setup: { auth: AUTH },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect({ authenticationMethod: 'm', authenticationData: '30' });
      for (let round = 0; round < 3; round += 1) {
        await broker.sendBytes(auth('18'));
        await broker.expect.auth({ reasonCode: 0x18, authenticationMethod: 'm', authenticationData: '21' });
      }
      await broker.send.connack({ authenticationMethod: 'm', authenticationData: 'ok' });
      equal('the reason code', (await resolved(bench, 'connect()', connecting)).reasonCode, 0);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-4.12.0-3'],
    name: 'a client that cannot answer an AUTH closes, with a DISCONNECT of 0x80 or above or without',
    setup: { auth: authenticator({ respond: fail }) },
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes(auth('18'));
      await endedWith(bench, [0x80, 0x83, 0x82, 0x87, 0x8c]);
      const { kind } = await attempt(bench, connecting, 'patiently');
      equal('how connect() ended', kind, 'rejected');
    },
  },
  ...unasked,
  ...again,
];
