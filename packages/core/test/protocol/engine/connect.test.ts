import { describe, expect, it } from 'vitest';
import { Client, CONNACK, errorOf, SESSION_PRESENT } from './client.ts';
import { toHex } from '../../codec/bytes.ts';

// Section 3.1: what CONNECT says, and what the session it names has to do with it.

// Clean Start; session expiry 3600 and Maximum Packet Size 1024; client identifier "c".
const CONNECT = '10 18  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63';
// The same with Clean Start 0.
const RESUME = '10 18  00 04 4d 51 54 54 05 00 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63';

describe('CONNECT', () => {
  it('[MQTT-3.1.0-1] is the first packet, and nothing follows it until CONNACK', () => {
    const client = new Client({ keepAlive: 1 });
    expect(client.engine.output()).toBeNull();
    client.engine.start(0);
    expect(client.engine.state).toBe('connecting');
    client.expectOutput('10 18  00 04 4d 51 54 54 05 02 00 01  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63');
    client.nowMs = 60_000;
    client.engine.tick(60_000);
    client.expectOutput();
    expect(client.engine.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('says nothing that the standard takes for granted', () => {
    const client = new Client({ sessionExpiryInterval: 0 });
    client.engine.start(0);
    client.expectOutput('10 13  00 04 4d 51 54 54 05 02 00 00  05  27 00 00 04 00  00 01 63');
  });

  it('says all that is configured', () => {
    const client = new Client({
      clientId: 'é',
      keepAlive: 60,
      sessionExpiryInterval: 4_294_967_295,
      receiveMaximum: 20,
      topicAliasMaximum: 10,
      requestResponseInformation: true,
      requestProblemInformation: false,
      userProperties: [
        ['a', 'b'],
        ['a', ''],
      ],
    });
    client.engine.start(0);
    client.expectOutput(
      '10 30  00 04 4d 51 54 54 05 02 00 3c',
      '21  11 ff ff ff ff  21 00 14  27 00 00 04 00  22 00 0a  19 01  17 00  26 00 01 61 00 01 62  26 00 01 61 00 00',
      '00 02 c3 a9',
    );
  });

  it('[MQTT-3.1.3-1] has client identifier, will, user name and password in that order', () => {
    const client = new Client();
    client.engine.start(0, {
      will: {
        topic: 'w',
        payload: 'gone',
        qos: 1,
        retain: true,
        properties: { willDelayInterval: 5, payloadFormatIndicator: 1 },
      },
      username: 'u',
      password: 'p',
    });
    client.expectOutput(
      '10 2f  00 04 4d 51 54 54 05 ee 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63',
      '07  18 00 00 00 05  01 01  00 01 77  00 04 67 6f 6e 65',
      '00 01 75  00 01 70',
    );
  });

  it('[MQTT-3.1.2-19] may have a password without a user name', () => {
    const client = new Client();
    client.engine.start(0, { password: new Uint8Array([0, 255]) });
    client.expectOutput(
      '10 1c  00 04 4d 51 54 54 05 42 00 00  0a 11 00 00 0e 10  27 00 00 04 00  00 01 63  00 02 00 ff',
    );
  });

  it('[MQTT-3.1.2-9] has a will of QoS 2 without payload', () => {
    const client = new Client();
    client.engine.start(0, { will: { topic: 'w', qos: 2 } });
    client.expectOutput(
      '10 1e  00 04 4d 51 54 54 05 16 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63  00 00 01 77 00 00',
    );
  });

  it('[MQTT-3.1.3-3] has an empty client identifier where none is configured', () => {
    const client = new Client({ clientId: '' });
    client.engine.start(0);
    client.expectOutput('10 17  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 00');
  });

  it('names a user as often as it connects: credentials and will belong to one attempt', () => {
    const client = new Client().connect(CONNACK, { username: 'u', will: { topic: 'w' } });
    client.cut();
    client.engine.start(0);
    client.expectOutput(RESUME);
  });

  it('leaves however full tx is, and whatever its size', () => {
    const client = new Client({ tx: 96, txReserve: 32 }).connect();
    client.publish({ topic: 'a', qos: 1, payload: new Uint8Array(50) });
    expect(client.tryPublish({ topic: 'a', qos: 1, payload: new Uint8Array(50) })).toBeNull();
    client.cut();
    client.engine.start(0, { password: 'x'.repeat(2048) });
    // 24 bytes as ever, and 2 + 2048 of password: a Remaining Length of 2074.
    expect(client.output()).toMatch(/^10 9a 10 00 04 4d 51 54 54 05 40 .*00 01 63 08 00 (78 ){2047}78$/);
  });

  it('leaves in pieces where the transport takes no more', () => {
    const client = new Client();
    client.engine.start(0);
    const pieces = Array.from({ length: 26 }, () => client.write(1));
    expect(pieces.join(' ')).toBe(CONNECT.replaceAll(/ +/g, ' '));
    client.expectOutput();
  });

  it('is refused, and nothing has changed, where it could not be sent', () => {
    const client = new Client();
    for (const options of [
      { will: { topic: 'a/#' } },
      { will: { topic: '' } },
      { will: { topic: 'a', qos: 3 as 2 } },
      { username: 'a\0' },
      { password: new Uint8Array(65_536) },
      { clientId: '\ud800', cleanStart: true },
      { authenticationData: new Uint8Array(1) },
    ]) {
      expect(errorOf(() => client.engine.start(0, options))).toMatchObject({
        name: 'InvalidRequestError',
        code: 'invalid-argument',
      });
      expect(client.engine.state).toBe('disconnected');
    }
    client.engine.start(0);
    client.expectOutput(CONNECT);
  });

  it('is refused while there is a connection, in every state of it', () => {
    const client = new Client();
    const refused = (): void =>
      expect(errorOf(() => client.engine.start(0))).toMatchObject({
        name: 'InvalidRequestError',
        code: 'already-connected',
      });
    client.start();
    refused();
    client.feed(CONNACK);
    refused();
    client.engine.disconnect(0);
    expect(client.engine.state).toBe('disconnecting');
    refused();
    client.expectOutput('e0 00');
    client.connect();
  });
});

describe('Clean Start', () => {
  it('[MQTT-3.1.2-4] is asked for exactly while the session holds no state', () => {
    const client = new Client();
    client.engine.start(0);
    client.expectOutput(CONNECT);
    client.cut();
    // No CONNACK was seen: there is nothing to resume.
    client.engine.start(0);
    client.expectOutput(CONNECT);
    client.feed(CONNACK);
    client.cut();
    client.engine.start(0);
    client.expectOutput(RESUME);
    client.cut();
    // The CONNACK of the resume was not seen either: the session still is.
    client.engine.start(0);
    client.expectOutput(RESUME);
    client.feed(SESSION_PRESENT);
    client.cut();
    client.engine.start(0);
    client.expectOutput(RESUME);
  });

  it('is asked for after a connection whose session ended with it', () => {
    const client = new Client({ sessionExpiryInterval: 0 }).connect();
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 13  00 04 4d 51 54 54 05 02 00 00  05  27 00 00 04 00  00 01 63');
  });

  it('is asked for where the CONNACK gave the session no time', () => {
    const client = new Client().connect('20 08  00 00  05 11 00 00 00 00');
    client.cut();
    client.engine.start(0);
    client.expectOutput(CONNECT);
  });

  it('is not asked for where the CONNACK gave the session time that was not asked for', () => {
    const client = new Client({ sessionExpiryInterval: 0 }).connect('20 08  00 00  05 11 00 00 00 0a');
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 13  00 04 4d 51 54 54 05 00 00 00  05  27 00 00 04 00  00 01 63');
  });

  it('`cleanStart: true` drops the state first', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.engine.start(0, { cleanStart: true });
    expect(operation.state).toBe('invalidated');
    expect(operation.error).toMatchObject({ name: 'InvalidatedError', code: 'invalidated' });
    client.expectOutput(CONNECT);
    client.feed(CONNACK);
    client.expectOutput();
  });

  it('`cleanStart: true` keeps what no broker has seen', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.cut();
    client.connect(CONNACK, { cleanStart: true });
    client.expectOutput('32 06  00 01 61 00 01 00');
    client.feed('40 02 00 01');
    expect(operation.state).toBe('complete');
  });

  it('[MQTT-3.2.2-5] a session that the broker has lost begins anew', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.connect(CONNACK);
    client.expectOutput();
    client.publish({ topic: 'b', qos: 1 });
    client.expectOutput('32 06  00 01 62 00 02 00');
    client.cut();
    client.engine.start(0);
    client.expectOutput(RESUME);
  });
});

