import type { AnyProperties, Sender } from '@minimq/core/codec';
import { varint, type Bytes } from '../bytes.ts';
import { packetType, type PacketTypeName } from '../spec/packet-types.ts';
import { mayRepeatIn, PROPERTIES, type Place, type PropertyRule, type PropertyValue } from '../spec/properties.ts';
import { auth, connack, connect, disconnect } from './connecting.ts';
import type { Form, PropertyBlock } from './form.ts';
import { ack, publish } from './publishing.ts';
import { suback, subscribe, unsubscribe } from './subscribing.ts';

// Every place for properties, from every side, with a packet around it.

export interface Carrier {
  readonly place: Place;
  readonly sender: Sender;
  /** The packet with these properties. */
  form(properties: PropertyBlock): Form;
}

export type PropertyPair = readonly [rule: PropertyRule, value: PropertyValue];

export const CARRIERS: readonly Carrier[] = [
  ...carriers('CONNECT', () => (properties) => connect({ properties })),
  { place: 'Will', sender: 'client', form: (willProperties) => connect({ flags: 0x06, willProperties }) },
  ...carriers('CONNACK', () => (properties) => connack({ properties })),
  ...carriers('PUBLISH', (sender) => (properties) => publish(sender, { properties })),
  ...carriers('PUBACK', (sender) => (properties) => ack('PUBACK', sender, { reasonCode: 0, properties })),
  ...carriers('PUBREC', (sender) => (properties) => ack('PUBREC', sender, { reasonCode: 0, properties })),
  ...carriers('PUBREL', (sender) => (properties) => ack('PUBREL', sender, { reasonCode: 0, properties })),
  ...carriers('PUBCOMP', (sender) => (properties) => ack('PUBCOMP', sender, { reasonCode: 0, properties })),
  ...carriers('SUBSCRIBE', () => (properties) => subscribe({ properties })),
  ...carriers('SUBACK', () => (properties) => suback('SUBACK', { properties })),
  ...carriers('UNSUBSCRIBE', () => (properties) => unsubscribe({ properties })),
  ...carriers('UNSUBACK', () => (properties) => suback('UNSUBACK', { properties })),
  ...carriers('DISCONNECT', (sender) => (properties) => disconnect(sender, { reasonCode: 0, properties })),
  ...carriers('AUTH', (sender) => (properties) => auth(sender, { reasonCode: 0x18, properties })),
];

/** A block of properties in the order given; what a packet may carry many of makes up a list. */
export function block(carrier: Carrier, pairs: readonly PropertyPair[]): PropertyBlock {
  const rules = pairs.map(([rule]) => rule);
  const all = [...companions(carrier, rules), ...pairs];
  const properties: Record<string, unknown> = {};
  for (const [rule, { value }] of all) {
    const isMany = mayRepeatIn(rule, carrier.place, carrier.sender);
    properties[rule.name] = isMany ? [...((properties[rule.name] ?? []) as unknown[]), ...(value as unknown[])] : value;
  }
  const bytes = all.flatMap(propertyBytes);
  return {
    bytes: [...varint(bytes.length), ...bytes],
    properties: all.length === 0 ? undefined : (properties as AnyProperties),
  };
}

/** A block of any bytes, of `rule` if of any, behind the properties without which that could not stand there. */
export function rawBlock(carrier: Carrier, bytes: Bytes, rule?: PropertyRule): PropertyBlock {
  const all = [...companions(carrier, rule === undefined ? [] : [rule]).flatMap(propertyBytes), ...bytes];
  return { bytes: [...varint(all.length), ...all] };
}

export function propertyBytes([{ id }, { bytes }]: PropertyPair): Bytes {
  return [id, ...bytes];
}

export function propertyRule(name: PropertyRule['name']): PropertyRule {
  return PROPERTIES.find((rule) => rule.name === name)!;
}

/** For names of what is in its properties: the packet's own name is in front of those. */
export function ofWill({ place }: Carrier): string {
  return place === 'Will' ? ' of the will' : '';
}

const METHOD = propertyRule('authenticationMethod');

/** An AUTH has a method, and so has what comes with Authentication Data. */
function companions({ place }: Carrier, rules: readonly PropertyRule[]): readonly PropertyPair[] {
  const names = rules.map(({ name }) => name);
  const needsMethod = place === 'AUTH' || names.includes('authenticationData');
  return needsMethod && !names.includes('authenticationMethod') ? [[METHOD, METHOD.values[0]!]] : [];
}

function carriers(
  place: PacketTypeName,
  form: (sender: Sender) => (properties: PropertyBlock) => Form,
): readonly Carrier[] {
  return packetType(place).senders.map((sender) => ({ place, sender, form: form(sender) }));
}
