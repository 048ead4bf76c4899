import { describe, expect, it } from 'vitest';
import type { MemoryBrokerOptions } from '@minimq/testkit';
import { ascii, packet, publish, subscribe, testBroker, text, type ConnectBytes } from './broker-helpers.ts';

describe('MemoryBroker: what it announced it also enforces', () => {
  const rows: { name: string; options: MemoryBrokerOptions; legal: string[]; bytes: string; answer: string }[] = [
    {
      name: 'Maximum QoS 1',
      options: { maximumQoS: 1 },
      legal: [publish('t', '', { first: '32', id: 1 })],
      bytes: publish('t', '', { first: '34', id: 1 }),
      answer: 'e0 01 9b',
    },
    {
      name: 'Maximum QoS 0',
      options: { maximumQoS: 0 },
      legal: [publish('t', '')],
      bytes: publish('t', '', { first: '32', id: 1 }),
      answer: 'e0 01 9b',
    },
    {
      name: 'Retain Available 0',
      options: { retainAvailable: false },
      legal: [publish('t', '')],
      bytes: publish('t', '', { first: '31' }),
      answer: 'e0 01 9a',
    },
    {
      name: 'Maximum Packet Size',
      options: { maximumPacketSize: 30 },
      legal: [publish('t', 'x'.repeat(24))],
      // Two bytes are enough to know.
      bytes: '30 1d',
      answer: 'e0 01 95',
    },
    {
      name: 'Wildcard Subscription Available 0',
      options: { wildcardSubscriptionAvailable: false },
      legal: [subscribe(1, 'a'), subscribe(1, '$share/g/a')],
      bytes: packet('82', '00 01 00', text('a'), '00', text('a/+'), '00'),
      answer: 'e0 01 a2',
    },
    {
      name: 'Subscription Identifier Available 0',
      options: { subscriptionIdentifierAvailable: false },
      legal: [subscribe(1, 'a')],
      bytes: subscribe(1, 'a', '00', '0b 01'),
      answer: 'e0 01 a1',
    },
    {
      name: 'Shared Subscription Available 0',
      options: { sharedSubscriptionAvailable: false },
      legal: [subscribe(1, '#')],
      bytes: subscribe(1, '$share/g/a'),
      answer: 'e0 01 9e',
    },
  ];

  it.each(rows)('$name', async ({ options, legal, bytes, answer }) => {
    const { broker, connect } = testBroker(options);
    const client = await connect();
    await client.ask(...legal, 'c0 00');
    expect(client.ended).toBeUndefined();
    expect(await client.ask(bytes)).toEqual([answer]);
    expect(client.ended).toBe('end');
    expect(broker.session('c')).toBeUndefined();
    // And without the limit it is no error at all.
    const free = testBroker();
    const other = await free.connect();
    await other.ask(bytes, 'c0 00');
    expect(other.ended).toBeUndefined();
  });
});

describe("MemoryBroker: the broker's Receive Maximum [MQTT-4.9.0-1]", () => {
  const one = (id: number) => publish('t', '', { first: '32', id });
  const two = (id: number) => publish('t', '', { first: '34', id });

  it('ends the connection of a client that exceeds it with QoS 2', async () => {
    const { connect } = testBroker({ receiveMaximum: 2 });
    const client = await connect();
    expect(await client.ask(two(1))).toEqual(['50 03 00 01 10']);
    expect(await client.ask(two(2))).toEqual(['50 03 00 02 10']);
    // The same identifier again is the same message.
    expect(await client.ask(two(2))).toEqual(['50 02 00 02']);
    expect(await client.ask('62 02 00 01')).toEqual(['70 02 00 01']);
    expect(await client.ask(two(3), one(4))).toEqual(['50 03 00 03 10', 'e0 01 93']);
  });

  it('ends the connection of a client that does not wait for PUBACK', async () => {
    const { connect } = testBroker({ receiveMaximum: 2 });
    const client = await connect();
    expect(await client.ask(one(1), one(2))).toEqual(['40 03 00 01 10', '40 03 00 02 10']);
    expect(await client.ask(one(1), one(2))).toEqual(['40 03 00 01 10', '40 03 00 02 10']);
    expect((await client.ask(one(1), one(2), one(3))).at(-1)).toBe('e0 01 93');
  });

  it('counts a PUBCOMP that has not left', async () => {
    const { connect } = testBroker({ receiveMaximum: 1 });
    const client = await connect();
    await client.ask(two(1));
    expect((await client.ask('62 02 00 01', two(2))).at(-1)).toBe('e0 01 93');
  });

  it('counts it as one', async () => {
    const { connect } = testBroker({ receiveMaximum: 2 });
    const client = await connect();
    await client.ask(two(1));
    expect(await client.ask('62 02 00 01', two(2))).toEqual(['70 02 00 01', '50 03 00 02 10']);
    expect((await client.ask('62 02 00 02', two(3), two(4))).at(-1)).toBe('e0 01 93');
  });

  it('does not count PUBRELs of an earlier connection, and begins anew with each', async () => {
    const { connect } = testBroker({ receiveMaximum: 1 });
    const options: ConnectBytes = { flags: '00', properties: ['11 00 00 00 3c'] };
    const client = await connect(options);
    await client.ask(two(1));
    await client.cut();
    const back = await connect(options);
    expect(await back.ask(two(2))).toEqual(['50 03 00 02 10']);
    expect(await back.ask('62 02 00 01', '62 02 00 02')).toEqual(['70 02 00 01', '70 02 00 02']);
    expect(await back.ask(two(3))).toEqual(['50 03 00 03 10']);
    expect((await back.ask(two(4))).at(-1)).toBe('e0 01 93');
  });
});

