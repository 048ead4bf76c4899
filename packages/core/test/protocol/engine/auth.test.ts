import { describe, expect, it } from 'vitest';
import { Client, errorOf, SESSION_PRESENT } from './client.ts';

// Section 4.12: enhanced authentication, in the handshake and again later. Method "m".

const CONNECT =
  '10 23  00 04 4d 51 54 54 05 02 00 00  15  11 00 00 0e 10  27 00 00 04 00  15 00 01 6d  16 00 04 64 61 74 61  00 01 63';
const AUTH_CONTINUE = 'f0 0a  18  08  15 00 01 6d  16 00 01 61';
const CONNACK_M = '20 07  00 00  04  15 00 01 6d';

const data = new Uint8Array([0x64, 0x61, 0x74, 0x61]);

/** A client whose CONNECT named the method. */
function started(): Client {
  const client = new Client();
  client.start({ authenticationMethod: 'm' });
  return client;
}

/** The same, connected. */
function connected(connack: string = CONNACK_M): Client {
  const client = started();
  client.feed(connack);
  client.engine.verified(0);
  client.expectConnected(false);
  return client;
}

describe('enhanced authentication in the handshake', () => {
  it('starts in CONNECT', () => {
    const client = new Client();
    client.engine.start(0, { authenticationMethod: 'm', authenticationData: data });
    client.expectOutput(CONNECT.replace('10 23', '10 23'));
  });

  it('[MQTT-4.12.0-3] [MQTT-4.12.0-5] answers every AUTH with AUTH 0x18 under the same method', () => {
    const client = started();
    for (const [round, bytes] of [
      [1, '61'],
      [2, '62'],
    ] as const) {
      client.feed(`f0 0a  18  08  15 00 01 6d  16 00 01 ${bytes}`);
      expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0x18, data: new Uint8Array([0x60 + round]) }]);
      client.expectOutput();
      client.engine.authenticate(new Uint8Array([round]));
      client.expectOutput(`f0 0a  18  08  15 00 01 6d  16 00 01 0${round}`);
    }
    client.feed('20 0b  00 00  08  15 00 01 6d  16 00 01 7a');
    expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0, data: new Uint8Array([0x7a]) }]);
    client.engine.verified(0);
    client.expectConnected(false);
    client.expectOutput();
  });

  it('may have no data, either way', () => {
    const client = started();
    client.feed('f0 06  18  04  15 00 01 6d');
    expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0x18, data: undefined }]);
    client.engine.authenticate(undefined);
    client.expectOutput('f0 06  18  04  15 00 01 6d');
    client.feed(CONNACK_M);
    expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0, data: undefined }]);
  });

  it('may be over with the first CONNACK', () => {
    connected();
  });

  it('is over only when the application is satisfied: nothing behind CONNACK is looked at before', () => {
    const client = started();
    client.offer(`${CONNACK_M}  32 07 00 01 61 00 05 00 78`);
    client.happened();
    expect(client.engine.state).toBe('connecting');
    expect(client.engine.granted).toBeNull();
    expect(client.engine.hasMessage).toBe(false);
    expect(client.engine.inputRoom(0)).toBeNull();
    expect(() => client.publish({ topic: 'a' })).toThrow();
    client.engine.verified(0);
    client.expectConnected(false);
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('40 02 00 05');
    client.engine.verified(0);
    expect(client.happened()).toEqual([]);
  });

  it('[MQTT-4.12.1-2] is refused by the application: DISCONNECT, and the session is as it was', () => {
    const client = started();
    client.feed(CONNACK_M);
    client.engine.fail(0, new Error('not my broker') as never, 0x80);
    client.expectOutput('e0 01 80');
    expect(client.closed()).toMatchObject({ error: { message: 'not my broker' }, clean: false });
    client.engine.verified(0);
    expect(client.engine.state).toBe('disconnected');
    client.engine.start(0);
    expect(client.output()).toMatch(/^10 18 00 04 4d 51 54 54 05 02/);
  });

  it('[MQTT-4.12.0-4] is refused by the broker at any step', () => {
    for (const refusal of ['20 03  00 87  00', '20 03  00 8c  00', 'e0 01 87']) {
      const client = started();
      client.feed(AUTH_CONTINUE);
      client.engine.authenticate(undefined);
      client.output();
      client.feed(refusal);
      client.expectOutput();
      expect(client.closed().error).toMatchObject({ name: 'PeerError', code: 'refused', permanent: true });
    }
  });

  it('[MQTT-3.1.2-30] lets nothing but AUTH and DISCONNECT leave before CONNACK', () => {
    const client = new Client({ keepAlive: 1 }).connect();
    client.publish({ topic: 'a', qos: 1 });
    client.subscribe('a');
    client.output();
    client.cut();
    client.start({ authenticationMethod: 'm' });
    client.nowMs = 100_000;
    client.engine.tick(100_000);
    client.expectOutput();
    client.feed(AUTH_CONTINUE);
    client.engine.authenticate(undefined);
    client.expectOutput('f0 06  18  04  15 00 01 6d');
    client.feed('20 07  01 00  04  15 00 01 6d');
    client.expectOutput();
    client.engine.verified(100_000);
    client.expectOutput('3a 06 00 01 61 00 01 00', '82 07 00 02 00 00 01 61 00');
  });

  const wrong: readonly [name: string, packet: string][] = [
    ['AUTH of another method', 'f0 06  18  04  15 00 01 6e'],
    ['AUTH without a method', 'f0 02  18 00'],
    ['AUTH of nothing', 'f0 00'],
    ['AUTH with data and no method', 'f0 06  18  04  16 00 01 61'],
    ['[MQTT-4.12.0-2] AUTH 0x00', 'f0 06  00  04  15 00 01 6d'],
    ['[MQTT-4.12.0-2] AUTH 0x19', 'f0 06  19  04  15 00 01 6d'],
    ['CONNACK without a method', '20 03  00 00  00'],
    ['CONNACK of another method', '20 07  00 00  04  15 00 01 6e'],
  ];
  it.each(wrong)('[MQTT-4.12.0-5] %s is refused with 0x82', (_name, packet) => {
    const client = started();
    client.feed(packet);
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode: 0x82 });
  });

  it('[MQTT-3.15.1-1] AUTH with reserved bits is refused with 0x81', () => {
    const client = started();
    client.feed('f1 06  18  04  15 00 01 6d');
    client.expectOutput('e0 01 81');
  });

  it('[MQTT-4.12.0-7] AUTH is refused where CONNECT named no method', () => {
    const client = new Client();
    client.start();
    client.feed(AUTH_CONTINUE);
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x82 });
  });

  it('a broker that asks again before it was answered is refused: answers would pile up', () => {
    const client = started();
    client.feed(`${AUTH_CONTINUE} ${AUTH_CONTINUE}`);
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x82 });
  });

  it('an answer that comes too late goes nowhere', () => {
    const client = started();
    client.feed(AUTH_CONTINUE);
    client.cut();
    client.engine.authenticate(undefined);
    expect(client.engine.hasOutput).toBe(false);
    client.engine.start(0);
    expect(client.write()).toMatch(/^10 18 /);
    client.engine.authenticate(undefined);
    client.expectOutput();
    client.feed('20 03 00 00 00');
    client.engine.authenticate(undefined);
    client.expectOutput();
    client.engine.disconnect(0);
    client.engine.authenticate(undefined);
    client.expectOutput('e0 00');
  });

  it('an answer that is given after the DISCONNECT goes nowhere', () => {
    const client = started();
    client.feed(AUTH_CONTINUE);
    client.engine.fail(0, new Error('no') as never, 0x83);
    client.engine.authenticate(undefined);
    client.expectOutput('e0 01 83');
  });

  it('is asked for anew on every connection', () => {
    const client = connected();
    client.cut();
    client.engine.start(0);
    expect(client.write()).toMatch(/^10 18 /);
    client.feed(SESSION_PRESENT);
    client.expectConnected(true);
  });
});

