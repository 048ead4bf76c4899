import type { Sender } from '@minimq/core/codec';
import { PACKET_TYPES } from '../spec/packet-types.ts';
import { mayStandIn, pairValue, PROPERTIES } from '../spec/properties.ts';
import { block, CARRIERS, propertyRule, type Carrier, type PropertyPair } from './carriers.ts';
import { auth, connack, connect, disconnect, ping } from './connecting.ts';
import { bytesOf, NO_PROPERTIES, type Form, type PropertyBlock } from './form.ts';
import { ack, ACK_NAMES, publish } from './publishing.ts';
import { suback, subscribe, unsubscribe } from './subscribing.ts';

// Legal packets of every type, in every form that the standard gives them.

const SENDERS: readonly Sender[] = ['client', 'server'];

export function wholeForms(): readonly Form[] {
  return [
    connect(),
    connect({ name: 'CONNECT without a ClientID', clientId: '' }),
    connect({ name: 'CONNECT without Clean Start', flags: 0x00 }),
    connect({ name: 'CONNECT with keep alive 0', keepAlive: 0 }),
    connect({ name: 'CONNECT with keep alive 65,535', keepAlive: 65_535 }),
    connect({ name: 'CONNECT with a user name alone', flags: 0x82 }),
    connect({ name: 'CONNECT with a password alone', flags: 0x42 }),
    connect({ name: 'CONNECT with an empty user name and password', flags: 0xc2, username: '', password: [] }),
    connect({ name: 'CONNECT with a will without payload', flags: 0x06, willPayload: [] }),
    connect({ name: 'CONNECT with all fields', flags: 0xee }),
    connack(),
    connack({ name: 'CONNACK with a session', flags: 1 }),
    connack({ name: 'CONNACK that refuses', reasonCode: 0x87 }),
    ...SENDERS.flatMap((sender) => [
      publish(sender, { name: 'PUBLISH of QoS 0' }),
      publish(sender, { name: 'PUBLISH of QoS 0, retained', flags: 0x01, payload: [1, 2] }),
      publish(sender, { name: 'PUBLISH of QoS 1', flags: 0x02, payload: [0x00, 0xff, 0x80] }),
      publish(sender, { name: 'PUBLISH of QoS 1 with DUP', flags: 0x0a }),
      publish(sender, { name: 'PUBLISH of QoS 2', flags: 0x04, payload: [0] }),
      publish(sender, { name: 'PUBLISH of QoS 2 with DUP and RETAIN', flags: 0x0d }),
      publish(sender, { name: 'PUBLISH by its alias', topic: '', properties: aliasBlock(), payload: [7] }),
      ...ACK_NAMES.flatMap((name) => {
        const reasonCode = name === 'PUBREL' || name === 'PUBCOMP' ? 0x92 : 0x80;
        return [
          ack(name, sender, { name: `${name} that ends behind its identifier` }),
          ack(name, sender, { name: `${name} that ends behind success`, reasonCode: 0 }),
          ack(name, sender, { name: `${name} that ends behind a failure`, reasonCode }),
          ack(name, sender, { name: `${name} without properties`, reasonCode, properties: NO_PROPERTIES }),
        ];
      }),
      disconnect(sender, { name: 'DISCONNECT of nothing' }),
      disconnect(sender, { name: 'DISCONNECT that ends behind normal disconnection', reasonCode: 0 }),
      disconnect(sender, { name: 'DISCONNECT that ends behind its code', reasonCode: 0x82 }),
      disconnect(sender, { name: 'DISCONNECT without properties', reasonCode: 0x82, properties: NO_PROPERTIES }),
    ]),
    subscribe(),
    subscribe({
      name: 'SUBSCRIBE to three filters',
      subscriptions: [
        ['#', 0x00],
        ['a/+/b', 0x2e],
        ['$share/g/x/#', 0x19],
      ],
    }),
    suback('SUBACK'),
    suback('SUBACK', { name: 'SUBACK of three codes', reasonCodes: [0x02, 0x87, 0x01] }),
    unsubscribe(),
    unsubscribe({ name: 'UNSUBSCRIBE from three filters', topicFilters: ['#', '+', '$share/g//'] }),
    suback('UNSUBACK'),
    suback('UNSUBACK', { name: 'UNSUBACK of three codes', reasonCodes: [0x11, 0x87, 0x00] }),
    ping('PINGREQ'),
    ping('PINGRESP'),
    ...CARRIERS.map((each) => named(each, 'with a user property', [userProperty('n', 'v')])),
    ...CARRIERS.map((each) =>
      named(each, 'with user properties in their order', [
        userProperty('b', '1'),
        userProperty('a', '2'),
        userProperty('b', ''),
      ]),
    ),
    ...CARRIERS.map((each) => named(each, 'with every property', everyProperty(each))),
    ...CARRIERS.map((each) => named(each, 'with every property, backwards', [...everyProperty(each)].reverse())),
  ];
}

/** Of these every length is tried. */
export function shortForms(): readonly Form[] {
  return wholeForms().filter((form) => bytesOf(form).length <= 33);
}

/** One form, with all that it can have, of each type and side: whose fields are spoiled one by one. */
export function fullForms(): readonly Form[] {
  return [
    connect({ flags: 0xee, properties: userBlock(), willProperties: userBlock() }),
    connack({ properties: userBlock() }),
    ...SENDERS.flatMap((sender) => [
      publish(sender, { flags: 0x02, properties: userBlock() }),
      ...ACK_NAMES.map((name) => ack(name, sender, { reasonCode: 0, properties: userBlock() })),
      disconnect(sender, { reasonCode: 0, properties: userBlock() }),
      auth(sender, { reasonCode: 0x18, properties: block(carrier('AUTH', sender), []) }),
    ]),
    subscribe({ properties: userBlock() }),
    suback('SUBACK', { properties: userBlock() }),
    unsubscribe({ properties: userBlock() }),
    suback('UNSUBACK', { properties: userBlock() }),
  ];
}

export function carrier(place: Carrier['place'], sender: Sender): Carrier {
  return CARRIERS.find((each) => each.place === place && each.sender === sender)!;
}

/** The name of a form, with its side where the packet has two. */
export function nameOf({ name, sender, first }: Form): string {
  const type = PACKET_TYPES[(first >> 4) - 1];
  return type?.senders.length === 1 ? name : `${name} (${sender})`;
}

function named(at: Carrier, what: string, pairs: readonly PropertyPair[]): Form {
  const form = at.form(block(at, pairs));
  return { ...form, name: `${form.name}${at.place === 'Will' ? ', its will' : ''} ${what}` };
}

function everyProperty({ place, sender }: Carrier): readonly PropertyPair[] {
  return PROPERTIES.filter((rule) => mayStandIn(rule, place, sender)).map((rule) => [rule, rule.values[0]!]);
}

function userProperty(name: string, value: string): PropertyPair {
  return [propertyRule('userProperties'), pairValue(name, value)];
}

function userBlock(): PropertyBlock {
  return block(carrier('PUBLISH', 'client'), [userProperty('n', 'v')]);
}

function aliasBlock(): PropertyBlock {
  const rule = propertyRule('topicAlias');
  return block(carrier('PUBLISH', 'client'), [[rule, rule.values[0]!]]);
}
