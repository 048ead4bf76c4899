import type { PropertyName, Sender } from '@minimq/core/codec';
import { binary, text, u16, u32, utf8, varint, type Bytes } from '../bytes.ts';
import type { PacketTypeName } from './packet-types.ts';

// Section 2.2.2.2: the properties, their types, where they may stand and what they may say.

/** What has properties: a packet, or the will inside a CONNECT. */
export type Place = PacketTypeName | 'Will';

/** A value with its bytes, behind the property's identifier. */
export interface PropertyValue {
  readonly label: string;
  readonly bytes: Bytes;
  /** As it is decoded. */
  readonly value: unknown;
}

/** A value that the property must not have. */
interface BadValue {
  readonly label: string;
  readonly bytes: Bytes;
  readonly reasonCodes: readonly number[];
  readonly rule: string;
}

export interface PropertyRule {
  readonly id: number;
  readonly name: PropertyName;
  /** Places, as `PUBLISH`, or with the sender where only one may: `DISCONNECT/client`. */
  readonly places: readonly string[];
  /** Where it may come more than once. */
  readonly repeatedIn: readonly string[];
  /** Some legal values, the least and the greatest among them. */
  readonly values: readonly PropertyValue[];
  readonly bad: readonly BadValue[];
  /** The text fields that a value consists of. */
  readonly texts: readonly ('text' | 'name' | 'value')[];
}

const ACKS = 'PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK';
const ALL = `CONNECT Will CONNACK PUBLISH ${ACKS} SUBSCRIBE UNSUBSCRIBE DISCONNECT AUTH`;
const PROTOCOL_ERROR = [0x82];
/** Where the standard names no reason code, or leaves open which of the two it is. */
const EITHER_ERROR = [0x82, 0x81];

export const PROPERTIES: readonly PropertyRule[] = [
  row(0x01, 'payloadFormatIndicator', 'PUBLISH Will', bytes(0, 1), badBytes('3.3.2.3.2', EITHER_ERROR)),
  row(0x02, 'messageExpiryInterval', 'PUBLISH Will', fourBytes(0)),
  row(0x03, 'contentType', 'PUBLISH Will', texts()),
  row(0x08, 'responseTopic', 'PUBLISH Will', texts(), [
    badTopic('r/#', 'MQTT-3.3.2-14'),
    badTopic('+/r', 'MQTT-3.3.2-14'),
    badTopic('', 'MQTT-4.7.3-1'),
  ]),
  row(0x09, 'correlationData', 'PUBLISH Will', binaries()),
  row(0x0b, 'subscriptionIdentifier', 'SUBSCRIBE', varints(), [
    { label: '0', bytes: [0], reasonCodes: PROTOCOL_ERROR, rule: '3.8.2.1.2' },
  ]),
  row(0x0b, 'subscriptionIdentifiers', 'PUBLISH/server', varints().map(inList), [
    { label: '0', bytes: [0], reasonCodes: PROTOCOL_ERROR, rule: '3.3.2.3.8' },
  ]),
  row(0x11, 'sessionExpiryInterval', 'CONNECT CONNACK DISCONNECT/client', fourBytes(0)),
  row(0x12, 'assignedClientIdentifier', 'CONNACK', texts()),
  row(0x13, 'serverKeepAlive', 'CONNACK', twoBytes(0)),
  row(0x15, 'authenticationMethod', 'CONNECT CONNACK AUTH', texts()),
  row(0x16, 'authenticationData', 'CONNECT CONNACK AUTH', binaries()),
  row(0x17, 'requestProblemInformation', 'CONNECT', flags(), badBytes('3.1.2.11.7', PROTOCOL_ERROR)),
  row(0x18, 'willDelayInterval', 'Will', fourBytes(0)),
  row(0x19, 'requestResponseInformation', 'CONNECT', flags(), badBytes('3.1.2.11.6', PROTOCOL_ERROR)),
  row(0x1a, 'responseInformation', 'CONNACK', texts()),
  row(0x1c, 'serverReference', 'CONNACK DISCONNECT/server', texts()),
  row(0x1f, 'reasonString', `CONNACK ${ACKS} DISCONNECT AUTH`, texts()),
  row(0x21, 'receiveMaximum', 'CONNECT CONNACK', twoBytes(1), [zero(u16(0), PROTOCOL_ERROR, '3.1.2.11.3')]),
  row(0x22, 'topicAliasMaximum', 'CONNECT CONNACK', twoBytes(0)),
  row(0x23, 'topicAlias', 'PUBLISH', twoBytes(1), [zero(u16(0), [0x94], 'MQTT-3.3.2-8')]),
  row(0x24, 'maximumQoS', 'CONNACK', bytes(0, 1), badBytes('3.2.2.3.4', PROTOCOL_ERROR)),
  row(0x25, 'retainAvailable', 'CONNACK', flags(), badBytes('3.2.2.3.5', PROTOCOL_ERROR)),
  row(0x26, 'userProperties', ALL, pairs()),
  row(0x27, 'maximumPacketSize', 'CONNECT CONNACK', fourBytes(1), [zero(u32(0), PROTOCOL_ERROR, '3.1.2.11.4')]),
  row(0x28, 'wildcardSubscriptionAvailable', 'CONNACK', flags(), badBytes('3.2.2.3.11', PROTOCOL_ERROR)),
  row(0x29, 'subscriptionIdentifierAvailable', 'CONNACK', flags(), badBytes('3.2.2.3.12', PROTOCOL_ERROR)),
  row(0x2a, 'sharedSubscriptionAvailable', 'CONNACK', flags(), badBytes('3.2.2.3.13', PROTOCOL_ERROR)),
];

