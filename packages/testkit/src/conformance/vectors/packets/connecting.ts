import type { Sender } from '@minimq/core/codec';
import { binary, text, u16, type Bytes } from '../bytes.ts';
import { NO_PROPERTIES, noStop, packetOf, part, type Form, type Part, type PropertyBlock } from './form.ts';

// CONNECT, CONNACK, DISCONNECT, AUTH and the two pings (sections 3.1, 3.2 and 3.12 to 3.15).

export interface ConnectFields {
  readonly name?: string;
  /** They decide which fields there are. Default: Clean Start alone. */
  readonly flags?: number;
  readonly protocolName?: string;
  readonly version?: number;
  readonly keepAlive?: number;
  readonly clientId?: string;
  readonly properties?: PropertyBlock;
  readonly willProperties?: PropertyBlock;
  readonly willTopic?: string;
  readonly willPayload?: Bytes;
  readonly username?: string;
  readonly password?: Bytes;
}

export function connect({
  name = 'CONNECT',
  flags = 0x02,
  protocolName = 'MQTT',
  version = 5,
  keepAlive = 60,
  clientId = 'c',
  properties = NO_PROPERTIES,
  willProperties = NO_PROPERTIES,
  willTopic = 'w',
  willPayload = [0x00, 0xff],
  username = 'u',
  password = [0x70],
}: ConnectFields = {}): Form {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const when = (flag: number, ...parts: Part[]): readonly Part[] => (has(flag) ? parts : []);
  return {
    name,
    sender: 'client',
    first: 0x10,
    parts: [
      part('text', 'Protocol Name', text(protocolName)),
      part('number', 'Protocol Version', [version]),
      part('number', 'Connect Flags', [flags]),
      part('number', 'Keep Alive', u16(keepAlive)),
      part('properties', 'Properties', properties.bytes),
      part('text', 'Client Identifier', text(clientId)),
      ...when(
        0x04,
        part('properties', 'Will Properties', willProperties.bytes),
        part('text', 'Will Topic', text(willTopic)),
        part('binary', 'Will Payload', binary(willPayload)),
      ),
      ...when(0x80, part('text', 'User Name', text(username))),
      ...when(0x40, part('binary', 'Password', binary(password))),
    ],
    packet: packetOf({
      type: 'connect',
      clientId,
      cleanStart: has(0x02),
      keepAlive,
      properties: properties.properties,
      will: has(0x04)
        ? packetOf({
            topic: willTopic,
            payload: new Uint8Array(willPayload),
            qos: (flags >> 3) & 3,
            retain: has(0x20),
            properties: willProperties.properties,
          })
        : undefined,
      username: has(0x80) ? username : undefined,
      password: has(0x40) ? new Uint8Array(password) : undefined,
    }),
    stopAfter: noStop,
  };
}

export function connack({
  name = 'CONNACK',
  flags = 0,
  reasonCode = 0,
  properties = NO_PROPERTIES,
}: {
  readonly name?: string;
  readonly flags?: number;
  readonly reasonCode?: number;
  readonly properties?: PropertyBlock;
} = {}): Form {
  return {
    name,
    sender: 'server',
    first: 0x20,
    parts: [
      part('number', 'Connect Acknowledge Flags', [flags]),
      part('number', 'Connect Reason Code', [reasonCode]),
      part('properties', 'Properties', properties.bytes),
    ],
    packet: packetOf({ type: 'connack', sessionPresent: flags === 1, reasonCode, properties: properties.properties }),
    stopAfter: noStop,
  };
}

/** What the acknowledgements, DISCONNECT and AUTH end with, so far as it is there. */
export interface ReasonFields {
  readonly name?: string;
  readonly reasonCode?: number | undefined;
  /** Undefined: no Property Length either. */
  readonly properties?: PropertyBlock | undefined;
}

export function reasonParts({ reasonCode, properties }: ReasonFields): readonly Part[] {
  return [
    ...(reasonCode === undefined ? [] : [part('number', 'Reason Code', [reasonCode])]),
    ...(properties === undefined ? [] : [part('properties', 'Properties', properties.bytes)]),
  ];
}

export function disconnect(sender: Sender, fields: ReasonFields = {}): Form {
  const { name = 'DISCONNECT', reasonCode = 0, properties } = fields;
  return {
    name,
    sender,
    first: 0xe0,
    parts: reasonParts(fields),
    packet: packetOf({ type: 'disconnect', reasonCode, properties: properties?.properties }),
    stopAfter: (partCount) => packetOf({ type: 'disconnect', reasonCode: partCount === 0 ? 0 : reasonCode }),
  };
}

/** The properties must have an Authentication Method; see `block`. */
export function auth(sender: Sender, fields: ReasonFields = {}): Form {
  const { name = 'AUTH', reasonCode = 0, properties } = fields;
  return {
    name,
    sender,
    first: 0xf0,
    parts: reasonParts(fields),
    packet: packetOf({ type: 'auth', reasonCode, properties: properties?.properties }),
    // Neither a Remaining Length of 0 nor one of 1 leaves room for the method.
    stopAfter: () => [0x82, 0x81],
  };
}

export function ping(type: 'PINGREQ' | 'PINGRESP'): Form {
  return {
    name: type,
    sender: type === 'PINGREQ' ? 'client' : 'server',
    first: type === 'PINGREQ' ? 0xc0 : 0xd0,
    parts: [],
    packet: packetOf({ type: type.toLowerCase() }),
    stopAfter: noStop,
  };
}
