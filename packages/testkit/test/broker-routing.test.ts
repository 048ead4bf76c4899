import { describe, expect, it } from 'vitest';
import { ReasonCode } from '@minimq/core/codec';
import {
  ascii,
  block,
  packet,
  publish,
  subscribe,
  testBroker,
  text,
  unsubscribe,
  type RawClient,
} from './broker-helpers.ts';

describe('MemoryBroker: topics and filters', () => {
  const rows: { filter: string; matches: string[]; not: string[] }[] = [
    { filter: 'a', matches: ['a'], not: ['a/', '/a', 'A', 'b', 'a/b', 'aa'] },
    { filter: 'a/b', matches: ['a/b'], not: ['a', 'a/b/c', 'a//b', 'b/a'] },
    { filter: '#', matches: ['a', 'a/b', '/', '/a', 'a/$b'], not: ['$SYS', '$SYS/a', '$'] },
    { filter: 'a/#', matches: ['a', 'a/', 'a/b', 'a/b/c'], not: ['b', 'ab', '/a', 'A/b'] },
    { filter: '+', matches: ['a', ' '], not: ['a/b', '/a', '$SYS'] },
    { filter: '/+', matches: ['/a', '/', '/$a'], not: ['a', '/a/b'] },
    { filter: '+/+', matches: ['/a', 'a/', 'a/b', '/'], not: ['a', 'a/b/c', '$SYS/b'] },
    { filter: '+/b/#', matches: ['a/b', 'a/b/c', '/b/'], not: ['a/c', 'b', '$x/b'] },
    { filter: 'a/+/c', matches: ['a/b/c', 'a//c'], not: ['a/c', 'a/b/d', 'a/b/c/d'] },
    { filter: '$SYS/#', matches: ['$SYS', '$SYS/a', '$SYS/a/b'], not: ['SYS/a', '$sys/a'] },
    { filter: '$SYS/+', matches: ['$SYS/a'], not: ['$SYS', '$SYS/a/b'] },
    { filter: '/', matches: ['/'], not: ['a', '//', 'a/b'] },
    // Composed and decomposed forms of one letter stay two letters [MQTT-4.7.3-4]; U+FEFF is a letter [MQTT-1.5.4-3].
    { filter: 'caf\u00e9', matches: ['caf\u00e9'], not: ['cafe\u0301', 'cafe', '\ufeffcaf\u00e9'] },
    { filter: '\ufeffa/+', matches: ['\ufeffa/b'], not: ['a/b'] },
    { filter: '😀/+', matches: ['😀/😀'], not: ['😁/a'] },
  ];

  it.each(rows)('$filter gets $matches and not $not [MQTT-4.7.2-1]', async ({ filter, matches, not }) => {
    const { connect } = testBroker();
    const subscriber = await connect({ clientId: 's' });
    expect(await subscriber.ask(subscribe(1, filter))).toEqual(['90 04 00 01 00 00']);
    const publisher = await connect({ clientId: 'p' });
    for (const topic of [...not, ...matches]) await publisher.send(publish(topic, 'x'));
    expect(await subscriber.take()).toEqual(matches.map((topic) => publish(topic, 'x')));
    expect(publisher.ended).toBeUndefined();
    // Once it has unsubscribed it gets nothing of that [MQTT-3.10.4-2].
    expect(await subscriber.ask(unsubscribe(2, filter))).toEqual(['b0 04 00 02 00 00']);
    await publisher.send(...matches.map((topic) => publish(topic, 'z')));
    expect(await subscriber.take()).toEqual([]);
  });

  it('keeps the filters of many clients apart', async () => {
    const { connect } = testBroker();
    const filters = ['a/b', 'a/+', 'a/#', '+/b', '#', 'a/b/c', 'b/+'];
    const clients: RawClient[] = [];
    for (const [i, filter] of filters.entries()) {
      const client = await connect({ clientId: `c${i}` });
      await client.ask(subscribe(1, filter));
      clients.push(client);
    }
    const publisher = await connect({ clientId: 'p' });
    await publisher.send(publish('a/b', 'x'));
    const got = await Promise.all(clients.map(async (client) => (await client.take()).length));
    expect(got).toEqual([1, 1, 1, 1, 1, 0, 0]);
    await clients[1]!.ask(unsubscribe(2, 'a/+'));
    await clients[4]!.cut();
    await publisher.send(publish('a/b', 'x'));
    const later = await Promise.all(clients.map(async (client) => (await client.take()).length));
    expect(later).toEqual([1, 0, 1, 1, 0, 0, 0]);
  });
});

