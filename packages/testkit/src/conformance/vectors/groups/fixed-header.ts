import type { Sender } from '@minimq/core/codec';
import { carrier } from '../packets/whole.ts';
import { block } from '../packets/carriers.ts';
import { auth, connack, connect, disconnect, ping } from '../packets/connecting.ts';
import type { Form } from '../packets/form.ts';
import { ack, publish } from '../packets/publishing.ts';
import { suback, subscribe, unsubscribe } from '../packets/subscribing.ts';
import { PACKET_TYPES, type PacketTypeName, type PacketTypeRule } from '../spec/packet-types.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Every first byte, from both sides.

type PlainType = Exclude<PacketTypeName, 'PUBLISH'>;

const SENDERS: readonly Sender[] = ['client', 'server'];

export function* fixedHeaders(): Iterable<VectorOfGroup> {
  for (const sender of SENDERS) {
    for (let low = 0; low < 16; low += 1) {
      yield* reservedType(sender, low);
      for (const type of PACKET_TYPES) {
        yield* type.name === 'PUBLISH' ? publishFlags(sender, low) : flagsOfType(type, type.name, sender, low);
      }
    }
  }
}

function* reservedType(sender: Sender, low: number): Iterable<VectorOfGroup> {
  const form: Form = { ...ping('PINGREQ'), name: 'type 0', sender, first: low };
  yield invalid({ form, what: `flags ${bits(low)}`, rule: '2.1.2', reasonCodes: [0x81] });
}

function* publishFlags(sender: Sender, low: number): Iterable<VectorOfGroup> {
  const form = publish(sender, { flags: low });
  const what = `flags ${bits(low)}`;
  const qos = (low >> 1) & 3;
  if (qos === 3) yield invalid({ form, what, rule: 'MQTT-3.3.1-4', reasonCodes: [0x81] });
  else if (qos === 0 && (low & 8) !== 0) yield invalid({ form, what, rule: 'MQTT-3.3.1-2', reasonCodes: [0x82, 0x81] });
  else yield valid({ form, what, rule: '3.3.1' });
}

function* flagsOfType(type: PacketTypeRule, name: PlainType, sender: Sender, low: number): Iterable<VectorOfGroup> {
  const form: Form = { ...plainForm(name, sender), sender, first: (type.first & 0xf0) | low };
  const what = `flags ${bits(low)}`;
  const isOwn = type.senders.includes(sender);
  const areFlagsRight = form.first === type.first;
  if (isOwn && areFlagsRight) yield valid({ form, what, rule: type.flagsRule });
  else if (isOwn) yield invalid({ form, what, rule: type.flagsRule, reasonCodes: [0x81] });
  else yield invalid({ form, what: `${what}, of a ${sender}`, rule: '2.1.2', reasonCodes: [0x82, 0x81] });
}

/** A legal packet of that type, but for who sends it. */
function plainForm(type: PlainType, sender: Sender): Form {
  switch (type) {
    case 'CONNECT':
      return connect();
    case 'CONNACK':
      return connack();
    case 'SUBSCRIBE':
      return subscribe();
    case 'UNSUBSCRIBE':
      return unsubscribe();
    case 'SUBACK':
    case 'UNSUBACK':
      return suback(type);
    case 'PINGREQ':
    case 'PINGRESP':
      return ping(type);
    case 'DISCONNECT':
      return disconnect(sender);
    case 'AUTH':
      return auth(sender, { reasonCode: 0x18, properties: block(carrier('AUTH', sender), []) });
    default:
      return ack(type, sender);
  }
}

function bits(low: number): string {
  return low.toString(2).padStart(4, '0');
}
