import fc from 'fast-check';
import type { Packet, QoS, ReasonCode, RetainHandling, Sender } from '@minimq/core/codec';

// Random packets that the standard allows, as fast-check draws them.

/** Any text: every code point but U+0000 and the surrogates, now and then a long one. */
const text = fc
  .oneof(
    { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 8 },
    { arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 40, maxLength: 300 }), weight: 1 },
  )
  .map((value) => value.replaceAll('\0', '0'));
const topic = text.map((value) => value.replaceAll(/[+#]/g, '') || 'a');
const bytes = fc.uint8Array({ maxLength: 40 });
const packetId = fc.integer({ min: 1, max: 65_535 });
const flag = fc.boolean();
const qos = fc.constantFrom<QoS>(0, 1, 2);
const u16 = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255, 256, 65_535), fc.integer({ min: 0, max: 65_535 }));
const u32 = fc.oneof(fc.constantFrom(0, 1, 65_536, 4_294_967_295), fc.integer({ min: 0, max: 4_294_967_295 }));
const varint = fc.oneof(
  fc.constantFrom(1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455),
  fc.integer({ min: 1, max: 268_435_455 }),
);
const atLeast1 = (value: number): number => Math.max(value, 1);

const level = fc.oneof(
  { arbitrary: topic.map((value) => value.replaceAll('/', '')), weight: 4 },
  { arbitrary: fc.constant('+'), weight: 1 },
);
const plainFilter = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), flag)
  .map(([levels, all]) => (all ? [...levels, '#'] : levels).join('/') || '/');
const shareName = topic.map((value) => value.replaceAll('/', '') || 'g');
const sharedFilter = fc.tuple(shareName, plainFilter).map(([name, filter]) => `$share/${name}/${filter}`);

export interface PacketOptions {
  /** Whether the value of a user property may be empty; default true. */
  readonly emptyValues?: boolean;
}

