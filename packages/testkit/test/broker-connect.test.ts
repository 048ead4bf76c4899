import { describe, expect, it } from 'vitest';
import { ReasonCode, type ConnectPacket } from '@minimq/core/codec';
import { CONNACK, ascii, block, connect, hexOf, packet, sessionExpiry, testBroker, text } from './broker-helpers.ts';

describe('MemoryBroker: CONNECT', () => {
  it('answers an acceptable CONNECT with success and no session [MQTT-3.1.4-5] [MQTT-3.2.2-2]', async () => {
    const { broker, open } = testBroker();
    const { client, connection } = open();
    expect(await client.ask('10 0e 00 04 4d 51 54 54 05 02 00 00 00 00 01 63')).toEqual(['20 03 00 00 00']);
    expect(broker.clientIds).toEqual(['c']);
    expect(connection.clientId).toBe('c');
    expect(client.ended).toBeUndefined();
  });

  it('takes a CONNECT that comes byte by byte [MQTT-4.2.0-1]', async () => {
    const { open } = testBroker();
    const { client } = open();
    for (const byte of connect().split(' ')) {
      expect(await client.take()).toEqual([]);
      await client.send(byte);
    }
    expect(await client.take()).toEqual([CONNACK]);
  });

  it('announces the limits that it was given, and no others', async () => {
    const { open } = testBroker({
      receiveMaximum: 10,
      maximumQoS: 1,
      retainAvailable: false,
      maximumPacketSize: 1000,
      topicAliasMaximum: 5,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifierAvailable: false,
      sharedSubscriptionAvailable: false,
      serverKeepAlive: 60,
      sessionExpiryInterval: 7,
    });
    expect(await open().client.ask(connect())).toEqual([
      '20 20 00 00 1d 11 00 00 00 07 21 00 0a 24 01 25 00 27 00 00 03 e8 22 00 05 28 00 29 00 2a 00 13 00 3c',
    ]);
  });

  it('assigns an identifier that no session has where the client names none [MQTT-3.1.3-6] [MQTT-3.2.2-16]', async () => {
    const { broker, open } = testBroker();
    await open().client.ask(connect({ clientId: 'assigned-1', properties: [sessionExpiry(60)] }));
    const { client, connection } = open();
    expect(await client.ask(connect({ clientId: '' }))).toEqual([`20 10 00 00 0d 12 00 0a ${ascii('assigned-2')}`]);
    expect(connection.clientId).toBe('assigned-2');
    expect(broker.clientIds).toEqual(['assigned-1', 'assigned-2']);
  });

  it('gives Response Information only where it is asked for [MQTT-3.1.2-28]', async () => {
    const { open } = testBroker({ responseInformation: 'r' });
    expect(await open().client.ask(connect())).toEqual([CONNACK]);
    expect(await open().client.ask(connect({ properties: ['19 01'] }))).toEqual(['20 07 00 00 04 1a 00 01 72']);
  });

  const refused: { name: string; bytes: string; answer: string }[] = [
    {
      name: 'a first packet that is not CONNECT, before it has come whole [MQTT-3.1.0-1]',
      bytes: 'c0',
      answer: '20 03 00 82 00',
    },
    { name: 'an HTTP request', bytes: ascii('GET / HTTP/1.1'), answer: '20 03 00 82 00' },
    {
      name: 'another protocol name [MQTT-3.1.2-1]',
      bytes: '10 0e 00 04 4d 51 54 58 05 02 00 00 00 00 01 63',
      answer: '20 03 00 84 00',
    },
    {
      name: 'MQTT 3.1.1 [MQTT-3.1.2-2]',
      bytes: '10 0d 00 04 4d 51 54 54 04 02 00 00 00 01 63',
      answer: '20 03 00 84 00',
    },
    {
      name: 'a reserved connect flag [MQTT-3.1.2-3]',
      bytes: '10 0e 00 04 4d 51 54 54 05 03 00 00 00 00 01 63',
      answer: '20 03 00 81 00',
    },
    {
      name: 'a CONNECT that is longer than its fields [MQTT-3.1.4-1]',
      bytes: '10 0f 00 04 4d 51 54 54 05 02 00 00 00 00 01 63 00',
      answer: '20 03 00 81 00',
    },
    { name: 'a Remaining Length of five bytes', bytes: '10 ff ff ff ff 01', answer: '20 03 00 81 00' },
    {
      name: 'Receive Maximum 0',
      bytes: connect({ properties: ['21 00 00'] }),
      answer: '20 03 00 82 00',
    },
    {
      name: 'an authentication method that there is not [MQTT-4.12.0-1]',
      bytes: connect({ properties: ['15 00 01 6d'] }),
      answer: '20 03 00 8c 00',
    },
  ];

  it.each(refused)('refuses $name, and closes [MQTT-3.2.2-7]', async ({ bytes, answer }) => {
    const { broker, open } = testBroker();
    const { client, connection } = open();
    expect(await client.ask(bytes)).toEqual([answer]);
    expect(client.ended).toBe('end');
    expect((await connection.closed).by).toBe('broker');
    expect(broker.sessions).toEqual([]);
    expect(broker.connections).toEqual([]);
  });

  it('refuses a CONNECT over its Maximum Packet Size by its header alone', async () => {
    const { open } = testBroker({ maximumPacketSize: 100 });
    const { client } = open();
    expect(await client.ask('10 ff ff ff 7f')).toEqual(['20 03 00 95 00']);
    expect(client.ended).toBe('end');
  });

  it('ignores what follows a CONNECT that it refuses [MQTT-3.1.4-6]', async () => {
    const { broker, open } = testBroker({ authenticate: () => ReasonCode.notAuthorized });
    const { client } = open();
    const published = packet('31', text('t'), '00', ascii('x'));
    expect(await client.ask(connect(), published, 'c0 00')).toEqual(['20 03 00 87 00']);
    expect(broker.retained).toEqual([]);
  });

  it('disconnects a client that sends a second CONNECT [MQTT-3.1.0-2]', async () => {
    const { connect: connected } = testBroker();
    const client = await connected();
    expect(await client.ask(connect())).toEqual(['e0 01 82']);
    expect(client.ended).toBe('end');
  });

  it('disconnects for a second CONNECT of another version with a code that DISCONNECT has', async () => {
    const { connect: connected } = testBroker();
    const client = await connected();
    expect(await client.ask('10 0d 00 04 4d 51 54 54 04 02 00 00 00 01 63')).toEqual(['e0 01 82']);
  });

  it('says in a Reason String what was wrong', async () => {
    const { open } = testBroker({ reasonStrings: true });
    const [connack] = await open().client.ask('c0 00');
    expect(connack).toMatch(/^20 .. 00 82 .. 1f 00 /);
    expect(connack).toContain(ascii('has to be CONNECT'));
  });

  it('closes a connection that does not come to a CONNECT in time', async () => {
    const { time, open } = testBroker({ connectTimeoutMs: 2_000 });
    const { client, connection } = open();
    await client.send('10 0e 00 04');
    await time.advance(1_999);
    expect(client.ended).toBeUndefined();
    await time.advance(1);
    expect(await client.take()).toEqual([]);
    expect(client.ended).toBe('end');
    expect(await connection.closed).toEqual({ by: 'broker' });
    expect(time.pending).toEqual([]);
  });
});