describe('Session Present', () => {
  it('[MQTT-3.2.2-4] 1 on an empty session closes with 0x82', () => {
    const client = new Client();
    client.start();
    client.feed(SESSION_PRESENT);
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({
      name: 'PeerError',
      code: 'invalid-packet',
      reasonCode: 0x82,
      section: '3.2.2.1.1',
    });
  });

  it.each([false, true])('[MQTT-3.2.2-2] 1 after a clean start closes with 0x82 (adoptSession: %s)', (adoptSession) => {
    const client = new Client({ adoptSession }).connect();
    client.cut();
    client.start({ cleanStart: true });
    client.feed(SESSION_PRESENT);
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x82 });
    // The state was dropped for good.
    client.engine.start(0);
    expect(client.output()).toMatch(adoptSession ? /^10 18 00 04 4d 51 54 54 05 00/ : /^10 18 00 04 4d 51 54 54 05 02/);
  });

  it('1 is what `adoptSession` hopes for on an empty session', () => {
    const client = new Client({ adoptSession: true });
    client.engine.start(0);
    client.expectOutput(RESUME);
    client.feed(SESSION_PRESENT);
    client.expectConnected(true);
    client.cut();
    client.engine.start(0);
    client.expectOutput(RESUME);
  });

  it('0 is all right for `adoptSession`', () => {
    const client = new Client({ adoptSession: true });
    client.connect(CONNACK);
  });

  it('1 with a refusal is a refusal', () => {
    const client = new Client();
    client.start();
    client.feed('20 03  01 87  00');
    expect(client.closed().error).toMatchObject({ name: 'PeerError', code: 'refused', reasonCode: 0x87 });
  });
});

