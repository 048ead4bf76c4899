import type { PeerError } from '../errors.ts';
import { PacketType, WILL, packetTypeName, type Sender } from './packet-type.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte, textLength, topicNameLength } from './topic.ts';
import { FIELD_LENGTH_MAX, readUtf8, utf8Length, writeUtf8 } from './utf8.ts';
import { VARINT_MAX, varintLength, writeVarint } from './varint.ts';
import { invalidArgument, malformed, protocolError, violation } from './violation.ts';

// Section 2.2.2: one table of all properties, for both directions.

/** Name and value, in the order of sending; a name may come more than once. */
export type UserProperties = readonly (readonly [name: string, value: string])[];

/** Every property of MQTT v5 with the type of its value. */
export interface PropertyTypes {
  /** 1: the payload is UTF-8 text; 0: bytes. */
  readonly payloadFormatIndicator: 0 | 1;
  /** Seconds; the broker forwards what is left of it. */
  readonly messageExpiryInterval: number;
  readonly contentType: string;
  /** A topic name, without wildcards. */
  readonly responseTopic: string;
  readonly correlationData: Uint8Array;
  /** 1 to 268,435,455. */
  readonly subscriptionIdentifier: number;
  readonly subscriptionIdentifiers: readonly number[];
  /** Seconds that the session outlives its connection; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval: number;
  readonly assignedClientIdentifier: string;
  /** Seconds; 0: off. */
  readonly serverKeepAlive: number;
  readonly authenticationMethod: string;
  readonly authenticationData: Uint8Array;
  readonly requestProblemInformation: boolean;
  /** Seconds between the loss of a connection and its will. */
  readonly willDelayInterval: number;
  readonly requestResponseInformation: boolean;
  readonly responseInformation: string;
  readonly serverReference: string;
  readonly reasonString: string;
  /** QoS 1 and 2 publishes that may be open at once, 1 to 65,535. */
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  /** 1 to the peer's Topic Alias Maximum. */
  readonly topicAlias: number;
  readonly maximumQoS: 0 | 1;
  readonly retainAvailable: boolean;
  readonly userProperties: UserProperties;
  /** Bytes of a whole packet, its fixed header included. */
  readonly maximumPacketSize: number;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
}
export type PropertyName = keyof PropertyTypes;

/** The named properties, all optional; every other MQTT property is refused by the compiler as well. */
export type PropertiesOf<Name extends PropertyName> = {
  readonly [K in Name]?: PropertyTypes[K] | undefined;
} & { readonly [K in Exclude<PropertyName, Name>]?: never };

type MessageProperty =
  | 'payloadFormatIndicator'
  | 'messageExpiryInterval'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties';

export interface ConnectProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'requestResponseInformation'
  | 'requestProblemInformation'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
export interface WillProperties extends PropertiesOf<MessageProperty | 'willDelayInterval'> {}
export interface ConnackProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'maximumPacketSize'
  | 'assignedClientIdentifier'
  | 'topicAliasMaximum'
  | 'reasonString'
  | 'wildcardSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
  | 'sharedSubscriptionAvailable'
  | 'serverKeepAlive'
  | 'responseInformation'
  | 'serverReference'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
/** What a client may send with a message. */
export interface PublishProperties extends PropertiesOf<MessageProperty | 'topicAlias'> {}
/** What a server may send with a message. */
export interface DeliveryProperties extends PropertiesOf<MessageProperty | 'topicAlias' | 'subscriptionIdentifiers'> {}
/** Of PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
export interface AckProperties extends PropertiesOf<'reasonString' | 'userProperties'> {}
export interface SubscribeProperties extends PropertiesOf<'subscriptionIdentifier' | 'userProperties'> {}
export interface UnsubscribeProperties extends PropertiesOf<'userProperties'> {}
/** What a client may send with its DISCONNECT. */
export interface DisconnectProperties extends PropertiesOf<
  'sessionExpiryInterval' | 'reasonString' | 'userProperties'
> {}
/** What a server may send with its DISCONNECT. */
export interface ServerDisconnectProperties extends PropertiesOf<
  'serverReference' | 'reasonString' | 'userProperties'
> {}
export interface AuthProperties extends PropertiesOf<
  'authenticationMethod' | 'authenticationData' | 'reasonString' | 'userProperties'
> {}

/** Any property set, as the encoder and the decoder see it: the table decides what may be in it. */
export type AnyProperties = { readonly [K in PropertyName]?: PropertyTypes[K] | undefined };