describe('MemoryBroker: authenticate', () => {
  it('gets user name and password, and may refuse [MQTT-3.1.4-2]', async () => {
    const seen: ConnectPacket[] = [];
    const { open } = testBroker({
      authenticate(packetOfClient) {
        seen.push(packetOfClient);
        return packetOfClient.username === 'u' ? ReasonCode.success : ReasonCode.badUserNameOrPassword;
      },
    });
    const { client } = open();
    expect(await client.ask(connect({ flags: 'c2', rest: [text('u'), '00 02 ff 00'] }))).toEqual([CONNACK]);
    expect(seen[0]?.username).toBe('u');
    expect(hexOf(seen[0]?.password as Uint8Array)).toBe('ff 00');
    const other = open().client;
    expect(await other.ask(connect({ flags: '82', rest: [text('x')] }))).toEqual(['20 03 00 86 00']);
    expect(other.ended).toBe('end');
  });

  it('may take its time, and may say more', async () => {
    let settle: (reasonCode: ReasonCode) => void = () => {};
    const { open } = testBroker({
      async authenticate() {
        const reasonCode = await new Promise<ReasonCode>((resolve) => (settle = resolve));
        return { reasonCode, properties: { serverReference: 'h' } };
      },
    });
    const { client } = open();
    expect(await client.ask(connect(), 'c0 00')).toEqual([]);
    settle(ReasonCode.useAnotherServer);
    expect(await client.take()).toEqual(['20 07 00 9c 04 1c 00 01 68']);
    const welcome = open().client;
    expect(await welcome.ask(connect(), 'c0 00')).toEqual([]);
    settle(ReasonCode.success);
    expect(await welcome.take()).toEqual(['20 07 00 00 04 1c 00 01 68', 'd0 00']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ] as const)('refuses with 0x80 where the hook %s', async (_, authenticate) => {
    const { open } = testBroker({ authenticate });
    const { client, connection } = open();
    expect(await client.ask(connect())).toEqual(['20 03 00 80 00']);
    expect((await connection.closed).error).toEqual(new Error('no'));
  });
});

describe('MemoryBroker: will in CONNECT', () => {
  const will = (flags: string) => connect({ flags, rest: [block(), text('w'), '00 01 78'] });

  it('is refused where its QoS is over Maximum QoS [MQTT-3.2.2-12]', async () => {
    const { open } = testBroker({ maximumQoS: 1 });
    expect(await open().client.ask(will('16'))).toEqual(['20 03 00 9b 00']);
    expect(await open().client.ask(will('0e'))).toEqual(['20 05 00 00 02 24 01']);
  });

  it('is refused where it is retained and that is not available [MQTT-3.2.2-13]', async () => {
    const { open } = testBroker({ retainAvailable: false });
    expect(await open().client.ask(will('26'))).toEqual(['20 03 00 9a 00']);
    expect(await open().client.ask(will('06'))).toEqual(['20 05 00 00 02 25 00']);
  });

  it('is refused where the client may not publish it', async () => {
    const { open } = testBroker({
      authorizePublish: ({ topic, isWill }) => (isWill && topic === 'w' ? ReasonCode.notAuthorized : undefined),
    });
    expect(await open().client.ask(will('06'))).toEqual(['20 03 00 87 00']);
  });
});

describe('MemoryBroker: keep alive', () => {
  it('answers PINGREQ [MQTT-3.12.4-1]', async () => {
    const { connect: connected } = testBroker();
    const client = await connected();
    expect(await client.ask('c0 00')).toEqual(['d0 00']);
  });

  it('disconnects a client that is silent for one and a half times its keep alive [MQTT-3.1.2-22]', async () => {
    const { time, broker, connect: connected } = testBroker();
    const client = await connected({ keepAlive: 10 });
    await time.advance(14_999);
    expect(await client.ask('c0 00')).toEqual(['d0 00']);
    await time.advance(14_999);
    expect(await client.take()).toEqual([]);
    await time.advance(1);
    expect(await client.take()).toEqual(['e0 01 8d']);
    expect(client.ended).toBe('end');
    expect(broker.clientIds).toEqual([]);
    expect(time.pending).toEqual([]);
  });

  it('lets a client with keep alive 0 be silent', async () => {
    const { time, connect: connected } = testBroker();
    const client = await connected();
    await time.advance(100 * 24 * 3_600_000);
    expect(await client.ask('c0 00')).toEqual(['d0 00']);
  });

  it('counts with Server Keep Alive instead where that is set [MQTT-3.2.2-21]', async () => {
    const { time, connect: connected } = testBroker({ serverKeepAlive: 2 });
    const client = await connected({ keepAlive: 1_000 });
    await time.advance(3_000);
    expect(await client.take()).toEqual(['e0 01 8d']);
  });
});

describe('MemoryBroker: what a client can take', () => {
  it('leaves the Reason String out where the CONNACK would be too large [MQTT-3.2.2-19]', async () => {
    const { open } = testBroker({
      authenticate: () => ({
        reasonCode: ReasonCode.banned,
        properties: { reasonString: 'why', userProperties: [['a', 'b']] },
      }),
    });
    const full = '20 10 00 8a 0d 1f 00 03 77 68 79 26 00 01 61 00 01 62';
    expect(await open().client.ask(connect({ properties: ['27 00 00 00 12'] }))).toEqual([full]);
    const withoutReason = '20 0a 00 8a 07 26 00 01 61 00 01 62';
    expect(await open().client.ask(connect({ properties: ['27 00 00 00 11'] }))).toEqual([withoutReason]);
    expect(await open().client.ask(connect({ properties: ['27 00 00 00 0c'] }))).toEqual([withoutReason]);
    // And the User Properties too [MQTT-3.2.2-20].
    expect(await open().client.ask(connect({ properties: ['27 00 00 00 0b'] }))).toEqual(['20 03 00 8a 00']);
  });

  it('sends no problem information to a client that wants none', async () => {
    const { connect: connected } = testBroker({ reasonStrings: true });
    const client = await connected({ properties: ['17 00'] });
    expect(await client.ask(connect())).toEqual(['e0 01 82']);
  });

  it('leaves the Reason String of a DISCONNECT out where it would be too large [MQTT-3.14.2-3]', async () => {
    const { connect: connected } = testBroker({ reasonStrings: true });
    const client = await connected({ properties: ['27 00 00 00 0a'] });
    expect(await client.ask(connect())).toEqual(['e0 01 82']);
  });

  it('disconnects a client that cannot take an answer [MQTT-3.1.2-24]', async () => {
    const { connect: connected } = testBroker();
    const client = await connected({ properties: ['27 00 00 00 05'] });
    const subscribe = packet('82', '00 01 00', text('a'), '00');
    expect(await client.ask(subscribe)).toEqual(['e0 01 95']);
    expect(client.ended).toBe('end');
  });

  it('closes without a word where not even the CONNACK fits', async () => {
    const { broker, open } = testBroker();
    const { client } = open();
    expect(await client.ask(connect({ properties: ['27 00 00 00 04'] }))).toEqual([]);
    expect(client.ended).toBe('end');
    expect(broker.sessions).toEqual([]);
  });
});

describe('MemoryBroker.accept', () => {
  const packetOfClient: ConnectPacket = { type: 'connect', clientId: 'c', cleanStart: false, keepAlive: 0 };

  it('goes on with bytes that were read before', async () => {
    const { open } = testBroker();
    const received = Uint8Array.from(Buffer.from(connect().replaceAll(' ', '') + 'c0', 'hex'));
    const { client } = open({}, { received });
    expect(await client.ask('00')).toEqual([CONNACK, 'd0 00']);
  });

  it('answers a CONNECT that was read before', async () => {
    const { broker, open } = testBroker();
    const { client } = open({}, { connect: packetOfClient, received: Uint8Array.of(0xc0, 0x00) });
    expect(await client.take()).toEqual([CONNACK, 'd0 00']);
    expect(broker.clientIds).toEqual(['c']);
  });

  it('goes on behind a CONNACK that somebody else has sent, and keeps to it', async () => {
    const { broker, time, open } = testBroker();
    const { client } = open(
      {},
      {
        connect: packetOfClient,
        connack: {
          type: 'connack',
          sessionPresent: false,
          reasonCode: ReasonCode.success,
          properties: { maximumQoS: 0, serverKeepAlive: 2, assignedClientIdentifier: 'x' },
        },
      },
    );
    expect(await client.ask('c0 00')).toEqual(['d0 00']);
    expect(broker.clientIds).toEqual(['x']);
    await time.advance(2_000);
    expect(await client.ask(packet('32', text('t'), '00 01', '00'))).toEqual(['e0 01 9b']);
    expect(time.pending).toEqual([]);
  });

  it('closes the stream at once after close()', async () => {
    const { broker, open } = testBroker();
    await broker.close();
    const { client, connection } = open();
    expect(await client.take()).toEqual([]);
    expect(client.ended).toBe('end');
    expect(await connection.closed).toEqual({ by: 'broker' });
    expect(broker.connections).toEqual([]);
  });
});

describe('MemoryBroker.close', () => {
  it('disconnects everybody and leaves nothing behind [MQTT-3.14.4-2]', async () => {
    const { time, broker, open, connect: connected } = testBroker();
    const client = await connected({ keepAlive: 10, properties: [sessionExpiry(60)] });
    const silent = open().client;
    await client.ask(packet('31', text('t'), '00', ascii('x')));
    await time.until(broker.close());
    expect(await client.take()).toEqual(['e0 01 8b']);
    expect(await silent.take()).toEqual([]);
    expect([client.ended, silent.ended]).toEqual(['end', 'end']);
    expect([broker.sessions, broker.retained, broker.connections]).toEqual([[], [], []]);
    expect(time.pending).toEqual([]);
  });
});

describe('MemoryBrokerOptions', () => {
  it.each([
    { receiveMaximum: 0 },
    { topicAliasMaximum: 65_536 },
    { maximumPacketSize: 0.5 },
    { sessionExpiryInterval: -1 },
    { queuedMessagesMax: Number.NaN },
  ])('refuses %o', (options) => {
    expect(() => testBroker(options)).toThrow(RangeError);
  });
});
