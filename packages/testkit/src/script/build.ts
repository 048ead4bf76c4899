import { encodePacket, packetLength, ReasonCode, type Packet } from '@minimq/core/codec';
import type { ClientPacket, ServerPacketName } from './packets.ts';

// Packets for a broker to send, from the fields that a script names.

/** Any fields by name. */
export type Fields = Readonly<Record<string, unknown>>;

const ACK = ['packetId', 'reasonCode'];
/** What of each packet is a field; everything else is a property. */
const OWN_FIELDS: Readonly<Record<ServerPacketName, readonly string[]>> = {
  connack: ['sessionPresent', 'reasonCode'],
  publish: ['topic', 'payload', 'qos', 'retain', 'dup', 'packetId'],
  puback: ACK,
  pubrec: ACK,
  pubrel: ACK,
  pubcomp: ACK,
  suback: ['packetId', 'reasonCodes'],
  unsuback: ['packetId', 'reasonCodes'],
  pingresp: [],
  disconnect: ['reasonCode'],
  auth: ['reasonCode'],
};

const DEFAULTS: Readonly<Partial<Record<ServerPacketName, Fields>>> = {
  connack: { sessionPresent: false, reasonCode: ReasonCode.success },
  publish: { payload: new Uint8Array(0), qos: 0, retain: false, dup: false },
  auth: { reasonCode: ReasonCode.continueAuthentication },
};

/** The packet with these fields, defaults for the others, and the rest as properties. The codec judges it later. */
export function buildPacket(type: ServerPacketName, fields: Fields): Packet {
  const { type: _, properties, ...named } = fields;
  const own: Record<string, unknown> = { type, ...DEFAULTS[type] };
  const rest: Record<string, unknown> = { ...(properties as Fields | undefined) };
  for (const [name, value] of Object.entries(named)) {
    if (value !== undefined) (OWN_FIELDS[type].includes(name) ? own : rest)[name] = binary(name, value);
  }
  const hasProperties = Object.keys(rest).length > 0 || type === 'auth';
  return { ...own, ...(hasProperties ? { properties: rest } : {}) } as unknown as Packet;
}

export function encode(packet: Packet): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(packetLength(packet, 'server'));
  encodePacket(packet, 'server', bytes);
  return bytes;
}

/** Which packet answers this one, with its fields; undefined: none does. */
export function answerTo(
  packet: ClientPacket,
): { readonly type: ServerPacketName; readonly fields: Fields } | undefined {
  switch (packet.type) {
    case 'connect': {
      const assigned = packet.clientId === '' ? { assignedClientIdentifier: 'assigned' } : {};
      return { type: 'connack', fields: assigned };
    }
    case 'publish':
      if (packet.qos === 0) return undefined;
      return { type: packet.qos === 1 ? 'puback' : 'pubrec', fields: { packetId: packet.packetId } };
    case 'pubrec':
      if ((packet.reasonCode ?? 0) >= 0x80) return undefined;
      return { type: 'pubrel', fields: { packetId: packet.packetId } };
    case 'pubrel':
      return { type: 'pubcomp', fields: { packetId: packet.packetId } };
    case 'subscribe': {
      const reasonCodes = packet.subscriptions.map(({ qos = 0 }) => qos);
      return { type: 'suback', fields: { packetId: packet.packetId, reasonCodes } };
    }
    case 'unsubscribe':
      return { type: 'unsuback', fields: { packetId: packet.packetId, reasonCodes: packet.topicFilters.map(() => 0) } };
    case 'pingreq':
      return { type: 'pingresp', fields: {} };
    case 'auth': {
      const { authenticationMethod } = packet.properties;
      return { type: 'auth', fields: { reasonCode: ReasonCode.success, authenticationMethod } };
    }
    default:
      return undefined;
  }
}

function binary(name: string, value: unknown): unknown {
  const isBinary = name === 'payload' || name === 'correlationData' || name === 'authenticationData';
  return isBinary && typeof value === 'string' ? new TextEncoder().encode(value) : value;
}
