import { describe, expect, it } from 'vitest';
import { ascii, packet, publish, subscribe, testBroker, text } from './broker-helpers.ts';

const retained = '31';

describe('MemoryBroker: retained messages', () => {
  it('keeps the last one of a topic for later subscribers [MQTT-3.3.1-5]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.send(publish('t', 'old', { first: retained }), publish('t', 'new', { first: retained }));
    expect(await client.ask(subscribe(1, 't'))).toEqual(['90 04 00 01 00 00', '31 07 00 01 74 00 6e 65 77']);
    expect(broker.retained.map(({ topic, payload }) => [topic, [...payload]])).toEqual([['t', [0x6e, 0x65, 0x77]]]);
  });

  it('forgets it for an empty one, which is delivered but never kept [MQTT-3.3.1-6] [MQTT-3.3.1-7]', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(subscribe(1, 't'), publish('t', 'x', { first: retained }));
    expect(await client.ask(publish('t', '', { first: retained }))).toEqual([publish('t', '')]);
    expect(broker.retained).toEqual([]);
    expect(await client.ask(subscribe(2, 't'))).toEqual(['90 04 00 02 00 00']);
  });

  it('keeps what a Node Buffer held when it was published', () => {
    const { broker } = testBroker();
    const payload = Buffer.from('x');
    broker.publish({ topic: 't', payload, retain: true });
    payload.fill(0xff);
    expect(broker.retained.map((message) => [...message.payload])).toEqual([[0x78]]);
  });

  it('neither keeps nor forgets anything for a message without RETAIN [MQTT-3.3.1-8]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    await client.send(publish('t', 'x', { first: retained }), publish('t', 'y'), publish('t', ''), publish('u', 'y'));
    expect(await client.ask(subscribe(1, '#'))).toEqual(['90 04 00 01 00 00', publish('t', 'x', { first: retained })]);
  });

  it('brings those that match a wildcard, but not those that begin with $ [MQTT-4.7.2-1]', async () => {
    const { connect } = testBroker();
    const client = await connect();
    for (const topic of ['a/b', '$a/b', 'a/c/b', 'b']) await client.send(publish(topic, 'x', { first: retained }));
    const topicsOf = async (id: number, filter: string): Promise<string[]> => {
      const [, ...copies] = await client.ask(subscribe(id, filter));
      return copies.map((copy) => Buffer.from(copy.replaceAll(' ', ''), 'hex').toString().slice(4, -2));
    };
    expect(await topicsOf(1, '#')).toEqual(['a/b', 'a/c/b', 'b']);
    expect(await topicsOf(2, '+/b')).toEqual(['a/b']);
    expect(await topicsOf(3, 'a/#')).toEqual(['a/b', 'a/c/b']);
    expect(await topicsOf(4, '$a/+')).toEqual(['$a/b']);
    expect(await topicsOf(5, 'c/#')).toEqual([]);
  });

  it.each([
    { name: '0: always [MQTT-3.3.1-9]', options: '00', expected: [true, true] },
    { name: '1: for a new subscription [MQTT-3.3.1-10]', options: '10', expected: [true, false] },
    { name: '2: never [MQTT-3.3.1-11]', options: '20', expected: [false, false] },
  ])('brings them by Retain Handling $name', async ({ options, expected }) => {
    const { broker, connect } = testBroker();
    broker.publish({ topic: 't', payload: 'x', retain: true });
    const client = await connect();
    const first = await client.ask(subscribe(1, 't', options));
    const second = await client.ask(subscribe(2, 't', options));
    expect([first, second].map((packets) => packets.includes('31 05 00 01 74 00 78'))).toEqual(expected);
    await client.ask(packet('a2', '00 03 00', text('t')));
    const anew = await client.ask(subscribe(4, 't', options));
    expect(anew.includes('31 05 00 01 74 00 78')).toBe(expected[0]);
  });

  it('brings them with RETAIN 1, at the lower QoS and with the identifier of the subscription', async () => {
    const { broker, connect } = testBroker();
    broker.publish({ topic: 'a', payload: 'x', qos: 2, retain: true, properties: { contentType: 'j' } });
    const client = await connect();
    await client.ask(subscribe(1, '#', '20', '0b 01'));
    expect(await client.ask(subscribe(2, 'a', '01', '0b 07'))).toEqual([
      '90 04 00 02 00 01',
      publish('a', 'x', { first: '33', id: 1, properties: ['03 00 01 6a', '0b 07'] }),
    ]);
  });

  it('does not bring back what the client published itself under No Local', async () => {
    const { connect } = testBroker();
    const client = await connect();
    const other = await connect({ clientId: 'o' });
    await client.ask(publish('a', 'x', { first: retained }));
    await other.ask(publish('b', 'x', { first: retained }));
    expect(await client.ask(subscribe(1, '#', '04'))).toEqual([
      '90 04 00 01 00 00',
      publish('b', 'x', { first: retained }),
    ]);
  });

  it('brings all of one SUBSCRIBE behind its SUBACK', async () => {
    const { broker, connect } = testBroker();
    broker.publish({ topic: 'a', payload: '1', retain: true });
    broker.publish({ topic: 'b', payload: '2', retain: true });
    const client = await connect();
    expect(await client.ask(packet('82', '00 01 00', text('b'), '00', text('a'), '00'))).toEqual([
      '90 05 00 01 00 00 00',
      publish('b', '2', { first: retained }),
      publish('a', '1', { first: retained }),
    ]);
  });

  it('expires with its message [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async () => {
    const { time, broker, connect } = testBroker();
    const client = await connect();
    await client.ask(publish('t', 'x', { first: retained, properties: ['02 00 00 00 0a'] }));
    await time.advance(4_000);
    expect((await client.ask(subscribe(1, 't')))[1]).toBe('31 0a 00 01 74 05 02 00 00 00 06 78');
    await time.advance(6_000);
    expect(await client.ask(subscribe(2, 't'), subscribe(3, '+'))).toEqual(['90 04 00 02 00 00', '90 04 00 03 00 00']);
    expect(broker.retained).toEqual([]);
  });

  it('outlives its publisher', async () => {
    const { broker, connect } = testBroker();
    const client = await connect();
    await client.ask(publish('t', 'x', { first: retained }), 'e0 00');
    expect(broker.sessions).toEqual([]);
    const other = await connect({ clientId: 'o' });
    expect(await other.ask(subscribe(1, 't'))).toEqual(['90 04 00 01 00 00', `31 05 00 01 74 00 ${ascii('x')}`]);
  });
});
