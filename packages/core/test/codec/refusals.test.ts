import { describe, expect, it } from 'vitest';
import { encodePacket, packetLength, type Packet, type Sender } from '@minimq/core/codec';
import { hex } from './bytes.ts';
import { expectInvalidArgument } from './refusal.ts';

// What the encoder does not send: the caller gets an InvalidRequestError, and the target stays as it was. Properties
// where they do not belong, reason codes and text are in files of their own.

type Case = readonly [name: string, rule: string, packet: object, message: RegExp];

const connect = { type: 'connect', clientId: 'c', cleanStart: true, keepAlive: 0 };
const publish = { type: 'publish', topic: 'a', payload: hex('01'), qos: 0, retain: false, dup: false };
const subscribe = { type: 'subscribe', packetId: 1, subscriptions: [{ topicFilter: 'a' }] };
const unsubscribe = { type: 'unsubscribe', packetId: 1, topicFilters: ['a'] };
const auth = { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } };
const connack = { type: 'connack', sessionPresent: false, reasonCode: 0 };
const suback = { type: 'suback', packetId: 1, reasonCodes: [0] };

const notNumbers = ['1', null, true, {}, [], Number.NaN, Number.POSITIVE_INFINITY, 0.5, 1.000_001, -1, -0.5];
const notTexts = [1, null, true, {}, [], hex('61')];
const notBytes = [1, null, true, {}, [1, 2], new ArrayBuffer(2), new Uint16Array(2), new DataView(new ArrayBuffer(2))];

function each<T>(
  values: readonly T[],
  packet: (value: T) => object,
  rule: string,
  name: string,
  message: RegExp,
): Case[] {
  return values.map((value) => [`${name} ${describeValue(value)}`, rule, packet(value), message]);
}

function describeValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value instanceof Object && !Array.isArray(value) ? value.constructor.name : JSON.stringify(value);
}

/** Properties whose value is a number, of what packet, and what is out of their range. */
const numbers: readonly [name: string, packet: object, out: readonly number[]][] = [
  ['sessionExpiryInterval', connect, [4_294_967_296]],
  ['receiveMaximum', connect, [0, 65_536]],
  ['maximumPacketSize', connect, [0, 4_294_967_296]],
  ['topicAliasMaximum', connect, [65_536]],
  ['payloadFormatIndicator', publish, [2]],
  ['messageExpiryInterval', publish, [4_294_967_296]],
  ['topicAlias', publish, [0, 65_536]],
  ['subscriptionIdentifier', subscribe, [0, 268_435_456]],
  ['sessionExpiryInterval', { type: 'disconnect' }, [4_294_967_296]],
];
const serverNumbers: readonly [name: string, packet: object, out: readonly number[]][] = [
  ['sessionExpiryInterval', connack, [4_294_967_296]],
  ['serverKeepAlive', connack, [65_536]],
  ['maximumQoS', connack, [2]],
  ['receiveMaximum', connack, [0]],
  ['maximumPacketSize', connack, [0]],
];
const flags = ['requestProblemInformation', 'requestResponseInformation'];
const serverFlags = [
  'retainAvailable',
  'wildcardSubscriptionAvailable',
  'subscriptionIdentifierAvailable',
  'sharedSubscriptionAvailable',
];

function propertyNumbers(table: typeof numbers): Case[] {
  return table.flatMap(([name, packet, out]) =>
    each(
      [...notNumbers, ...out],
      (value) => ({ ...packet, properties: { [name]: value } }),
      '2.2.2.2',
      name,
      new RegExp(`^${name} has to be a whole number from`),
    ),
  );
}