describe('MemoryBroker: SUBSCRIBE and UNSUBSCRIBE', () => {
  it('answers each filter in its place [MQTT-3.8.4-6] [MQTT-3.9.3-1]', async () => {
    const { broker, connect } = testBroker({
      authorizeSubscribe({ clientId, username, subscription: { topicFilter } }) {
        expect([clientId, username]).toEqual(['c', undefined]);
        if (topicFilter === 'no') return ReasonCode.notAuthorized;
        return topicFilter === 'less' ? ReasonCode.grantedQoS1 : undefined;
      },
    });
    const client = await connect();
    const bytes = packet('82', '00 07 00', text('a'), '02', text('no'), '01', text('less'), '02', text('b'), '00');
    expect(await client.ask(bytes)).toEqual(['90 07 00 07 00 02 87 01 00']);
    expect(broker.session('c')?.subscriptions.map(({ topicFilter, qos }) => [topicFilter, qos])).toEqual([
      ['a', 2],
      ['less', 1],
      ['b', 0],
    ]);
  });

  it('answers UNSUBSCRIBE filter by filter, also where there is nothing to delete [MQTT-3.10.4-5]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 'a/+'), subscribe(2, '$share/g/b'));
    const bytes = packet('a2', '01 00 00', text('a/b'), text('$share/g/b'), text('b'), text('a/+'));
    expect(await client.ask(bytes)).toEqual(['b0 07 01 00 00 11 00 11 00']);
    expect(broker.session('c')?.subscriptions).toEqual([]);
    broker.publish({ topic: 'a/b' });
    broker.publish({ topic: 'b' });
    expect(await client.take()).toEqual([]);
  });

  it('replaces a subscription with the same filter [MQTT-3.8.4-3]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 'a', '02', '0b 01'), subscribe(2, 'a', '00', '0b 02'));
    broker.publish({ topic: 'a', payload: 'x', qos: 2 });
    expect(await client.take()).toEqual(['30 07 00 01 61 02 0b 02 78']);
  });

  it('grants no higher QoS than it takes itself, whatever is asked for [MQTT-3.2.2-10]', async () => {
    const { connect } = testBroker({ maximumQoS: 0 });
    const client = await connect();
    expect(await client.ask(subscribe(1, 'a', '02'))).toEqual(['90 04 00 01 00 00']);
  });
});