const BYTE = 0; // 0 or 1, as a number
const FLAG = 1; // 0 or 1, as a boolean
const U16 = 2;
const U32 = 3;
const VARINT = 4;
const TEXT = 5;
const TOPIC = 6; // text that has to be a topic name
const BINARY = 7;
// From here on a packet may have several, which make up an array.
const PAIR = 8;
const VARINTS = 9;

interface Property {
  readonly name: PropertyName;
  readonly id: number;
  readonly kind: number;
  /** The packets that may carry it: a bit for each type, from a client and from a server. */
  readonly client: number;
  readonly server: number;
  /** The smallest legal value of a number. */
  readonly least: number;
  /** A bit of its own. */
  readonly mask: number;
}

const bit = (...types: number[]): number => types.reduce((bits, type) => bits | (1 << type), 0);
const { connect, connack, publish, subscribe, disconnect, auth } = PacketType;
const MESSAGE = bit(publish, WILL);
const CONNECT = bit(connect);
const CONNACK = bit(connack);
const PUBLISH = bit(publish);
const AUTH = bit(auth);
const DISCONNECT = bit(disconnect);
const ANSWERS = bit(4, 5, 6, 7);
const EVERY_CLIENT = bit(WILL, connect, publish, 4, 5, 6, 7, subscribe, 10, disconnect, auth);
const EVERY_SERVER = bit(connack, publish, 4, 5, 6, 7, 9, 11, disconnect, auth);

const TOPIC_ALIAS = 0x23;

let rows = 0;
function row(name: PropertyName, id: number, kind: number, client: number, server: number, least = 0): Property {
  return { name, id, kind, client, server, least, mask: 1 << rows++ };
}

const table: readonly Property[] = [
  row('payloadFormatIndicator', 0x01, BYTE, MESSAGE, PUBLISH),
  row('messageExpiryInterval', 0x02, U32, MESSAGE, PUBLISH),
  row('contentType', 0x03, TEXT, MESSAGE, PUBLISH),
  row('responseTopic', 0x08, TOPIC, MESSAGE, PUBLISH),
  row('correlationData', 0x09, BINARY, MESSAGE, PUBLISH),
  row('subscriptionIdentifier', 0x0b, VARINT, bit(subscribe), 0, 1),
  row('subscriptionIdentifiers', 0x0b, VARINTS, 0, PUBLISH, 1),
  row('sessionExpiryInterval', 0x11, U32, CONNECT | DISCONNECT, CONNACK),
  row('assignedClientIdentifier', 0x12, TEXT, 0, CONNACK),
  row('serverKeepAlive', 0x13, U16, 0, CONNACK),
  row('authenticationMethod', 0x15, TEXT, CONNECT | AUTH, CONNACK | AUTH),
  row('authenticationData', 0x16, BINARY, CONNECT | AUTH, CONNACK | AUTH),
  row('requestProblemInformation', 0x17, FLAG, CONNECT, 0),
  row('willDelayInterval', 0x18, U32, bit(WILL), 0),
  row('requestResponseInformation', 0x19, FLAG, CONNECT, 0),
  row('responseInformation', 0x1a, TEXT, 0, CONNACK),
  row('serverReference', 0x1c, TEXT, 0, CONNACK | DISCONNECT),
  row('reasonString', 0x1f, TEXT, ANSWERS | DISCONNECT | AUTH, EVERY_SERVER & ~PUBLISH),
  row('receiveMaximum', 0x21, U16, CONNECT, CONNACK, 1),
  row('topicAliasMaximum', 0x22, U16, CONNECT, CONNACK),
  row('topicAlias', TOPIC_ALIAS, U16, PUBLISH, PUBLISH, 1),
  row('maximumQoS', 0x24, BYTE, 0, CONNACK),
  row('retainAvailable', 0x25, FLAG, 0, CONNACK),
  row('userProperties', 0x26, PAIR, EVERY_CLIENT, EVERY_SERVER),
  row('maximumPacketSize', 0x27, U32, CONNECT, CONNACK, 1),
  row('wildcardSubscriptionAvailable', 0x28, FLAG, 0, CONNACK),
  row('subscriptionIdentifierAvailable', 0x29, FLAG, 0, CONNACK),
  row('sharedSubscriptionAvailable', 0x2a, FLAG, 0, CONNACK),
];