const ofClient: readonly Case[] = [
  // CONNECT.
  ...each([...notNumbers, 65_536], (keepAlive) => ({ ...connect, keepAlive }), '3.1.2.10', 'keepAlive', /keepAlive/),
  ...each(notTexts, (clientId) => ({ ...connect, clientId }), '3.1.3.1', 'clientId', /client identifier/),
  ...each(notTexts, (username) => ({ ...connect, username }), '3.1.3.5', 'username', /user name/),
  ...each(notBytes, (password) => ({ ...connect, password }), '3.1.3.6', 'password', /password.*Uint8Array/),
  ...each(notTexts, (topic) => ({ ...connect, will: { topic } }), '3.1.3.3', 'will topic', /topic of the will/),
  ...each(
    [1, true, {}, [1]],
    (payload) => ({ ...connect, will: { topic: 't', payload } }),
    '3.1.3.4',
    'will payload',
    /payload/,
  ),
  ...each(
    [3, -1, 0.5, '1', Number.NaN, true],
    (qos) => ({ ...connect, will: { topic: 't', qos } }),
    'MQTT-3.1.2-12',
    'will QoS',
    /QoS/,
  ),
  ['will topic empty', 'MQTT-4.7.3-1', { ...connect, will: { topic: '' } }, /empty/],
  ['will topic with #', 'MQTT-4.7.0-1', { ...connect, will: { topic: 'a/#' } }, /wildcard/],
  ['will topic with +', 'MQTT-4.7.0-1', { ...connect, will: { topic: '+/a' } }, /wildcard/],
  [
    'will response topic with #',
    'MQTT-4.7.0-1',
    { ...connect, will: { topic: 't', properties: { responseTopic: '#' } } },
    /wildcard/,
  ],
  [
    'authentication data without a method',
    '3.1.2.11.10',
    { ...connect, properties: { authenticationData: hex('00') } },
    /needs an authenticationMethod/,
  ],
  ...flags.flatMap((name) =>
    each(
      [0, 1, 'true', null],
      (value) => ({ ...connect, properties: { [name]: value } }),
      '2.2.2.2',
      name,
      /true or false/,
    ),
  ),
  ...propertyNumbers(numbers),

  // PUBLISH.
  ['topic empty without alias', 'MQTT-4.7.3-1', { ...publish, topic: '' }, /topic is empty/],
  ['topic with +', 'MQTT-3.3.2-2', { ...publish, topic: 'a/+' }, /wildcard/],
  ['topic with #', 'MQTT-3.3.2-2', { ...publish, topic: '#' }, /wildcard/],
  [
    'topic with a wildcard and an alias',
    'MQTT-3.3.2-2',
    { ...publish, topic: '#', properties: { topicAlias: 1 } },
    /wildcard/,
  ],
  ...each(notTexts, (topic) => ({ ...publish, topic }), '3.3.2.1', 'topic', /topic/),
  ...each(
    [...notBytes, 'text', undefined],
    (payload) => ({ ...publish, payload }),
    '3.3.3',
    'payload',
    /payload.*Uint8Array/,
  ),
  ...each(
    [3, -1, 0.5, '1', null, Number.NaN],
    (qos) => ({ ...publish, qos, packetId: 1 }),
    'MQTT-3.3.1-4',
    'QoS',
    /QoS/,
  ),
  ['QoS 0 with DUP', 'MQTT-3.3.1-2', { ...publish, dup: true }, /dup/],
  ['QoS 0 with an identifier', 'MQTT-2.2.1-2', { ...publish, packetId: 1 }, /packetId/],
  ['QoS 1 without an identifier', 'MQTT-2.2.1-3', { ...publish, qos: 1 }, /packetId/],
  ['QoS 2 without an identifier', 'MQTT-2.2.1-3', { ...publish, qos: 2 }, /packetId/],
  ...each(
    [...notNumbers, 0, 65_536],
    (packetId) => ({ ...publish, qos: 1, packetId }),
    'MQTT-2.2.1-3',
    'packetId',
    /packetId/,
  ),
  ['response topic empty', '3.3.2.3.5', { ...publish, properties: { responseTopic: '' } }, /responseTopic is empty/],
  [
    'response topic with #',
    'MQTT-3.3.2-14',
    { ...publish, properties: { responseTopic: 'r/#' } },
    /responseTopic.*wildcard/,
  ],
  ...each(
    notTexts,
    (contentType) => ({ ...publish, properties: { contentType } }),
    '2.2.2.2',
    'contentType',
    /contentType/,
  ),
  ...each(
    [...notBytes, 'text'],
    (correlationData) => ({ ...publish, properties: { correlationData } }),
    '2.2.2.2',
    'correlationData',
    /correlationData.*Uint8Array/,
  ),
  ...each(
    [
      1,
      null,
      'ab',
      {},
      { a: 'b' },
      new Map([['a', 'b']]),
      ['a', 'b'],
      ['ab'],
      [['a']],
      [['a', 'b', 'c']],
      [[]],
      [null],
      // oxlint-disable-next-line no-sparse-arrays
      [, ['a', 'b']],
      [['a', 1]],
      [[1, 'a']],
      [['a', undefined]],
      [['a', 'b'], 'cd'],
    ],
    (userProperties) => ({ ...publish, properties: { userProperties } }),
    '2.2.2.2',
    'userProperties',
    /userProperties|user property/,
  ),
  [
    'a subscription identifier',
    'MQTT-3.3.4-6',
    { ...publish, properties: { subscriptionIdentifiers: [1] } },
    /cannot carry/,
  ],
  ...each(
    ['x', [1]],
    (properties) => ({ ...publish, properties }),
    '2.2.2',
    'properties',
    /cannot carry the property 0/,
  ),

  // PUBACK, PUBREC, PUBREL and PUBCOMP.
  ...['puback', 'pubrec', 'pubrel', 'pubcomp'].flatMap((type) =>
    each(
      [...notNumbers, undefined, 0, 65_536],
      (packetId) => ({ type, packetId }),
      '2.2.1',
      `${type} packetId`,
      /packetId/,
    ),
  ),

  // SUBSCRIBE and UNSUBSCRIBE.
  ...each(
    [...notNumbers, 0, 65_536],
    (packetId) => ({ ...subscribe, packetId }),
    'MQTT-2.2.1-3',
    'SUBSCRIBE packetId',
    /packetId/,
  ),
  ...each(
    [...notNumbers, 0, 65_536],
    (packetId) => ({ ...unsubscribe, packetId }),
    'MQTT-2.2.1-3',
    'UNSUBSCRIBE packetId',
    /packetId/,
  ),
  ...each(
    [[], undefined, null, {}, 'a', [{}], ['a']],
    (subscriptions) => ({ ...subscribe, subscriptions }),
    'MQTT-3.8.3-2',
    'subscriptions',
    /topic filter/,
  ),
  ...each(
    [[], undefined, null, {}, [{}], [1]],
    (topicFilters) => ({ ...unsubscribe, topicFilters }),
    'MQTT-3.10.3-2',
    'topicFilters',
    /topic filter/,
  ),
  ...each([3, -1, 0.5, '1', null, true], (qos) => option({ qos }), 'MQTT-3.8.3-5', 'subscription QoS', /QoS/),
  ...each(
    [3, -1, 0.5, '1', null, true],
    (retainHandling) => option({ retainHandling }),
    'MQTT-3.3.1-11',
    'retainHandling',
    /retainHandling/,
  ),
  [
    'No Local for a shared subscription',
    'MQTT-3.8.3-4',
    { ...subscribe, subscriptions: [{ topicFilter: '$share/g/t', noLocal: true }] },
    /shared subscription cannot be noLocal/,
  ],
  ['the second of two filters wrong', 'MQTT-4.7.1-1', { ...unsubscribe, topicFilters: ['a', 'b#'] }, /'b#'/],

  // AUTH, and packets that are no packets, or not a client's.
  ['AUTH without properties', '3.15.2.2.2', { type: 'auth', reasonCode: 0x18 }, /needs an authenticationMethod/],
  ['AUTH without a method', '3.15.2.2.2', { ...auth, properties: {} }, /needs an authenticationMethod/],
  ['AUTH with data alone', '3.15.2.2.2', { ...auth, properties: { authenticationData: hex('00') } }, /needs an/],
  ...['connack', 'suback', 'unsuback', 'pingresp'].map((type): Case => [
    `a server's ${type}`,
    '2.1.2',
    { ...connack, ...suback, type },
    /client does not send/,
  ]),
  ...each(['reserved', 'PUBLISH', '', undefined, 3], (type) => ({ ...publish, type }), '2.1.2', 'type', /not a packet/),
];