describe('MemoryBroker: what a subscriber gets', () => {
  it('gets one copy at the highest QoS for overlapping subscriptions, with all identifiers [MQTT-3.3.4-2] [MQTT-3.3.4-4]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(
      subscribe(1, 'a/b', '00', '0b 03'),
      subscribe(2, 'a/#', '01', '0b 80 01'),
      subscribe(3, '+/b', '00'),
      subscribe(4, '#', '00', '0b 03'),
      subscribe(5, 'c', '02', '0b 05'),
    );
    broker.publish({ topic: 'a/b', payload: 'x', qos: 2 });
    const [copy, ...more] = await client.take();
    expect(more).toEqual([]);
    expect(copy).toMatch(/^32 10 00 03 61 2f 62 00 01 07 (0b [0-9a-f ]+) 78$/);
    const identifiers = copy!.slice('32 10 00 03 61 2f 62 00 01 07 '.length, -' 78'.length);
    expect(
      identifiers
        .split('0b ')
        .map((each) => each.trim())
        .sort(),
    ).toEqual(['', '03', '03', '80 01']);
  });

  it.each([
    [0, '02', publish('t', 'x')],
    [1, '00', publish('t', 'x')],
    [1, '02', publish('t', 'x', { first: '32', id: 1 })],
    [2, '01', publish('t', 'x', { first: '32', id: 1 })],
    [2, '02', publish('t', 'x', { first: '34', id: 1 })],
  ] as const)(
    'gets a message of QoS %i with the options %s at the lower QoS [MQTT-3.8.4-8]',
    async (qos, options, got) => {
      const { broker, connect } = testBroker();
      const client = await connect();
      await client.ask(subscribe(1, 't', options));
      expect(broker.publish({ topic: 't', payload: 'x', qos })).toBe(1);
      expect(await client.take()).toEqual([got]);
    },
  );

  it('gets its own messages unless No Local is set [MQTT-3.8.3-3]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    const other = await connect({ clientId: 'o' });
    await client.ask(subscribe(1, 'a', '04'), subscribe(2, 'b', '00'));
    expect(await client.ask(publish('a', 'x'), publish('b', 'x'))).toEqual([publish('b', 'x')]);
    await other.send(publish('a', 'y'));
    expect(await client.take()).toEqual([publish('a', 'y')]);
    // A subscription without No Local that overlaps still brings them.
    await client.ask(subscribe(3, '#', '00'));
    expect(await client.ask(publish('a', 'z'))).toEqual([publish('a', 'z')]);
  });

  it('sees RETAIN only with Retain As Published [MQTT-3.3.1-12] [MQTT-3.3.1-13]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 'a', '00'), subscribe(2, 'b', '08'));
    const sent = [publish('a', 'x', { first: '31' }), publish('b', 'x', { first: '31' }), publish('b', 'y')];
    expect(await client.ask(...sent)).toEqual([
      publish('a', 'x'),
      publish('b', 'x', { first: '31' }),
      publish('b', 'y'),
    ]);
  });

  it('gets all properties unchanged and in their order [MQTT-3.3.2-4] [MQTT-3.3.2-15..20]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't', '00'));
    const properties = [
      '26 00 01 62 00 01 31',
      '26 00 01 61 00 01 32',
      '26 00 01 62 00 01 33',
      '09 00 03 00 ff 80',
      '08 00 03 61 2f 62',
      '01 01',
      '03 00 01 6a',
    ];
    expect(await client.ask(publish('t', 'x', { properties }))).toEqual([publish('t', 'x', { properties })]);
  });

  it('gets no DUP that the publisher set [MQTT-3.3.1-3]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't', '01'));
    const got = await client.ask(publish('t', 'x', { first: '3a', id: 9 }));
    expect(got).toEqual(['40 02 00 09', publish('t', 'x', { first: '32', id: 1 })]);
  });

  it('gets a message as it was, whatever comes into the same buffer after it', async () => {
    const { time, connect } = testBroker();
    const subscriber = await connect({ clientId: 's' });
    await subscriber.ask(subscribe(1, 't', '01'));
    subscriber.pause();
    const publisher = await connect({ clientId: 'p' });
    for (let i = 0; i < 50; i += 1) {
      await publisher.send(
        publish('t', `${i}`.padEnd(1000, String.fromCharCode(65 + (i % 26))), { first: '32', id: 1 }),
      );
      await time.settle();
    }
    subscriber.resume();
    const expected = Array.from({ length: 50 }, (_, i) =>
      publish('t', `${i}`.padEnd(1000, String.fromCharCode(65 + (i % 26))), { first: '32', id: i + 1 }),
    );
    expect(await subscriber.take()).toEqual(expected);
  });

  it('carries a request and its response', async () => {
    const { connect } = testBroker();
    const responder = await connect({ clientId: 'r' });
    const requester = await connect({ clientId: 'q' });
    await responder.ask(subscribe(1, 'service', '00'));
    await requester.ask(subscribe(1, 'answers/q', '00'));
    const properties = [`08 ${text('answers/q')}`, '09 00 02 00 07'];
    await requester.send(publish('service', '2+2', { properties }));
    expect(await responder.take()).toEqual([publish('service', '2+2', { properties })]);
    await responder.send(publish('answers/q', '4', { properties: ['09 00 02 00 07'] }));
    expect(await requester.take()).toEqual([publish('answers/q', '4', { properties: ['09 00 02 00 07'] })]);
  });
});

