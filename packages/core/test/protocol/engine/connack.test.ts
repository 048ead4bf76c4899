import { describe, expect, it } from 'vitest';
import { Client, CONNACK } from './client.ts';

// Section 3.2: what the broker grants, and what it refuses.

describe('CONNACK', () => {
  it('that is silent leaves the values of the standard, and of CONNECT', () => {
    const client = new Client({ keepAlive: 60, sessionExpiryInterval: 3600 });
    expect(client.engine.granted).toBeNull();
    client.start();
    expect(client.engine.granted).toBeNull();
    client.feed(CONNACK);
    expect(client.engine.granted).toEqual({
      sessionExpiryInterval: 3600,
      receiveMaximum: 65_535,
      maximumQoS: 2,
      retainAvailable: true,
      maximumPacketSize: 268_435_460,
      topicAliasMaximum: 0,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifierAvailable: true,
      sharedSubscriptionAvailable: true,
      keepAlive: 60,
      responseInformation: undefined,
      serverReference: undefined,
      reasonString: undefined,
      userProperties: [],
    });
    client.cut();
    expect(client.engine.granted).toBeNull();
  });

  it('that says everything is taken at its word', () => {
    const client = new Client({ clientId: '', requestResponseInformation: true });
    client.start();
    client.feed(
      [
        '20 39  00 00  36',
        '11 00 00 00 78',
        '21 00 0a',
        '24 01',
        '25 00',
        '27 00 00 03 e8',
        '12 00 02 69 64',
        '22 00 05',
        '1f 00 02 68 69',
        '26 00 01 6b 00 01 76',
        '28 00',
        '29 00',
        '2a 00',
        '13 00 1e',
        '1a 00 01 72',
        '1c 00 01 73',
      ].join(' '),
    );
    client.expectConnected(false);
    expect(client.engine.clientId).toBe('id');
    expect(client.engine.granted).toEqual({
      sessionExpiryInterval: 120,
      receiveMaximum: 10,
      maximumQoS: 1,
      retainAvailable: false,
      maximumPacketSize: 1000,
      topicAliasMaximum: 5,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifierAvailable: false,
      sharedSubscriptionAvailable: false,
      keepAlive: 30,
      responseInformation: 'r',
      serverReference: 's',
      reasonString: 'hi',
      userProperties: [['k', 'v']],
    });
  });

  it('says nothing about the next connection: its limits end with this one', () => {
    const client = new Client().connect('20 08  00 00  05  24 00  21 00 01');
    expect(client.engine.granted).toMatchObject({ maximumQoS: 0, receiveMaximum: 1 });
    client.cut();
    client.connect('20 03  01 00  00');
    expect(client.engine.granted).toMatchObject({ maximumQoS: 2, receiveMaximum: 65_535 });
  });

  it('may arrive a byte at a time', () => {
    const client = new Client();
    client.start();
    client.feed('20 06  00 00  03  21 00 05', 1);
    client.expectConnected(false);
    expect(client.engine.granted?.receiveMaximum).toBe(5);
  });

  it('may have messages right behind it', () => {
    const client = new Client();
    client.start();
    client.feed(`${CONNACK}  30 05  00 01 61 00 78  32 07  00 01 61 00 01 00 79`);
    client.expectConnected(false);
    expect(client.texts()).toEqual(['x', 'y']);
    client.expectOutput('40 02 00 01');
  });

  it('[MQTT-3.2.2-7] of 0x80 or above ends the connection without a word', () => {
    const client = new Client();
    client.start();
    client.feed('20 11  00 87  0e  1f 00 02 6e 6f  1c 00 01 73  26 00 00 00 00');
    client.expectOutput();
    const { error, clean } = client.closed();
    expect(clean).toBe(false);
    expect(error).toMatchObject({
      name: 'PeerError',
      code: 'refused',
      reasonCode: 0x87,
      reasonString: 'no',
      serverReference: 's',
      userProperties: [['', '']],
      permanent: true,
      connectionLost: true,
    });
    expect(error.message).toMatch(/0x87 \(not authorized\)/);
  });

  const codes: readonly [code: string, permanent: boolean][] = [
    ['80', false],
    ['81', true],
    ['82', true],
    ['83', false],
    ['84', true],
    ['85', true],
    ['86', true],
    ['87', true],
    ['88', false],
    ['89', false],
    ['8a', true],
    ['8c', true],
    ['90', true],
    ['95', true],
    ['97', false],
    ['99', true],
    ['9a', true],
    ['9b', true],
    ['9c', false],
    ['9d', true],
    ['9f', false],
  ];
  it.each(codes)('[MQTT-3.2.2-7] 0x%s is a refusal; permanent: %s', (code, permanent) => {
    const client = new Client();
    client.start();
    client.feed(`20 03  00 ${code}  00`);
    expect(client.closed().error).toMatchObject({ code: 'refused', reasonCode: Number.parseInt(code, 16), permanent });
  });

  it('[MQTT-3.14.0-1] DISCONNECT in its place that refuses nothing is an error of the protocol', () => {
    for (const packet of ['e0 00', 'e0 01 00', 'e0 02 00 00']) {
      const client = new Client();
      client.start();
      client.output();
      client.feed(packet);
      client.expectOutput('e0 01 82');
      expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x82, section: '3.14' });
    }
  });

  it('[MQTT-3.14.0-1] DISCONNECT in its place is a refusal as well, and permanent only where it says so', () => {
    const refusal = (packet: string): object => {
      const client = new Client();
      client.start();
      client.feed(packet);
      client.expectOutput();
      return client.closed().error;
    };
    expect(refusal('e0 01 8b')).toMatchObject({ code: 'refused', reasonCode: 0x8b, permanent: false });
    expect(refusal('e0 01 89')).toMatchObject({ code: 'refused', reasonCode: 0x89, permanent: false });
    expect(refusal('e0 01 a0')).toMatchObject({ code: 'refused', reasonCode: 0xa0, permanent: false });
    expect(refusal('e0 01 8e')).toMatchObject({ code: 'refused', reasonCode: 0x8e, permanent: true });
    expect(refusal('e0 01 87')).toMatchObject({ code: 'refused', reasonCode: 0x87, permanent: true });
    expect(refusal('e0 0b  9d  09  1c 00 02 61 62  1f 00 01 78')).toMatchObject({
      reasonCode: 0x9d,
      permanent: true,
      serverReference: 'ab',
      reasonString: 'x',
    });
  });

  it('of a refusal leaves the session as it was', () => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.cut();
    client.start();
    client.feed('20 03  00 88  00');
    client.closed();
    expect(operation.state).toBe('pending');
    client.connect('20 03  01 00  00');
    client.expectOutput('3a 06  00 01 61 00 01 00');
  });
});