const byName: ReadonlyMap<string, Property> = /* @__PURE__ */ new Map(
  table.map((property) => [property.name, property]),
);
// Subscription Identifier is the one id with two rows; the later one, of PUBLISH, wins here.
const byId: readonly (Property | undefined)[] = table.reduce<Property[]>((rows, property) => {
  rows[property.id] = property;
  return rows;
}, []);
const subscribeIdentifier = byName.get('subscriptionIdentifier');

const METHOD = byName.get('authenticationMethod')!.mask;
const DATA = byName.get('authenticationData')!.mask;

const largest: readonly number[] = [1, 1, 0xffff, 0xffff_ffff];

/**
 * Checks a property set and returns how many bytes its properties take, without the Property Length in front.
 * Throws an `InvalidRequestError` for a property that this packet cannot carry or a value that it cannot have.
 * `omit` names one property to leave out.
 */
export function propertiesLength(
  properties: AnyProperties | undefined,
  type: number,
  sender: Sender,
  omit?: PropertyName,
): number {
  let length = 0;
  for (const name in properties) {
    const value = properties[name as PropertyName];
    if (value === undefined || name === omit) continue;
    const property = byName.get(name);
    if (property === undefined || (property[sender] & (1 << type)) === 0) {
      throw invalidArgument(`${packetTypeName(type)} cannot carry the property ${name}`);
    }
    if (name === 'authenticationData' && properties.authenticationMethod === undefined) {
      throw invalidArgument('authenticationData needs an authenticationMethod');
    }
    length += valueLength(property, value);
  }
  return length;
}

/** Writes a property set that `propertiesLength` has measured, its length in front, and returns the position behind. */
export function writeProperties(
  target: Uint8Array,
  position: number,
  properties: AnyProperties | undefined,
  length: number,
  omit?: PropertyName,
): number {
  position = writeVarint(target, position, length);
  if (length === 0) return position;
  for (const name in properties) {
    const value = properties[name as PropertyName];
    if (value !== undefined && name !== omit) position = writeValue(target, position, byName.get(name)!, value);
  }
  return position;
}

/** Reads the property block at the cursor. */
export function readProperties(reader: Reader, sender: Sender, type: number = reader.type): AnyProperties {
  const properties: Record<string, unknown> = {};
  scanProperties(reader, sender, type, properties);
  return properties;
}

/**
 * Checks the property block at the cursor, moves behind it, fills `into` where it is given, and returns the topic alias
 * (0: none).
 */
export function scanProperties(
  reader: Reader,
  sender: Sender,
  type: number = reader.type,
  into?: Record<string, unknown>,
): number {
  const length = reader.varint();
  const blockEnd = reader.position + length;
  const packetEnd = reader.end;
  if (blockEnd > packetEnd) {
    throw malformed('2.2.2.1', `The Property Length of ${packetTypeName(type)} points behind the packet`);
  }
  let topicAlias = 0;
  let seen = 0;
  reader.end = blockEnd;
  while (reader.position < blockEnd) {
    const id = reader.varint();
    let property = byId[id];
    if (id === 0x0b && type === subscribe) property = subscribeIdentifier;
    if (property === undefined || (property[sender] & (1 << type)) === 0) throw misplaced(id, property, type);
    if ((seen & property.mask) !== 0 && property.kind < PAIR) {
      throw protocolError('2.2.2.2', `${packetTypeName(type)} repeats the property ${property.name}`);
    }
    seen |= property.mask;
    const value = readValue(reader, property, into !== undefined);
    if (id === TOPIC_ALIAS) topicAlias = value as number;
    if (into === undefined) continue;
    if (property.kind < PAIR) into[property.name] = value;
    else ((into[property.name] ??= []) as unknown[]).push(value);
  }
  reader.end = packetEnd;
  if ((seen & (METHOD | DATA)) === DATA) {
    throw protocolError('4.12', `${packetTypeName(type)} has authentication data without a method`);
  }
  return topicAlias;
}

function misplaced(id: number, property: Property | undefined, type: number): PeerError {
  const what = `${packetTypeName(type)} cannot carry the property ${property?.name ?? id}`;
  // Where the packet's table has it, and only the side is wrong: [MQTT-3.3.4-6], [MQTT-3.14.2-2].
  const hasForm = property !== undefined && ((property.client | property.server) & (1 << type)) !== 0;
  return (hasForm ? protocolError : malformed)('2.2.2.2', what);
}

