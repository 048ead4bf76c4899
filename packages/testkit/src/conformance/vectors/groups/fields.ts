import type { Sender } from '@minimq/core/codec';
import { hexByte } from '../bytes.ts';
import { block } from '../packets/carriers.ts';
import { auth, connack, connect, disconnect } from '../packets/connecting.ts';
import type { Form } from '../packets/form.ts';
import { ack, ACK_NAMES, publish } from '../packets/publishing.ts';
import { suback, subscribe, unsubscribe } from '../packets/subscribing.ts';
import { carrier } from '../packets/whole.ts';
import { packetType, type PacketTypeName } from '../spec/packet-types.ts';
import { reasonCodeRules } from '../spec/reason-codes.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Numbers of which not every value is legal: flags, the protocol, packet identifiers and reason codes.

const SENDERS: readonly Sender[] = ['client', 'server'];

export function* flags(): Iterable<VectorOfGroup> {
  for (let value = 0; value < 256; value += 1) yield connectFlags(value);
  for (const value of [0, 1, 2, 3, 4, 5, 8, 0x10, 0x20, 0x40, 0x80, 0x81, 0xfe, 0xff]) yield connackFlags(value);
  for (let value = 0; value < 256; value += 1) yield subscriptionOptions(value);
}

/** Something that is wrong about a value. */
interface Fault {
  readonly when: boolean;
  readonly rule: string;
  readonly reasonCodes: readonly number[];
}

/** Of several errors a receiver may report any. */
function judged(form: Form, what: string, rule: string, faults: readonly Fault[]): VectorOfGroup {
  const found = faults.filter(({ when }) => when);
  if (found.length === 0) return valid({ form, what, rule });
  const reasonCodes = [...new Set(found.flatMap((fault) => fault.reasonCodes))];
  return invalid({ form, what, rule: found[0]!.rule, reasonCodes });
}

function connectFlags(value: number): VectorOfGroup {
  const hasWill = (value & 0x04) !== 0;
  const willQoS = (value >> 3) & 3;
  return judged(connect({ flags: value }), `Connect Flags ${bits(value)}`, '3.1.2.3', [
    { when: (value & 0x01) !== 0, rule: 'MQTT-3.1.2-3', reasonCodes: [0x81] },
    { when: willQoS === 3, rule: 'MQTT-3.1.2-12', reasonCodes: [0x81] },
    { when: !hasWill && willQoS !== 0, rule: 'MQTT-3.1.2-11', reasonCodes: [0x81, 0x82] },
    { when: !hasWill && (value & 0x20) !== 0, rule: 'MQTT-3.1.2-13', reasonCodes: [0x81, 0x82] },
  ]);
}

function connackFlags(value: number): VectorOfGroup {
  return judged(connack({ flags: value }), `flags ${bits(value)}`, 'MQTT-3.2.2-1', [
    { when: value > 1, rule: 'MQTT-3.2.2-1', reasonCodes: [0x81, 0x82] },
  ]);
}

function subscriptionOptions(value: number): VectorOfGroup {
  const form = subscribe({ subscriptions: [['a/b', value]] });
  return judged(form, `Subscription Options ${bits(value)}`, '3.8.3.1', [
    { when: (value & 0xc0) !== 0, rule: 'MQTT-3.8.3-5', reasonCodes: [0x81] },
    { when: (value & 3) === 3, rule: '3.8.3.1', reasonCodes: [0x82] },
    { when: ((value >> 4) & 3) === 3, rule: '3.8.3.1', reasonCodes: [0x82] },
  ]);
}

export function* protocols(): Iterable<VectorOfGroup> {
  yield valid({ form: connect(), what: 'MQTT 5', rule: 'MQTT-3.1.2-1' });
  for (const version of [0, 1, 2, 3, 4, 6, 0x83, 0x85, 255]) {
    const form = connect({ version });
    yield invalid({ form, what: `version ${version}`, rule: 'MQTT-3.1.2-2', reasonCodes: [0x84] });
  }
  // A server may also close without a word.
  const reasonCodes = [0x84, 0x82, 0x81];
  for (const protocolName of ['', 'MQT', 'MQTT5', 'mqtt', 'MQIsdp', 'HTTP']) {
    const form = connect({ protocolName });
    yield invalid({ form, what: `protocol name '${protocolName}'`, rule: 'MQTT-3.1.2-1', reasonCodes });
  }
}