function option(options: object): object {
  return { ...subscribe, subscriptions: [{ topicFilter: 'a', ...options }] };
}

const ofServer: readonly Case[] = [
  [
    'CONNACK that refuses with a session',
    'MQTT-3.2.2-6',
    { ...connack, sessionPresent: true, reasonCode: 0x80 },
    /session/,
  ],
  [
    'CONNACK with data and no method',
    '3.2.2.3.18',
    { ...connack, properties: { authenticationData: hex('00') } },
    /needs an/,
  ],
  ...serverFlags.flatMap((name) =>
    each(
      [0, 1, 'true', null],
      (value) => ({ ...connack, properties: { [name]: value } }),
      '2.2.2.2',
      name,
      /true or false/,
    ),
  ),
  ...propertyNumbers(serverNumbers),
  ...each(
    [[], undefined, null, {}],
    (reasonCodes) => ({ ...suback, reasonCodes }),
    'MQTT-3.8.4-6',
    'SUBACK codes',
    /reason code/,
  ),
  ...each(
    [[], undefined, null, {}],
    (reasonCodes) => ({ ...suback, type: 'unsuback', reasonCodes }),
    'MQTT-3.11.3-1',
    'UNSUBACK codes',
    /reason code/,
  ),
  ...each(
    [...notNumbers, 0, 65_536],
    (packetId) => ({ ...suback, packetId }),
    'MQTT-2.2.1-6',
    'SUBACK packetId',
    /packetId/,
  ),
  ...each(
    [...notNumbers.map((value) => [value]), [0], [268_435_456], [1, 0], 1, null, '12'],
    (subscriptionIdentifiers) => ({ ...publish, properties: { subscriptionIdentifiers } }),
    '3.3.2.3.8',
    'subscriptionIdentifiers',
    /subscriptionIdentifiers has to be/,
  ),
  [
    'subscriptionIdentifiers with a hole',
    '3.3.2.3.8',
    // oxlint-disable-next-line no-sparse-arrays
    { ...publish, properties: { subscriptionIdentifiers: [1, , 2] } },
    /subscriptionIdentifiers has to be/,
  ],
  ...['connect', 'subscribe', 'unsubscribe', 'pingreq'].map((type): Case => [
    `a client's ${type}`,
    '2.1.2',
    { ...connect, ...subscribe, ...unsubscribe, type },
    /server does not send/,
  ]),
];