function valueLength(property: Property, value: unknown): number {
  const { kind, name } = property;
  if (kind >= PAIR) {
    if (!Array.isArray(value)) throw invalidArgument(`${name} has to be an array`);
    let length = 0;
    for (const each of value as readonly unknown[]) {
      length += kind === PAIR ? pairLength(each) : 1 + numberLength(property, each);
    }
    return length;
  }
  if (kind <= VARINT) {
    if (kind === FLAG && typeof value !== 'boolean') throw invalidArgument(`${name} has to be true or false`);
    return 1 + numberLength(property, kind === FLAG ? 0 : value);
  }
  if (kind === TEXT) return 3 + textLength(name, value as string);
  if (kind === TOPIC) return 3 + topicNameLength(name, value as string);
  return 3 + binaryLength(name, value);
}

function pairLength(pair: unknown): number {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw invalidArgument('A user property has to be a pair [name, value]');
  const [name, value] = pair as [string, string];
  return 5 + textLength('The name of a user property', name) + textLength('The value of a user property', value);
}

function numberLength({ kind, name, least }: Property, value: unknown): number {
  const most = largest[kind] ?? VARINT_MAX;
  if (!(Number.isInteger(value) && (value as number) >= least && (value as number) <= most)) {
    throw invalidArgument(`${name} has to be a whole number from ${least} to ${most}`);
  }
  return kind <= FLAG ? 1 : kind === U16 ? 2 : kind === U32 ? 4 : varintLength(value as number);
}

/** The length of a binary field; throws an `InvalidRequestError` where it cannot be one. */
export function binaryLength(what: string, value: unknown): number {
  if (!(value instanceof Uint8Array) || value.length > FIELD_LENGTH_MAX) {
    throw invalidArgument(`${what} has to be a Uint8Array of at most 65,535 bytes`);
  }
  return value.length;
}

function writeValue(target: Uint8Array, position: number, property: Property, value: unknown): number {
  const { id, kind } = property;
  if (kind === PAIR) {
    for (const [key, text] of value as UserProperties) {
      target[position] = id;
      position = writeText(target, writeText(target, position + 1, key), text);
    }
    return position;
  }
  if (kind === VARINTS) {
    for (const each of value as readonly number[]) {
      target[position] = id;
      position = writeVarint(target, position + 1, each);
    }
    return position;
  }
  target[position++] = id;
  if (kind === U16) return writeU16(target, position, value as number);
  if (kind === U32) return writeU16(target, writeU16(target, position, (value as number) >>> 16), value as number);
  if (kind === BINARY) return writeBinary(target, position, value as Uint8Array);
  if (kind > VARINT) return writeText(target, position, value as string);
  // A byte is the shortest Variable Byte Integer.
  return writeVarint(target, position, Number(value));
}

export function writeU16(target: Uint8Array, position: number, value: number): number {
  target[position] = value >>> 8;
  target[position + 1] = value;
  return position + 2;
}

/** Writes a text field that was measured before. */
export function writeText(target: Uint8Array, position: number, text: string): number {
  const length = utf8Length(text);
  return writeUtf8(target, writeU16(target, position, length), text, length);
}

export function writeBinary(target: Uint8Array, position: number, value: Uint8Array): number {
  position = writeU16(target, position, value.length);
  target.set(value, position);
  return position + value.length;
}

function readValue(reader: Reader, property: Property, wanted: boolean): unknown {
  switch (property.kind) {
    case BYTE:
    case FLAG: {
      const value = reader.byte();
      if (value > 1) throw protocolError('2.2.2.2', `The property ${property.name} is ${value}, not 0 or 1`);
      return property.kind === FLAG ? value === 1 : value;
    }
    case U16:
      return atLeast(property, reader.u16());
    case U32:
      return atLeast(property, reader.u32());
    case VARINT:
    case VARINTS:
      return atLeast(property, reader.varint());
    case BINARY:
      return wanted ? reader.binary() : reader.skip(reader.u16());
    case PAIR:
      if (wanted) return [reader.text(), reader.text()];
      reader.skipText();
      return reader.skipText();
    default: {
      const start = reader.skipText();
      if (property.kind === TOPIC) {
        if (start === reader.position || hasWildcardByte(reader.bytes, start, reader.position)) {
          throw protocolError('3.3.2.3.5', `The property ${property.name} is empty or has a wildcard`);
        }
      }
      return wanted ? readUtf8(reader.bytes, start, reader.position) : undefined;
    }
  }
}

function atLeast(property: Property, value: number): number {
  if (value < property.least) {
    const code = property.id === TOPIC_ALIAS ? ReasonCode.topicAliasInvalid : ReasonCode.protocolError;
    throw violation(code, '2.2.2.2', `The property ${property.name} is 0`);
  }
  return value;
}