describe('the client identifier', () => {
  it('[MQTT-3.1.3-2] owns the state: another one is refused without cleanStart', () => {
    const client = new Client().connect();
    client.cut();
    expect(errorOf(() => client.engine.start(0, { clientId: 'd' }))).toMatchObject({
      name: 'InvalidRequestError',
      code: 'client-id-changed',
    });
    expect(client.engine.state).toBe('disconnected');
    client.engine.start(0, { clientId: 'c' });
    client.expectOutput(RESUME);
  });

  it('may change with cleanStart, and stays', () => {
    const client = new Client().connect();
    client.cut();
    client.engine.start(0, { clientId: 'd', cleanStart: true });
    client.expectOutput('10 18  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 64');
    expect(client.engine.clientId).toBe('d');
    client.feed(CONNACK);
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 18  00 04 4d 51 54 54 05 00 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 64');
  });

  it('[MQTT-3.1.3-7] that the broker assigned is used from then on', () => {
    const client = new Client({ clientId: '' });
    client.connect('20 08  00 00  05  12 00 02 78 31');
    expect(client.engine.clientId).toBe('x1');
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 19  00 04 4d 51 54 54 05 00 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 02 78 31');
  });

  it('[MQTT-3.2.2-16] that the broker did not assign leaves a session that cannot be resumed', () => {
    const client = new Client({ clientId: '' }).connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.expectOutput('32 06  00 01 61 00 01 00');
    client.cut();
    expect(operation.state).toBe('invalidated');
    client.engine.start(0);
    client.expectOutput('10 17  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 00');
  });
});

describe('Receive Maximum', () => {
  it('is never more than the free capacity for received QoS 2', () => {
    const client = new Client({ receiveMaximum: 10, inboundQoS2Max: 3 });
    client.engine.start(0);
    client.expectOutput('10 1b  00 04 4d 51 54 54 05 02 00 00  0d  11 00 00 0e 10  21 00 03  27 00 00 04 00  00 01 63');
    client.feed(CONNACK);
    // Two QoS 2 messages; the first is acknowledged, and both are lost before a PUBREL.
    client.feed('34 06 00 01 61 00 01 00   34 06 00 01 61 00 02 00');
    client.receive();
    client.receive();
    client.output();
    client.cut();
    client.engine.start(0);
    // Both were handed over, so that both wait for a repeat or a PUBREL.
    client.expectOutput('10 1b  00 04 4d 51 54 54 05 00 00 00  0d  11 00 00 0e 10  21 00 01  27 00 00 04 00  00 01 63');
  });

  it('does not count what the connection took with it', () => {
    const client = new Client({ receiveMaximum: 10, inboundQoS2Max: 3 }).connect();
    client.feed('34 06 00 01 61 00 01 00   34 06 00 01 61 00 02 00');
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 1b  00 04 4d 51 54 54 05 00 00 00  0d  11 00 00 0e 10  21 00 03  27 00 00 04 00  00 01 63');
  });

  it('does not count what a clean start drops', () => {
    const client = new Client({ receiveMaximum: 10, inboundQoS2Max: 3 }).connect();
    client.feed('34 06 00 01 61 00 01 00');
    client.receive();
    client.cut();
    client.engine.start(0, { cleanStart: true });
    client.expectOutput('10 1b  00 04 4d 51 54 54 05 02 00 00  0d  11 00 00 0e 10  21 00 03  27 00 00 04 00  00 01 63');
  });

  it('is 1 at least', () => {
    const client = new Client({ inboundQoS2Max: 1 }).connect();
    client.feed('34 06 00 01 61 00 01 00');
    client.receive();
    client.cut();
    client.engine.start(0);
    client.expectOutput('10 1b  00 04 4d 51 54 54 05 00 00 00  0d  11 00 00 0e 10  21 00 01  27 00 00 04 00  00 01 63');
  });
});

it('the CONNECT of an attempt is not what the next one is made of', () => {
  const client = new Client();
  client.engine.start(0, { username: 'u', authenticationMethod: 'm' });
  expect(client.lend()).toMatch(/^10 /);
  client.cut();
  client.engine.start(0);
  expect(toHex(client.engine.output()!)).toBe(CONNECT.replaceAll(/ +/g, ' '));
});