describe('MemoryBroker: message expiry', () => {
  it('forwards the interval less the time that the message waited [MQTT-3.3.2-6]', async () => {
    const { time, broker, connect } = testBroker();
    const away = await connect({ clientId: 's', flags: '00', properties: ['11 ff ff ff ff'] });
    await away.ask(subscribe(1, 't', '01'));
    await away.cut();
    const publisher = await connect({ clientId: 'p' });
    const interval = { first: '32', id: 1, properties: ['02 00 00 00 0a'] };
    await publisher.send(publish('t', 'late', { ...interval, properties: ['02 00 00 00 03'] }));
    await publisher.send(publish('t', 'x', interval), publish('t', 'y', { first: '32', id: 1 }));
    await time.advance(3_900);
    const back = await connect({ clientId: 's', flags: '00', properties: ['11 ff ff ff ff'] });
    // The one whose interval has passed is gone [MQTT-3.3.2-5].
    expect(await back.take()).toEqual([
      publish('t', 'x', { first: '32', id: 1, properties: ['02 00 00 00 07'] }),
      publish('t', 'y', { first: '32', id: 2 }),
    ]);
    expect(broker.counts.messagesDroppedExpired).toBe(1);
  });

  it('keeps the place of the interval among the properties', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't', '00'));
    const properties = ['03 00 01 6a', '02 00 00 00 07', '26 00 01 61 00 01 32'];
    expect(await client.ask(publish('t', 'x', { properties }))).toEqual([publish('t', 'x', { properties })]);
  });

  it('delivers to those who are there even with an interval of 0', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't', '00'));
    const properties = ['02 00 00 00 00'];
    expect(await client.ask(publish('t', 'x', { properties }))).toEqual([publish('t', 'x', { properties })]);
  });

  it('does not expire a message that was sent once [MQTT-4.3.3-7]', async () => {
    const { time, broker, connect } = testBroker();
    const options = { clientId: 's', flags: '00', properties: ['11 ff ff ff ff'] };
    const client = await connect(options);
    await client.ask(subscribe(1, 't', '01'));
    broker.publish({ topic: 't', payload: 'x', qos: 1, properties: { messageExpiryInterval: 2 } });
    expect(await client.take()).toEqual([publish('t', 'x', { first: '32', id: 1, properties: ['02 00 00 00 02'] })]);
    await client.cut();
    await time.advance(5_000);
    const back = await connect(options);
    expect(await back.take()).toEqual([publish('t', 'x', { first: '3a', id: 1, properties: ['02 00 00 00 00'] })]);
  });
});