describe('MemoryBroker: errors of a client', () => {
  it.each([
    ['QoS 3 [MQTT-3.3.1-4]', '36 05 00 01 74 00 00', 'e0 01 81'],
    ['a wildcard in a topic [MQTT-3.3.2-2]', publish('a/#', ''), 'e0 01 90'],
    ['no topic and no alias', publish('', ''), 'e0 01 82'],
    ['text that is not UTF-8 [MQTT-1.5.4-1]', '30 05 00 02 c3 28 00', 'e0 01 81'],
    ['U+0000 [MQTT-1.5.4-2]', '30 04 00 01 00 00', 'e0 01 81'],
    ['identifier 0', publish('t', '', { first: '32', id: 0 }), 'e0 01 82'],
    ['a property twice', publish('t', '', { properties: ['01 00', '01 00'] }), 'e0 01 82'],
    ['a property of another packet', publish('t', '', { properties: ['13 00 01'] }), 'e0 01 81'],
    ['a Subscription Identifier of its own [MQTT-3.3.4-6]', publish('t', '', { properties: ['0b 01'] }), 'e0 01 82'],
    ['a wildcard in a Response Topic [MQTT-3.3.2-14]', publish('t', '', { properties: ['08 00 01 2b'] }), 'e0 01 82'],
    ['SUBSCRIBE without its flags [MQTT-3.8.1-1]', '80 07 00 01 00 00 01 61 00', 'e0 01 81'],
    ['SUBSCRIBE without a filter [MQTT-3.8.3-2]', '82 03 00 01 00', 'e0 01 82'],
    ['reserved subscription options [MQTT-3.8.3-5]', subscribe(1, 'a', '40'), 'e0 01 81'],
    ['No Local on a shared subscription [MQTT-3.8.3-4]', subscribe(1, '$share/g/a', '04'), 'e0 01 82'],
    ['a filter that is none', subscribe(1, 'a+'), 'e0 01 8f'],
    ['UNSUBSCRIBE without its flags [MQTT-3.10.1-1]', 'a0 06 00 01 00 00 01 61', 'e0 01 81'],
    ['PUBREL without its flags [MQTT-3.6.1-1]', '60 02 00 01', 'e0 01 81'],
    ['PINGREQ with a length', 'c0 01 00', 'e0 01 81'],
    ['packet type 0', '00 00', 'e0 01 81'],
    ['a packet of a server', '20 03 00 00 00', 'e0 01 82'],
    ['AUTH without a method in CONNECT [MQTT-4.12.0-7]', 'f0 06 18 04 15 00 01 6d', 'e0 01 82'],
    ['DISCONNECT with reserved bits [MQTT-3.14.1-1]', 'e1 00', 'e0 01 81'],
    ['DISCONNECT with a code of a server', 'e0 01 8b', 'e0 01 82'],
    ['a Remaining Length of five bytes', '30 80 80 80 80 01', 'e0 01 81'],
    ['trailing bytes', '40 05 00 01 00 00 00', 'e0 01 81'],
  ])('disconnects for %s [MQTT-4.13.1-1]', async (_, bytes, answer) => {
    const { broker, open } = testBroker();
    const { client, connection } = open();
    await client.ask(`10 0e 00 04 ${ascii('MQTT')} 05 02 00 00 00 00 01 63`);
    expect(await client.ask(bytes, 'c0 00')).toEqual([answer]);
    expect(client.ended).toBe('end');
    const end = await connection.closed;
    expect(end).toMatchObject({ by: 'broker', reasonCode: Number.parseInt(answer.slice(-2), 16) });
    expect(end.error).toMatchObject({ code: 'invalid-packet' });
    expect(broker.sessions).toEqual([]);
  });

  it('says why in a Reason String, unless it is told not to', async () => {
    const { connect } = testBroker({ reasonStrings: true });
    const client = await connect();
    const [disconnect] = await client.ask(publish('a/#', ''));
    expect(disconnect).toMatch(/^e0 .. 90 .. 1f 00 /);
    expect(disconnect).toContain(ascii('wildcard'));
  });

  it('disconnects with 0x80 where a hook throws', async () => {
    const { connect } = testBroker({
      authorizePublish() {
        throw new Error('no');
      },
    });
    const client = await connect();
    expect(await client.ask(publish('a', ''))).toEqual(['e0 01 80']);
  });
});