describe('re-authentication', () => {
  it('[MQTT-4.12.1-1] starts with AUTH 0x19 under the method of CONNECT, and ends with AUTH 0x00', () => {
    const client = connected();
    client.engine.reauthenticate(data);
    client.expectOutput('f0 0d  19  0b  15 00 01 6d  16 00 04 64 61 74 61');
    client.feed(AUTH_CONTINUE);
    expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0x18, data: new Uint8Array([0x61]) }]);
    client.engine.authenticate(new Uint8Array([1]));
    client.expectOutput('f0 0a  18  08  15 00 01 6d  16 00 01 01');
    client.feed('f0 0a  00  08  15 00 01 6d  16 00 01 7a');
    expect(client.happened()).toEqual([{ kind: 'auth', reasonCode: 0, data: new Uint8Array([0x7a]) }]);
    client.engine.reauthenticate(undefined);
    client.expectOutput('f0 06  19  04  15 00 01 6d');
  });

  it('goes on beside other traffic', () => {
    const client = connected();
    client.engine.reauthenticate(undefined);
    client.publish({ topic: 'a', qos: 1 });
    client.feed('32 07 00 01 61 00 05 00 78');
    expect(client.texts()).toEqual(['x']);
    client.expectOutput('f0 06  19  04  15 00 01 6d', '32 06 00 01 61 00 01 00', '40 02 00 05');
    client.feed('40 02 00 01  f0 06 00 04 15 00 01 6d');
    expect(client.engine.pending).toEqual([]);
  });

  it('one at a time', () => {
    const client = connected();
    client.engine.reauthenticate(undefined);
    const refused = (): void =>
      expect(errorOf(() => client.engine.reauthenticate(undefined))).toMatchObject({ code: 'invalid-argument' });
    refused();
    client.feed(AUTH_CONTINUE);
    refused();
    client.expectOutput('f0 06  19  04  15 00 01 6d');
  });

  it('[MQTT-4.12.0-7] needs a method in CONNECT', () => {
    const client = new Client().connect();
    expect(errorOf(() => client.engine.reauthenticate(undefined))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'invalid-argument',
    });
    client.expectOutput();
  });

  it('[MQTT-4.12.1-2] that the broker refuses ends the connection', () => {
    const client = connected();
    client.engine.reauthenticate(undefined);
    client.output();
    client.feed('e0 01 87');
    expect(client.closed().error).toMatchObject({ name: 'DisconnectedError', by: 'broker', reasonCode: 0x87 });
  });

  it.each([
    ['AUTH 0x18 while none is running', AUTH_CONTINUE],
    ['AUTH 0x00 while none is running', 'f0 06  00  04  15 00 01 6d'],
    ['AUTH 0x19', 'f0 06  19  04  15 00 01 6d'],
  ])('%s is refused with 0x82', (_name, packet) => {
    const client = connected();
    client.feed(packet);
    client.expectRejected(0x82);
  });

  it('[MQTT-4.12.0-5] AUTH of another method is refused with 0x82', () => {
    const client = connected();
    client.engine.reauthenticate(undefined);
    client.output();
    client.feed('f0 06  18  04  15 00 01 6e');
    client.expectRejected(0x82);
  });

  it('[MQTT-3.2.2-15] that the broker would find too long is refused here, and can be tried again', () => {
    const client = connected('20 0c  00 00  09  15 00 01 6d  27 00 00 00 0a');
    expect(errorOf(() => client.engine.reauthenticate(new Uint8Array(10)))).toMatchObject({
      name: 'ResourceError',
      code: 'packet-too-large',
    });
    client.expectOutput();
    client.engine.reauthenticate(undefined);
    client.expectOutput('f0 06  19  04  15 00 01 6d');
  });

  it('does not outlast its connection', () => {
    const client = connected();
    client.engine.reauthenticate(undefined);
    client.cut();
    client.start({ authenticationMethod: 'm' });
    client.feed('20 07  01 00  04  15 00 01 6d');
    client.engine.verified(0);
    client.expectOutput();
    client.engine.reauthenticate(undefined);
    client.expectOutput('f0 06  19  04  15 00 01 6d');
  });
});