describe.each<[Sender, readonly Case[]]>([
  ['client', ofClient],
  ['server', ofServer],
])('a %s does not send', (sender, cases) => {
  for (const [name, rule, packet, message] of cases) {
    it(`${name} [${rule}]`, () => {
      const target = new Uint8Array(512).fill(0xaa);
      expectInvalidArgument(() => encodePacket(packet as Packet, sender, target, 7), message);
      expect(target.every((byte) => byte === 0xaa)).toBe(true);
      expectInvalidArgument(() => packetLength(packet as Packet, sender), message);
    });
  }
});

describe('a packet', () => {
  it('goes into its target, or nowhere', () => {
    const target = new Uint8Array(8).fill(0xaa);
    for (const position of [7, 8, 9, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodePacket({ type: 'pingreq' }, 'client', target, position)).toThrow(
        expect.objectContaining({ name: 'ResourceError', code: 'buffer-too-small' }) as Error,
      );
    }
    expect(target.every((byte) => byte === 0xaa)).toBe(true);
    expect(encodePacket({ type: 'pingreq' }, 'client', target, 6)).toBe(8);
    expect(encodePacket({ type: 'pingreq' }, 'client', target)).toBe(2);
  });

  it("leaves the caller's objects as they are", () => {
    const packet = {
      type: 'publish',
      topic: 'a',
      payload: hex('01 02'),
      qos: 0,
      retain: false,
      dup: false,
      properties: Object.freeze({
        contentType: 'c',
        userProperties: Object.freeze([Object.freeze(['a', 'b'] as const)]),
      }),
    } as const satisfies Packet;
    expect(encodePacket(Object.freeze(packet), 'client', new Uint8Array(64))).toBe(19);
  });
});