export function* packetIdentifiers(): Iterable<VectorOfGroup> {
  for (const [rule, make] of withIdentifier()) {
    for (const packetId of [1, 255, 256, 65_535]) {
      yield valid({ form: make(packetId), what: `Packet Identifier ${packetId}`, rule: '2.2.1' });
    }
    yield invalid({ form: make(0), what: 'Packet Identifier 0', rule, reasonCodes: [0x82, 0x81] });
  }
}

function* withIdentifier(): Iterable<readonly [rule: string, make: (packetId: number) => Form]> {
  for (const sender of SENDERS) {
    const rule = sender === 'client' ? 'MQTT-2.2.1-3' : 'MQTT-2.2.1-4';
    const one = 'PUBLISH of QoS 1';
    const two = 'PUBLISH of QoS 2';
    yield [rule, (packetId) => publish(sender, { name: one, flags: 0x02, packetId })];
    yield [rule, (packetId) => publish(sender, { name: two, flags: 0x04, packetId })];
    for (const type of ACK_NAMES) yield ['2.2.1', (packetId) => ack(type, sender, { packetId })];
  }
  yield ['MQTT-2.2.1-3', (packetId) => subscribe({ packetId })];
  yield ['MQTT-2.2.1-3', (packetId) => unsubscribe({ packetId })];
  yield ['2.2.1', (packetId) => suback('SUBACK', { packetId })];
  yield ['2.2.1', (packetId) => suback('UNSUBACK', { packetId })];
}

/** Each code in each packet, with the statement that says which codes that has. */
const CODED: readonly (readonly [
  type: PacketTypeName,
  rule: string,
  make: (sender: Sender, reasonCode: number) => Form,
])[] = [
  ['CONNACK', 'MQTT-3.2.2-8', (_, reasonCode) => connack({ reasonCode })],
  ['PUBACK', 'MQTT-3.4.2-1', (sender, reasonCode) => ack('PUBACK', sender, { reasonCode })],
  ['PUBREC', 'MQTT-3.5.2-1', (sender, reasonCode) => ack('PUBREC', sender, { reasonCode })],
  ['PUBREL', 'MQTT-3.6.2-1', (sender, reasonCode) => ack('PUBREL', sender, { reasonCode })],
  ['PUBCOMP', 'MQTT-3.7.2-1', (sender, reasonCode) => ack('PUBCOMP', sender, { reasonCode })],
  ['SUBACK', 'MQTT-3.9.3-2', (_, code) => suback('SUBACK', { reasonCodes: [code] })],
  ['UNSUBACK', 'MQTT-3.11.3-2', (_, code) => suback('UNSUBACK', { reasonCodes: [code] })],
  ['DISCONNECT', 'MQTT-3.14.2-1', (sender, reasonCode) => disconnect(sender, { reasonCode })],
  [
    'AUTH',
    'MQTT-3.15.2-1',
    (sender, reasonCode) => auth(sender, { reasonCode, properties: block(carrier('AUTH', sender), []) }),
  ],
];

export function* reasonCodes(): Iterable<VectorOfGroup> {
  for (const [type, rule, make] of CODED) {
    for (const sender of packetType(type).senders) {
      for (const { code, isAllowed } of reasonCodeRules(type, sender)) {
        const subject = { form: make(sender, code), what: `reason code ${hexByte(code)}`, rule };
        if (isAllowed === true) yield valid(subject);
        else if (isAllowed === false) yield invalid({ ...subject, reasonCodes: [0x82, 0x81] });
      }
    }
  }
}

function bits(value: number): string {
  return value.toString(2).padStart(8, '0');
}