/** The packets that `sender` may send. */
export function packets(sender: Sender, { emptyValues = true }: PacketOptions = {}): fc.Arbitrary<Packet> {
  const value = emptyValues ? text : text.map((each) => each || 'v');
  const userProperties = fc.array(fc.tuple(text, value), { minLength: 1, maxLength: 4 });
  const oneOf = <T>(type: fc.Arbitrary<T>): fc.Arbitrary<T> => type;
  const some: { requiredKeys: never[] } = { requiredKeys: [] };
  const codes = (...values: number[]): fc.Arbitrary<ReasonCode> => fc.constantFrom(...(values as ReasonCode[]));

  const message = {
    payloadFormatIndicator: fc.constantFrom<0 | 1>(0, 1),
    messageExpiryInterval: u32,
    contentType: text,
    responseTopic: topic,
    correlationData: bytes,
    userProperties,
  };
  const answer = fc.record({ reasonString: text, userProperties }, some);

  const publish: fc.Arbitrary<Packet> = fc
    .record({
      topic,
      payload: bytes,
      qos,
      retain: flag,
      dup: flag,
      packetId,
      properties: fc.record(
        {
          ...message,
          topicAlias: u16.map(atLeast1),
          ...(sender === 'server' && { subscriptionIdentifiers: fc.array(varint, { minLength: 1, maxLength: 3 }) }),
        },
        some,
      ),
      aliasOnly: flag,
    })
    .map(({ aliasOnly, packetId: id, ...fields }) => ({
      type: 'publish',
      ...fields,
      topic: aliasOnly && fields.properties.topicAlias !== undefined ? '' : fields.topic,
      dup: fields.dup && fields.qos > 0,
      ...(fields.qos > 0 && { packetId: id }),
    }));

  const heard = sender === 'server' ? [0x10] : [];
  const ack: fc.Arbitrary<Packet> = fc.oneof(
    fc.record({
      type: fc.constantFrom('puback' as const, 'pubrec' as const),
      packetId,
      reasonCode: codes(0x00, ...heard, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
      properties: answer,
    }),
    fc.record({
      type: fc.constantFrom('pubrel' as const, 'pubcomp' as const),
      packetId,
      reasonCode: codes(0x00, 0x92),
      properties: answer,
    }),
  );

  const auth: fc.Arbitrary<Packet> = fc.record({
    type: fc.constant('auth' as const),
    reasonCode: sender === 'client' ? codes(0x18, 0x19) : codes(0x00, 0x18),
    properties: fc.record(
      { authenticationMethod: text, authenticationData: bytes, reasonString: text, userProperties },
      { requiredKeys: ['authenticationMethod'] },
    ),
  });

  if (sender === 'server') {
    const connack: fc.Arbitrary<Packet> = fc
      .record({
        type: fc.constant('connack' as const),
        sessionPresent: flag,
        reasonCode: codes(0x00, 0x00, 0x80, 0x81, 0x82, 0x84, 0x87, 0x8c, 0x9d, 0x9f),
        properties: withMethod(
          fc.record(
            {
              sessionExpiryInterval: u32,
              receiveMaximum: u16.map(atLeast1),
              maximumQoS: fc.constantFrom<0 | 1>(0, 1),
              retainAvailable: flag,
              maximumPacketSize: u32.map(atLeast1),
              assignedClientIdentifier: text,
              topicAliasMaximum: u16,
              reasonString: text,
              userProperties,
              wildcardSubscriptionAvailable: flag,
              subscriptionIdentifierAvailable: flag,
              sharedSubscriptionAvailable: flag,
              serverKeepAlive: u16,
              responseInformation: text,
              serverReference: text,
              authenticationMethod: text,
              authenticationData: bytes,
            },
            some,
          ),
        ),
      })
      .map((packet) => ({ ...packet, sessionPresent: packet.sessionPresent && packet.reasonCode === 0 }));
    const reasonCodes = (...values: number[]) => fc.array(codes(...values), { minLength: 1, maxLength: 5 });
    return fc.oneof(
      connack,
      publish,
      ack,
      oneOf<Packet>(
        fc.record({
          type: fc.constant('suback' as const),
          packetId,
          reasonCodes: reasonCodes(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2),
          properties: answer,
        }),
      ),
      oneOf<Packet>(
        fc.record({
          type: fc.constant('unsuback' as const),
          packetId,
          reasonCodes: reasonCodes(0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91),
          properties: answer,
        }),
      ),
      fc.constant<Packet>({ type: 'pingresp' }),
      oneOf<Packet>(
        fc.record({
          type: fc.constant('disconnect' as const),
          reasonCode: codes(0x00, 0x81, 0x82, 0x8b, 0x8e, 0x97, 0x9b, 0x9c, 0xa2),
          properties: fc.record({ serverReference: text, reasonString: text, userProperties }, some),
        }),
      ),
      auth,
    );
  }

  const will = fc.record({
    topic,
    payload: bytes,
    qos,
    retain: flag,
    properties: fc.record({ willDelayInterval: u32, ...message }, some),
  });
  const connect: fc.Arbitrary<Packet> = fc.record(
    {
      type: fc.constant('connect' as const),
      clientId: text,
      cleanStart: flag,
      keepAlive: u16,
      properties: withMethod(
        fc.record(
          {
            sessionExpiryInterval: u32,
            receiveMaximum: u16.map(atLeast1),
            maximumPacketSize: u32.map(atLeast1),
            topicAliasMaximum: u16,
            requestResponseInformation: flag,
            requestProblemInformation: flag,
            authenticationMethod: text,
            authenticationData: bytes,
            userProperties,
          },
          some,
        ),
      ),
      will,
      username: text,
      password: bytes,
    },
    { requiredKeys: ['type', 'clientId', 'cleanStart', 'keepAlive', 'properties'] },
  );
  const options = {
    qos,
    retainAsPublished: flag,
    retainHandling: fc.constantFrom<RetainHandling>(0, 1, 2),
  };
  const subscription = fc.oneof(
    fc.record({ topicFilter: plainFilter, noLocal: flag, ...options }),
    fc.record({ topicFilter: sharedFilter, noLocal: fc.constant(false), ...options }),
  );
  return fc.oneof(
    connect,
    publish,
    ack,
    oneOf<Packet>(
      fc.record({
        type: fc.constant('subscribe' as const),
        packetId,
        subscriptions: fc.array(subscription, { minLength: 1, maxLength: 4 }),
        properties: fc.record({ subscriptionIdentifier: varint, userProperties }, some),
      }),
    ),
    oneOf<Packet>(
      fc.record({
        type: fc.constant('unsubscribe' as const),
        packetId,
        topicFilters: fc.array(fc.oneof(plainFilter, sharedFilter), { minLength: 1, maxLength: 4 }),
        properties: fc.record({ userProperties }, some),
      }),
    ),
    fc.constant<Packet>({ type: 'pingreq' }),
    oneOf<Packet>(
      fc.record({
        type: fc.constant('disconnect' as const),
        reasonCode: codes(0x00, 0x04, 0x80, 0x81, 0x82, 0x93, 0x97, 0x99),
        properties: fc.record({ sessionExpiryInterval: u32, reasonString: text, userProperties }, some),
      }),
    ),
    auth,
  );
}

/** Authentication Data stands only beside a method. */
function withMethod<T extends { authenticationMethod?: string; authenticationData?: Uint8Array }>(
  properties: fc.Arbitrary<T>,
): fc.Arbitrary<T> {
  return properties.map((set) => {
    if (set.authenticationMethod === undefined) delete set.authenticationData;
    return set;
  });
}