describe('MemoryBroker: shared subscriptions', () => {
  async function members(options: { qos: string; filters: string[] }) {
    const test = testBroker();
    const clients: RawClient[] = [];
    for (const [i, filter] of options.filters.entries()) {
      const client = await test.connect({ clientId: `m${i}`, flags: '00', properties: ['11 00 00 00 64'] });
      await client.ask(subscribe(1, filter, options.qos));
      clients.push(client);
    }
    return { ...test, clients };
  }

  /** The payloads of the PUBLISH packets that each client got. */
  async function payloads(clients: readonly RawClient[]): Promise<string[]> {
    const lists: string[] = [];
    for (const client of clients) {
      const got = (await client.take()).filter((bytes) => bytes.startsWith('3'));
      lists.push(got.map((bytes) => Buffer.from(bytes.slice(-2), 'hex').toString()).join(''));
    }
    return lists;
  }

  it('gives each message to one member in turn', async () => {
    const { broker, clients } = await members({ qos: '00', filters: Array<string>(3).fill('$share/g/t/+') });
    for (const payload of '123456') expect(broker.publish({ topic: 't/a', payload })).toBe(1);
    expect(await payloads(clients)).toEqual(['14', '25', '36']);
  });

  it('keeps groups apart from each other, from other filters and from plain subscriptions', async () => {
    const filters = ['$share/g/t', '$share/g/t', '$share/h/t', '$share/g/#', 't'];
    const { broker, clients } = await members({ qos: '00', filters });
    for (const payload of '1234') expect(broker.publish({ topic: 't', payload })).toBe(4);
    expect(await payloads(clients)).toEqual(['13', '24', '1234', '1234', '1234']);
  });

  it('leaves out members that are away while another is there', async () => {
    const { broker, connect, clients } = await members({ qos: '01', filters: Array<string>(2).fill('$share/g/t') });
    await clients[0]!.cut();
    for (const payload of '123') broker.publish({ topic: 't', payload, qos: 1 });
    expect(await payloads(clients)).toEqual(['', '123']);
    await clients[1]!.cut();
    // Nobody is there: the message waits for one of them.
    broker.publish({ topic: 't', payload: '4', qos: 1 });
    const back0 = await connect({ clientId: 'm0', flags: '00', properties: ['11 00 00 00 64'] });
    const back1 = await connect({ clientId: 'm1', flags: '00', properties: ['11 00 00 00 64'] });
    const got = await payloads([back0, back1]);
    expect(got[0]! + got[1]!.replace('123', '')).toBe('4');
  });

  it('takes turns among those who are left', async () => {
    const { broker, clients } = await members({ qos: '00', filters: Array<string>(3).fill('$share/g/t') });
    broker.publish({ topic: 't', payload: '1' });
    await clients[1]!.ask(unsubscribe(2, '$share/g/t'));
    for (const payload of '2345') broker.publish({ topic: 't', payload });
    expect(await payloads(clients)).toEqual(['135', '', '24']);
  });

  it('gives no retained messages, and the granted QoS and the identifier of the member [MQTT-4.8.2-3]', async () => {
    const { broker, connect } = testBroker();
    broker.publish({ topic: 't', payload: 'old', retain: true });
    const client = await connect();
    expect(await client.ask(subscribe(1, '$share/g/t', '01', '0b 09'))).toEqual(['90 04 00 01 00 01']);
    broker.publish({ topic: 't', payload: 'x', qos: 2 });
    expect(await client.take()).toEqual([publish('t', 'x', { first: '32', id: 1, properties: ['0b 09'] })]);
  });

  it('offers a message that a member has refused to no other [MQTT-4.8.2-6]', async () => {
    const { broker, clients } = await members({ qos: '01', filters: Array<string>(2).fill('$share/g/t') });
    broker.publish({ topic: 't', payload: '1', qos: 1 });
    expect(await clients[0]!.take()).toHaveLength(1);
    expect(await clients[0]!.ask('40 03 00 01 87')).toEqual([]);
    expect(await clients[1]!.take()).toEqual([]);
    expect(broker.session('m0')?.openCount).toBe(0);
  });

  it('finishes a QoS 2 delivery with the member that has begun it [MQTT-4.8.2-4] [MQTT-4.8.2-5]', async () => {
    const { time, broker, connect, clients } = await members({
      qos: '02',
      filters: Array<string>(2).fill('$share/g/t'),
    });
    broker.publish({ topic: 't', payload: '1', qos: 2 });
    expect(await clients[0]!.take()).toEqual([publish('t', '1', { first: '34', id: 1 })]);
    await clients[0]!.cut();
    expect(await clients[1]!.take()).toEqual([]);
    const back = await connect({ clientId: 'm0', flags: '00', properties: ['11 00 00 00 64'] });
    expect(await back.take()).toEqual([publish('t', '1', { first: '3c', id: 1 })]);
    await back.cut();
    await time.advance(100_000);
    expect(broker.session('m0')).toBeUndefined();
    expect(await clients[1]!.take()).toEqual([]);
  });
});