/** Identifiers that no property has; the last one takes two bytes. */
export const UNKNOWN_PROPERTIES: readonly number[] = [0x00, 0x04, 0x0a, 0x10, 0x14, 0x20, 0x2b, 0x7f, 0x80];

export function mayStandIn(rule: PropertyRule, place: Place, sender: Sender): boolean {
  return isIn(rule.places, place, sender);
}

export function mayRepeatIn(rule: PropertyRule, place: Place, sender: Sender): boolean {
  return isIn(rule.repeatedIn, place, sender);
}

function isIn(places: readonly string[], place: Place, sender: Sender): boolean {
  return places.includes(place) || places.includes(`${place}/${sender}`);
}

function row(
  id: number,
  name: PropertyName,
  places: string,
  values: readonly PropertyValue[],
  bad: readonly BadValue[] = [],
): PropertyRule {
  const isMany = name === 'userProperties' || name === 'subscriptionIdentifiers';
  return {
    id,
    name,
    places: places.split(' '),
    repeatedIn: isMany ? places.split(' ') : [],
    values,
    bad,
    texts: name === 'userProperties' ? ['name', 'value'] : typeof values[0]!.value === 'string' ? ['text'] : [],
  };
}

function bytes(...values: number[]): readonly PropertyValue[] {
  return values.map((value) => ({ label: `${value}`, bytes: [value], value }));
}

function flags(): readonly PropertyValue[] {
  return bytes(0, 1).map((each) => ({ ...each, value: each.value === 1 }));
}

function badBytes(rule: string, reasonCodes: readonly number[]): readonly BadValue[] {
  return [2, 255].map((value) => ({ label: `${value}`, bytes: [value], reasonCodes, rule }));
}

function zero(value: Bytes, reasonCodes: readonly number[], rule: string): BadValue {
  return { label: '0', bytes: value, reasonCodes, rule };
}

function twoBytes(least: number): readonly PropertyValue[] {
  return [least, 0x0102, 0xffff].map((value) => ({ label: `${value}`, bytes: u16(value), value }));
}

function fourBytes(least: number): readonly PropertyValue[] {
  return [least, 0x01020304, 0x8000_0000, 0xffff_ffff].map((value) => ({
    label: `${value}`,
    bytes: u32(value),
    value,
  }));
}

function varints(): readonly PropertyValue[] {
  const edges = [128, 1, 127, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455];
  return edges.map((value) => ({ label: `${value}`, bytes: varint(value), value }));
}

function inList(each: PropertyValue): PropertyValue {
  return { ...each, value: [each.value] };
}

function texts(): readonly PropertyValue[] {
  return ['ab', 'x/€'].map((value) => ({ label: `'${value}'`, bytes: text(value), value }));
}

function badTopic(value: string, rule: string): BadValue {
  return { label: `'${value}'`, bytes: binary(utf8(value)), reasonCodes: [0x82, 0x81, 0x90], rule };
}

function binaries(): readonly PropertyValue[] {
  return [[0x00, 0xff, 0x80], []].map((value) => ({
    label: `${value.length} bytes`,
    bytes: binary(value),
    value: new Uint8Array(value),
  }));
}

function pairs(): readonly PropertyValue[] {
  return [pairValue('n', 'v'), pairValue('', ''), pairValue('n€', '')];
}

/** A value of the User Property. */
export function pairValue(name: string, value: string): PropertyValue {
  return { label: `'${name}', '${value}'`, bytes: [...text(name), ...text(value)], value: [[name, value]] };
}
