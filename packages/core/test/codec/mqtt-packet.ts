import { generate, parser, type Packet as TheirPacket } from 'mqtt-packet';
import { encodePacket, packetLength, type AnyProperties, type Packet, type Sender } from '@minimq/core/codec';

// The codec of another hand, mqtt-packet: its packets beside ours.

const V5 = { protocolVersion: 5 };

type Fields = Record<string, unknown>;

export function encode(packet: Packet, sender: Sender): Buffer {
  const bytes = Buffer.alloc(packetLength(packet, sender));
  encodePacket(packet, sender, bytes);
  return bytes;
}

export function theirDecode(bytes: Uint8Array): Fields {
  const parsed: TheirPacket[] = [];
  const decoder = parser(V5);
  decoder.on('packet', (packet) => parsed.push(packet));
  decoder.on('error', (error: unknown) => {
    throw error;
  });
  const left = decoder.parse(Buffer.from(bytes));
  if (left !== 0 || parsed.length !== 1) throw new Error(`${left} bytes left, ${parsed.length} packets`);
  return { ...parsed[0] };
}

export function theirEncode(fields: Fields): Buffer {
  return generate(fields as unknown as TheirPacket, V5);
}

/** What they leave in every packet, or know of the protocol, is not compared. */
export function compared(fields: Fields): Fields {
  const rest: Fields = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || ['length', 'protocolId', 'protocolVersion'].includes(key)) continue;
    if (['qos', 'dup', 'retain'].includes(key) && fields['cmd'] !== 'publish') continue;
    rest[key] = value;
  }
  return rest;
}

/** Our packet as theirs. */
export function theirs(packet: Packet): Fields {
  switch (packet.type) {
    case 'connect': {
      const { clientId, cleanStart, keepAlive, will, username, password } = packet;
      return {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 5,
        clientId,
        clean: cleanStart,
        keepalive: keepAlive,
        ...(will !== undefined && {
          will: {
            topic: will.topic,
            payload: Buffer.from(will.payload ?? ''),
            qos: will.qos,
            retain: will.retain,
            ...theirProperties(will.properties),
          },
        }),
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: Buffer.from(password) }),
        ...theirProperties(packet.properties),
      };
    }
    case 'connack': {
      const { sessionPresent, reasonCode } = packet;
      return { cmd: 'connack', sessionPresent, reasonCode, ...theirProperties(packet.properties) };
    }
    case 'publish': {
      const { topic, qos, dup, retain, packetId } = packet;
      return {
        cmd: 'publish',
        topic,
        payload: Buffer.from(packet.payload),
        qos,
        dup,
        retain,
        ...(packetId !== undefined && { messageId: packetId }),
        ...theirProperties(packet.properties),
      };
    }
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((each) => ({
          topic: each.topicFilter,
          qos: each.qos,
          nl: each.noLocal,
          rap: each.retainAsPublished,
          rh: each.retainHandling,
        })),
        ...theirProperties(packet.properties),
      };
    case 'unsubscribe':
      return {
        cmd: 'unsubscribe',
        messageId: packet.packetId,
        unsubscriptions: packet.topicFilters,
        ...theirProperties(packet.properties),
      };
    case 'suback':
    case 'unsuback':
      return {
        cmd: packet.type,
        messageId: packet.packetId,
        granted: packet.reasonCodes,
        ...theirProperties(packet.properties),
      };
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, reasonCode: packet.reasonCode, ...theirProperties(packet.properties) };
    case 'pingreq':
    case 'pingresp':
      return { cmd: packet.type };
    default:
      return {
        cmd: packet.type,
        messageId: packet.packetId,
        reasonCode: packet.reasonCode,
        ...theirProperties(packet.properties),
      };
  }
}

function theirProperties(properties: object | undefined): { properties?: Fields } {
  const fields: Fields = {};
  for (const [name, value] of Object.entries((properties ?? {}) as AnyProperties)) {
    if (name === 'payloadFormatIndicator') fields[name] = value === 1;
    else if (name === 'subscriptionIdentifierAvailable') fields['subscriptionIdentifiersAvailable'] = value;
    else if (name === 'subscriptionIdentifiers') {
      const list = value as readonly number[];
      fields['subscriptionIdentifier'] = list.length === 1 ? list[0] : list;
    } else if (name === 'userProperties') fields[name] = grouped(value as readonly (readonly [string, string])[]);
    else fields[name] = value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  return Object.keys(fields).length > 0 ? { properties: fields } : {};
}

/** Their user properties: an object, so the order between names is lost. */
function grouped(pairs: readonly (readonly [string, string])[]): Fields {
  const groups = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of pairs) {
    const before = groups[name];
    groups[name] = before === undefined ? value : [before, value].flat();
  }
  return groups;
}