describe('MemoryBroker: topic aliases', () => {
  it('resolves those of the client, on its connection only [MQTT-3.3.2-12] [MQTT-3.3.2-7]', async () => {
    const { connect } = testBroker({ topicAliasMaximum: 2 });
    const subscriber = await connect({ clientId: 's' });
    await subscriber.ask(subscribe(1, '#', '00'));
    const client = await connect({ flags: '00', properties: ['11 00 00 00 64'] });
    await client.send(publish('a', '1', { properties: ['23 00 02'] }));
    await client.send(publish('', '2', { properties: ['23 00 02', '03 00 01 6a'] }));
    await client.send(publish('b', '3', { properties: ['23 00 02'] }));
    await client.send(publish('', '4', { properties: ['23 00 02'] }));
    expect(await subscriber.take()).toEqual([
      publish('a', '1'),
      publish('a', '2', { properties: ['03 00 01 6a'] }),
      publish('b', '3'),
      publish('b', '4'),
    ]);
    await client.cut();
    const back = await connect({ flags: '00', properties: ['11 00 00 00 64'] });
    expect(await back.ask(publish('', '5', { properties: ['23 00 02'] }))).toEqual(['e0 01 82']);
  });

  it.each([
    ['over the maximum', publish('a', 'x', { properties: ['23 00 03'] }), 'e0 01 94'],
    ['0 [MQTT-3.3.2-8]', publish('a', 'x', { properties: ['23 00 00'] }), 'e0 01 94'],
    ['for no topic', publish('', 'x', { properties: ['23 00 01'] }), 'e0 01 82'],
  ])('disconnects for an alias %s', async (_, bytes, answer) => {
    const { connect } = testBroker({ topicAliasMaximum: 2 });
    const client = await connect();
    expect(await client.ask(bytes)).toEqual([answer]);
  });

  it('takes none where it announced none', async () => {
    const { connect } = testBroker();
    const client = await connect();
    expect(await client.ask(publish('a', 'x', { properties: ['23 00 01'] }))).toEqual(['e0 01 94']);
  });

  it('uses its own as far as the client allows, for the first topics [MQTT-3.1.2-26]', async () => {
    const { broker, connect } = testBroker({ outboundTopicAliasMax: 5 });
    const client = await connect({ properties: ['22 00 02'] });
    await client.ask(subscribe(1, '#', '00'));
    for (const topic of ['first', 'second', 'third', 'first', 'third', 'second']) broker.publish({ topic });
    expect(await client.take()).toEqual([
      packet('30', text('first'), block('23 00 01')),
      packet('30', text('second'), block('23 00 02')),
      packet('30', text('third'), '00'),
      packet('30', '00 00', block('23 00 01')),
      packet('30', text('third'), '00'),
      packet('30', '00 00', block('23 00 02')),
    ]);
  });

  it('uses none where the client allows none [MQTT-3.1.2-27]', async () => {
    const { broker, connect } = testBroker({ outboundTopicAliasMax: 5 });
    const client = await connect();
    await client.ask(subscribe(1, '#', '00'));
    broker.publish({ topic: 't' });
    expect(await client.take()).toEqual(['30 04 00 01 74 00']);
  });

  it('does without where the alias would make the packet too large', async () => {
    const { broker, connect } = testBroker({ outboundTopicAliasMax: 5 });
    const client = await connect({ properties: ['22 00 02', '27 00 00 00 0b'] });
    await client.ask(subscribe(1, '#', '00'));
    broker.publish({ topic: 'topic!' });
    broker.publish({ topic: 'topic!!' });
    broker.publish({ topic: 'abc' });
    broker.publish({ topic: 'abc', payload: '12' });
    broker.publish({ topic: 'a' });
    broker.publish({ topic: 'a', payload: '1234' });
    expect(await client.take()).toEqual([
      '30 09 00 06 74 6f 70 69 63 21 00',
      '30 09 00 03 61 62 63 03 23 00 01',
      '30 08 00 00 03 23 00 01 31 32',
      '30 07 00 01 61 03 23 00 02',
      '30 08 00 01 61 00 31 32 33 34',
    ]);
    expect(broker.counts.messagesDroppedTooLarge).toBe(1);
  });
});