describe('a stream without CONNACK', () => {
  it('[MQTT-3.1.4-2] is a connection that never was', () => {
    const client = new Client();
    client.start();
    client.engine.ended(0, new Error('gone') as never);
    expect(client.closed()).toMatchObject({ kind: 'closed', clean: false, error: { message: 'gone' } });
  });

  it('has ended where the application disconnects: at once, without a DISCONNECT', () => {
    const client = new Client();
    client.engine.start(0);
    client.write(5);
    client.engine.disconnect(0);
    client.expectOutput();
    expect(client.closed()).toMatchObject({ clean: false, error: { name: 'DisconnectedError', by: 'local' } });
  });
});

describe('before CONNACK', () => {
  const early: readonly [name: string, packet: string][] = [
    ['PUBLISH', '30 04  00 01 61 00'],
    ['PUBACK', '40 02 00 01'],
    ['PUBREC', '50 02 00 01'],
    ['PUBREL', '62 02 00 01'],
    ['PUBCOMP', '70 02 00 01'],
    ['SUBACK', '90 04 00 01 00 00'],
    ['UNSUBACK', 'b0 04 00 01 00 00'],
    ['PINGRESP', 'd0 00'],
    ['CONNECT', '10 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00'],
  ];
  it.each(early)('[MQTT-3.2.0-1] %s is a protocol error', (_name, packet) => {
    const client = new Client();
    client.start();
    client.feed(packet);
    expect(client.engine.state).toBe('disconnecting');
    client.expectOutput('e0 01 82');
    expect(client.closed().error).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode: 0x82 });
  });

  const wrong: readonly [name: string, connack: string, reasonCode: number][] = [
    ['a reserved flag', '20 03  02 00  00', 0x81],
    ['reserved bits', '21 03  00 00  00', 0x81],
    ['a reason code that there is not', '20 03  00 01  00', 0x82],
    ['a property twice', '20 09  00 00  06  21 00 05  21 00 05', 0x82],
    ['a Receive Maximum of 0', '20 06  00 00  03  21 00 00', 0x82],
    ['a Maximum Packet Size of 0', '20 08  00 00  05  27 00 00 00 00', 0x82],
    ['a Maximum QoS of 2', '20 05  00 00  02  24 02', 0x82],
    ['a property of another packet', '20 06  00 00  03  23 00 01', 0x81],
    ['[MQTT-3.1.2-28] response information that was not asked for', '20 07  00 00  04  1a 00 01 72', 0x82],
    ['[MQTT-4.12.0-6] an authentication method that CONNECT had not', '20 07  00 00  04  15 00 01 6d', 0x82],
    ['nothing in it', '20 00', 0x81],
    ['a length that has no end', '20 ff ff ff ff', 0x81],
  ];
  it.each(wrong)('a CONNACK with %s is refused', (_name, connack, reasonCode) => {
    const client = new Client();
    client.start();
    client.feed(connack);
    client.expectOutput(`e0 01 ${reasonCode.toString(16)}`);
    expect(client.closed().error).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode });
  });

  it('[MQTT-3.1.0-1] a broker that talks first hears CONNECT first, whatever it said', () => {
    const client = new Client();
    client.engine.start(0);
    client.feed('00 00');
    client.expectOutput(
      '10 18  00 04 4d 51 54 54 05 02 00 00  0a  11 00 00 0e 10  27 00 00 04 00  00 01 63',
      'e0 01 81',
    );
    expect(client.closed().error).toMatchObject({ code: 'invalid-packet', reasonCode: 0x81 });
  });

  it('[MQTT-3.1.0-1] even one that says CONNACK first', () => {
    const client = new Client();
    client.engine.start(0);
    client.feed(`${CONNACK} 00 00`);
    expect(client.output()).toMatch(/^10 .* e0 01 81$/);
    expect(client.closed().error).toMatchObject({ by: 'protocol', reasonCode: 0x81 });
  });

  it('a DISCONNECT for it follows the CONNECT that is being written', () => {
    const client = new Client();
    client.engine.start(0);
    client.write(10);
    client.feed('d0 00');
    expect(client.output()).toMatch(/ 00 01 63 e0 01 82$/);
    client.closed();
  });

  it('a DISCONNECT that cannot leave is not waited for', () => {
    const client = new Client();
    client.nowMs = 5000;
    client.engine.start(5000);
    client.write(10);
    client.feed('d0 00');
    expect(client.engine.deadlineMs).toBe(6000);
    client.engine.tick(5999);
    expect(client.engine.state).toBe('disconnecting');
    client.engine.tick(6000);
    expect(client.closed()).toMatchObject({ clean: false, error: { code: 'invalid-packet', reasonCode: 0x82 } });
  });
});

it('[MQTT-3.2.0-2] a second CONNACK is a protocol error', () => {
  const client = new Client().connect();
  client.feed(CONNACK);
  client.expectRejected(0x82, /second CONNACK/);
});

it('requests need a connection', () => {
  const client = new Client();
  const requests = [
    () => client.publish({ topic: 'a' }),
    () => client.subscribe('a'),
    () => client.unsubscribe('a'),
    () => client.engine.reauthenticate(undefined),
  ];
  const refused = (): void => {
    for (const request of requests) expect(request).toThrow(expect.objectContaining({ name: 'DisconnectedError' }));
    expect(client.engine.canPublish(0, 1)).toBe(false);
  };
  refused();
  client.start();
  refused();
  client.feed(CONNACK);
  client.engine.disconnect(0);
  refused();
  client.expectOutput('e0 00');
  refused();
});
