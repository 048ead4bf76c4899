import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { matches, want, type ScriptedBroker } from '@minimq/testkit';
import { assign } from '../../src/script/assign.ts';
import { CONNECT, failureOf, PINGREQ, PUBLISH, rawBench, type RawClient } from './raw-client.ts';

describe('matches', () => {
  const bytes = Uint8Array.of(0x61, 0x62);
  const rows: readonly (readonly [what: string, wanted: unknown, value: unknown, expected: boolean])[] = [
    ['the same text', 'a', 'a', true],
    ['other text', 'a', 'b', false],
    ['a pattern', /^a\//, 'a/b', true],
    ['a pattern that does not fit', /^a\//, 'b/a', false],
    ['a function that says yes', (value: number) => value > 1, 2, true],
    ['a function that says no', (value: number) => value > 1, 1, false],
    ['a function, and nothing is there', () => true, undefined, false],
    ['nothing, and nothing is there', undefined, undefined, true],
    ['nothing, and something is there', undefined, 0, false],
    ['binary as bytes', Uint8Array.of(0x61, 0x62), bytes, true],
    ['binary as other bytes', Uint8Array.of(0x61), bytes, false],
    ['binary as text', 'ab', bytes, true],
    ['binary as hexadecimal', '61 62', bytes, true],
    ['binary as other hexadecimal', '61 63', bytes, false],
    ['binary as a pattern', /^a/, bytes, true],
    ['binary as a number', 0x6162, bytes, false],
    ['text as hexadecimal, which it is not', '61 62', 'ab', false],
    ['a list', [1, 2], [1, 2], true],
    ['a longer list', [1, 2, 3], [1, 2], false],
    ['a list of objects by some fields', [{ topicFilter: 'a' }], [{ topicFilter: 'a', qos: 1 }], true],
    ['a list of objects by a wrong field', [{ qos: 2 }], [{ topicFilter: 'a', qos: 1 }], false],
    ['pairs', [['a', 'b']], [['a', 'b']], true],
    ['a list, and a single value is there', [1], 1, false],
    ['an object, and nothing is there', { topic: 'a' }, undefined, false],
    ['a will by a property', { willDelayInterval: 5 }, { topic: 'a', properties: { willDelayInterval: 5 } }, true],
    ["a test runner's any()", expect.any(Number), 7, true],
    ["a test runner's any() of something else", expect.any(String), 7, false],
  ];
  it.each(rows)('%s', (_what, wanted, value, expected) => {
    expect(matches(wanted, value)).toBe(expected);
  });
});

describe('assign', () => {
  const by =
    (...rows: readonly string[]) =>
    (item: number, place: number) =>
      rows[item]![place] === 'x';

  it('gives each item a place that fits', () => {
    expect(assign(2, 2, by('.x', 'x.'))).toEqual([1, 0]);
  });

  it('moves an item to another place when a later one needs its own', () => {
    expect(assign(3, 3, by('xx.', 'x..', '.xx'))).toEqual([1, 0, 2]);
  });

  it('knows when there is no way', () => {
    expect(assign(2, 3, by('x..', 'x..'))).toBeUndefined();
  });
});

describe('a script', () => {
  let broker: ScriptedBroker;
  let client: RawClient;

  beforeEach(async () => {
    const bench = await rawBench();
    broker = bench.broker;
    client = bench.open();
  });
  afterEach(() => broker.close());

  it('looks for a name among the fields of the packet and among its properties', async () => {
    // CONNECT `c`: Session Expiry Interval 300, Receive Maximum 10, user name `u`, password 01 02.
    await client.send('10 1d 00 04 4d 51 54 54 05 c2 00 3c 08 11 00 00 01 2c 21 00 0a 00 01 63 00 01 75 00 02 01 02');
    const packet = await broker.expect.connect({
      clientId: /^[a-z]$/,
      cleanStart: true,
      keepAlive: (seconds) => seconds >= 60,
      sessionExpiryInterval: 300,
      receiveMaximum: 10,
      topicAliasMaximum: undefined,
      will: undefined,
      username: 'u',
      password: Uint8Array.of(1, 2),
    });
    expect(packet.properties).toEqual({ sessionExpiryInterval: 300, receiveMaximum: 10 });
  });

  it('takes a packet of another kind for its identifier', async () => {
    await client.send(CONNECT, PUBLISH, '62 02 00 01');
    await broker.expect.connect();
    const publish = await broker.expect.publish();
    expect(await broker.expect.pubrel(publish)).toMatchObject({ packetId: 1 });
  });

  it('takes exact bytes, of one packet or of several, malformed ones too', async () => {
    await client.send(CONNECT, PUBLISH, PINGREQ, PINGREQ, '82 02 00 01');
    await broker.expect.connect(CONNECT);
    await broker.expect.publish(Uint8Array.of(0x32, 7, 0, 1, 0x61, 0, 1, 0, 0x78));
    await broker.expect.bytes(`${PINGREQ} ${PINGREQ}`);
    await broker.expect.bytes('82 02 00 01');
  });

  it('takes the beginning of a packet, where the client goes in the middle of it', async () => {
    await client.send(CONNECT, '82 07 00');
    await client.close();
    await broker.expect.connect();
    await broker.expect.bytes('82 07 00');
    await broker.expect.end();
  });

  it('finds the order of a group, even where the first guess was wrong', async () => {
    await client.send(CONNECT, PUBLISH, PINGREQ, '30 04 00 01 62 00');
    await broker.expect.connect();
    const [any, a, ping] = await broker.expect.unordered([
      want.publish(),
      want.publish({ topic: 'a' }),
      want.pingreq(),
    ]);
    expect([any.topic, a.topic, ping.type]).toEqual(['b', 'a', 'pingreq']);
  });

  it('does not take a matcher with a wrong name', async () => {
    await client.send(CONNECT);
    const wrong = { clientID: 'c' } as object;
    expect(await failureOf(broker.expect.connect(wrong))).toMatchObject({ fields: ['clientID'] });
    expect(await failureOf(broker.close())).toBe(broker.failure);
    broker = (await rawBench()).broker;
  });
});