describe('MemoryBroker: who may publish', () => {
  it('answers with the reason of the hook, and routes nothing', async () => {
    const { broker, connect } = testBroker({
      authorizePublish: ({ clientId, topic, qos, retain, isWill }) => {
        expect([clientId, retain, isWill]).toEqual(['c', false, false]);
        return topic === 'no' ? (qos === 1 ? ReasonCode.notAuthorized : ReasonCode.quotaExceeded) : undefined;
      },
    });
    const client = await connect();
    await client.ask(subscribe(1, '#', '00'));
    const sent = [
      publish('no', 'x'),
      publish('no', 'x', { first: '32', id: 1 }),
      publish('no', 'x', { first: '34', id: 2 }),
      publish('yes', 'x'),
    ];
    expect(await client.ask(...sent)).toEqual(['40 03 00 01 87', '50 03 00 02 97', publish('yes', 'x')]);
    // The identifier of a refused QoS 2 message is free [MQTT-4.3.3-9].
    expect(broker.session('c')?.receivedCount).toBe(0);
    expect(broker.counts.messagesReceived).toBe(1);
  });
});

describe('MemoryBroker.publish', () => {
  it('routes a message of its own, and keeps its bytes', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't', '00'));
    const payload = Uint8Array.of(1, 2, 3);
    expect(broker.publish({ topic: 't', payload, properties: { contentType: 'j' } })).toBe(1);
    payload.fill(9);
    expect(broker.publish({ topic: 'nobody', payload: 'x' })).toBe(0);
    expect(broker.retained).toEqual([]);
    expect(await client.take()).toEqual(['30 0b 00 01 74 04 03 00 01 6a 01 02 03']);
  });

  it.each(['', 'a/+', '#', 'a\u0000b', '\ud800'])('refuses the topic %j', (topic) => {
    const { broker } = testBroker();
    expect(() => broker.publish({ topic })).toThrow(expect.objectContaining({ code: 'invalid-argument' }) as Error);
  });
});

describe('MemoryBroker: onPacket', () => {
  it('sees every packet of both directions with its bytes, its time and its client', async () => {
    const seen: string[] = [];
    const { time, connect } = testBroker({
      onPacket({ direction, packet: observed, bytes, clientId, atMs }) {
        seen.push(`${atMs} ${direction} ${clientId} ${observed?.type} ${bytes.length}`);
        bytes.fill(0);
      },
    });
    const client = await connect();
    await time.advance(5);
    expect(await client.ask(subscribe(1, 'a', '00'), publish('a', 'x'))).toEqual([
      '90 04 00 01 00 00',
      '30 05 00 01 61 00 78',
    ]);
    expect(await client.ask(`82 02 ${ascii('no')}`)).toEqual(['e0 01 81']);
    expect(seen).toEqual([
      '0 toServer undefined connect 16',
      '0 toClient c connack 5',
      '5 toServer c subscribe 9',
      '5 toClient c suback 6',
      '5 toServer c publish 7',
      '5 toClient c publish 7',
      '5 toServer c undefined 4',
      '5 toClient c disconnect 3',
    ]);
  });
});
