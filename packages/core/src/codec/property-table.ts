import * as PacketType from './packet-type.ts';
import type { PropertyName } from './properties.ts';
import {
  ALL,
  AUTHENTICATION,
  CONNACK,
  CONNECT,
  DELIVERY,
  DISCONNECT,
  MESSAGE,
  PUBLISH,
  REASON,
  SERVER_DISCONNECT,
  SUBSCRIBE,
  WILL,
} from './property-place.ts';
import { BINARY, BYTE, FLAG, PAIRS, TEXT, TOPIC, U16, U32, VARINT, VARINTS } from './property-kind.ts';
import { VARINT_MAX } from './varint.ts';

// Section 2.2.2.2: one table of all properties, for both directions.

export interface Property {
  readonly name: PropertyName;
  readonly id: number;
  readonly kind: number;
  /** Who may carry it: a bit for each place. */
  readonly places: number;
  /** The least legal value of a number. */
  readonly least: number;
}

function row(name: PropertyName, id: number, kind: number, places: number, least = 0): Property {
  return { name, id, kind, places, least };
}

const table: readonly Property[] = [
  row('payloadFormatIndicator', 0x01, BYTE, MESSAGE),
  row('messageExpiryInterval', 0x02, U32, MESSAGE),
  row('contentType', 0x03, TEXT, MESSAGE),
  row('responseTopic', 0x08, TOPIC, MESSAGE),
  row('correlationData', 0x09, BINARY, MESSAGE),
  row('subscriptionIdentifier', 0x0b, VARINT, SUBSCRIBE, 1),
  row('subscriptionIdentifiers', 0x0b, VARINTS, DELIVERY, 1),
  row('sessionExpiryInterval', 0x11, U32, CONNECT | CONNACK | DISCONNECT),
  row('assignedClientIdentifier', 0x12, TEXT, CONNACK),
  row('serverKeepAlive', 0x13, U16, CONNACK),
  row('authenticationMethod', 0x15, TEXT, AUTHENTICATION),
  row('authenticationData', 0x16, BINARY, AUTHENTICATION),
  row('requestProblemInformation', 0x17, FLAG, CONNECT),
  row('willDelayInterval', 0x18, U32, WILL),
  row('requestResponseInformation', 0x19, FLAG, CONNECT),
  row('responseInformation', 0x1a, TEXT, CONNACK),
  row('serverReference', 0x1c, TEXT, CONNACK | SERVER_DISCONNECT),
  row('reasonString', 0x1f, TEXT, REASON),
  row('receiveMaximum', 0x21, U16, CONNECT | CONNACK, 1),
  row('topicAliasMaximum', 0x22, U16, CONNECT | CONNACK),
  row('topicAlias', 0x23, U16, PUBLISH | DELIVERY, 1),
  row('maximumQoS', 0x24, BYTE, CONNACK),
  row('retainAvailable', 0x25, FLAG, CONNACK),
  row('userProperties', 0x26, PAIRS, ALL),
  row('maximumPacketSize', 0x27, U32, CONNECT | CONNACK, 1),
  row('wildcardSubscriptionAvailable', 0x28, FLAG, CONNACK),
  row('subscriptionIdentifierAvailable', 0x29, FLAG, CONNACK),
  row('sharedSubscriptionAvailable', 0x2a, FLAG, CONNACK),
];
/** The greatest legal value of a number, by its kind. */
export const largest: readonly number[] = [1, 1, 0xffff, 0xffff_ffff, VARINT_MAX, VARINT_MAX];

const byName: ReadonlyMap<string, Property> = /* @__PURE__ */ new Map(table.map((row) => [row.name, row]));
const byId: readonly Property[] = /* @__PURE__ */ table.reduce<Property[]>((rows, row) => {
  rows[row.id] = row;
  return rows;
}, []);

/** Whether a packet may carry several, which make up an array. */
export function isMany({ kind }: Property): boolean {
  return kind === VARINTS || kind === PAIRS;
}

export function propertyNamed(name: string): Property | undefined {
  return byName.get(name);
}

/** The property that `id` stands for at `place`; it need not be allowed there. */
export function propertyOf(id: number, place: number): Property | undefined {
  // The one id with two rows.
  return id === 0x0b && place === PacketType.subscribe ? byName.get('subscriptionIdentifier') : byId[id];
}
