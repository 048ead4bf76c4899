import type { StatementId } from '@minimq/testkit/conformance';
import type { Change } from './faulty-io.ts';

/** Something that a client may do wrong, and the statements that have to fail then. */
export interface Fault {
  readonly what: string;
  readonly sent?: () => Change;
  readonly received?: () => Change;
  readonly breaks: readonly StatementId[];
}

type Bytes = Uint8Array<ArrayBuffer>;

const typeOf = (packet: Bytes): number => packet[0]! >> 4;
const CONNECT = 1;
const CONNACK = 2;
const PUBLISH = 3;
const PUBACK = 4;
const PUBREL = 6;
const PUBCOMP = 7;
const SUBSCRIBE = 8;
const PINGREQ = 12;
const DISCONNECT = 14;
const AUTH = 15;

/** Changes one byte of packets of this type. */
function byte(type: number, at: (packet: Bytes) => number, change: (byte: number) => number): () => Change {
  return () => (packet) => {
    if (typeOf(packet) === type) packet[at(packet)] = change(packet[at(packet)]!);
    return [packet];
  };
}

const first = (): number => 0;
const last = (packet: Bytes): number => packet.length - 1;
/** Where the rest begins, behind the Remaining Length. */
function body(packet: Bytes): number {
  let position = 1;
  while (packet[position]! >= 0x80) position += 1;
  return position + 1;
}

/** In CONNACK, replaces the value of a property by another of the same length. */
function granted(property: readonly number[], other: readonly number[]): () => Change {
  return () => (packet) => {
    if (typeOf(packet) !== CONNACK) return [packet];
    for (let at = 0; at + property.length <= packet.length; at += 1) {
      if (property.every((value, place) => packet[at + place] === value)) packet.set(other, at);
    }
    return [packet];
  };
}

/** Swallows packets that begin like this. */
function ignores(firstByte: number): () => Change {
  return () => (packet) => (packet[0] === firstByte ? [] : [packet]);
}

export const faults: readonly Fault[] = [
  {
    what: 'sets DUP on the first send at QoS 1 and 2',
    sent: byte(PUBLISH, first, (value) => ((value & 0x06) === 0 ? value : value | 0x08)),
    breaks: ['MQTT-3.3.1-3', 'MQTT-3.3.1-8', 'MQTT-4.3.2-2', 'MQTT-4.3.3-2'],
  },
  {
    what: 'sets DUP at QoS 0',
    sent: byte(PUBLISH, first, (value) => ((value & 0x06) === 0 ? value | 0x08 : value)),
    breaks: ['MQTT-3.3.1-2', 'MQTT-2.2.1-2'],
  },
  {
    what: 'never sets DUP',
    sent: byte(PUBLISH, first, (value) => value & ~0x08),
    breaks: ['MQTT-3.3.1-1'],
  },
  {
    what: 'sets the reserved connect flag',
    sent: byte(
      CONNECT,
      (packet) => body(packet) + 7,
      (value) => value | 0x01,
    ),
    breaks: ['MQTT-3.1.2-3'],
  },
  {
    what: 'names version 4 of the protocol',
    sent: byte(
      CONNECT,
      (packet) => body(packet) + 6,
      () => 4,
    ),
    breaks: ['MQTT-3.1.2-2'],
  },
  {
    what: 'leaves out Will Retain',
    sent: byte(
      CONNECT,
      (packet) => body(packet) + 7,
      (value) => value & ~0x20,
    ),
    breaks: ['MQTT-3.1.2-15'],
  },
  {
    what: 'sends every will at QoS 0',
    sent: byte(
      CONNECT,
      (packet) => body(packet) + 7,
      (value) => value & ~0x18,
    ),
    breaks: ['MQTT-3.1.2-12'],
  },
  {
    what: 'always asks for a clean start',
    sent: byte(
      CONNECT,
      (packet) => body(packet) + 7,
      (value) => value | 0x02,
    ),
    breaks: ['MQTT-3.1.2-5'],
  },
  {
    what: 'sends CONNECT twice',
    sent: () => (packet) => (typeOf(packet) === CONNECT ? [packet, packet] : [packet]),
    breaks: ['MQTT-3.1.0-2'],
  },
  {
    what: 'leaves out RETAIN',
    sent: byte(PUBLISH, first, (value) => value & ~0x01),
    breaks: ['MQTT-3.3.1-5', 'MQTT-3.3.1-6'],
  },
  { what: 'always sets RETAIN', sent: byte(PUBLISH, first, (value) => value | 0x01), breaks: ['MQTT-3.3.1-8'] },
  {
    what: 'acknowledges the identifier beside',
    sent: byte(
      PUBACK,
      (packet) => body(packet) + 1,
      (value) => value ^ 1,
    ),
    breaks: ['MQTT-2.2.1-5', 'MQTT-3.3.4-1', 'MQTT-3.3.2-3'],
  },
  { what: 'does not acknowledge QoS 1', sent: ignores(0x40), breaks: ['MQTT-3.3.4-1', 'MQTT-3.3.4-8'] },
  { what: 'does not acknowledge QoS 2', sent: ignores(0x50), breaks: ['MQTT-3.3.4-1', 'MQTT-3.3.4-9'] },
  { what: 'sends PUBREL without its flag', sent: byte(PUBREL, first, () => 0x60), breaks: ['MQTT-2.1.3-1'] },
  {
    what: 'gives every SUBSCRIBE the identifier 1',
    sent: byte(
      SUBSCRIBE,
      (packet) => body(packet) + 1,
      () => 1,
    ),
    breaks: ['MQTT-2.2.1-3'],
  },
  {
    what: 'leaves out Retain Handling',
    sent: byte(SUBSCRIBE, last, (value) => value & ~0x30),
    breaks: ['MQTT-3.3.1-10', 'MQTT-3.3.1-11'],
  },
  {
    what: 'leaves out Retain As Published',
    sent: byte(SUBSCRIBE, last, (value) => value & ~0x08),
    breaks: ['MQTT-3.3.1-13'],
  },
  {
    what: 'subscribes at the Maximum QoS of the server',
    sent: byte(SUBSCRIBE, last, (value) => value & ~0x03),
    breaks: ['MQTT-3.2.2-10'],
  },
  {
    what: 'writes one length byte too many',
    sent: () => (packet) => {
      if (typeOf(packet) !== PUBLISH || packet[1]! >= 0x80) return [packet];
      return [new Uint8Array([packet[0]!, packet[1]! | 0x80, 0, ...packet.subarray(2)])];
    },
    breaks: ['MQTT-1.5.5-1'],
  },
  {
    what: 'never sends PINGREQ',
    sent: () => (packet) => (typeOf(packet) === PINGREQ ? [] : [packet]),
    breaks: ['MQTT-3.1.2-20'],
  },
  {
    what: 'gives another reason for what is malformed',
    sent: byte(
      DISCONNECT,
      (packet) => Math.min(2, last(packet)),
      (value) => (value === 0x81 ? 0x80 : value),
    ),
    breaks: ['MQTT-1.5.4-1', 'MQTT-3.3.1-4'],
  },
  {
    what: 'takes no notice of Session Present',
    received: granted([0x20, 0x03, 0x01, 0x00], [0x20, 0x03, 0x00, 0x00]),
    breaks: ['MQTT-3.2.2-2', 'MQTT-3.2.2-3', 'MQTT-3.2.2-4'],
  },
  {
    what: 'takes no notice of Receive Maximum',
    received: granted([0x21, 0x00, 0x02], [0x21, 0xff, 0xff]),
    breaks: ['MQTT-3.3.4-7'],
  },
  {
    what: 'takes no notice of Server Keep Alive',
    received: granted([0x13, 0x00, 0x01], [0x13, 0xff, 0xff]),
    breaks: ['MQTT-3.1.2-21'],
  },
  {
    what: 'takes no notice of Topic Alias Maximum',
    received: granted([0x22, 0x00, 0x02], [0x22, 0x00, 0x09]),
    breaks: ['MQTT-3.2.2-17', 'MQTT-3.3.2-9'],
  },
  {
    what: 'takes no notice of Maximum Packet Size',
    received: granted([0x27, 0x00, 0x00, 0x00, 0x32], [0x27, 0x00, 0x0f, 0x00, 0x00]),
    breaks: ['MQTT-3.2.2-15'],
  },
  { what: 'takes no notice of Maximum QoS', received: granted([0x24, 0x00], [0x24, 0x01]), breaks: ['MQTT-3.2.2-11'] },
  {
    what: 'takes no notice of Retain Available',
    received: granted([0x25, 0x00], [0x25, 0x01]),
    breaks: ['MQTT-3.2.2-14'],
  },
  {
    what: 'takes a refusal for a success',
    received: granted([0x20, 0x03, 0x00, 0x87], [0x20, 0x03, 0x00, 0x00]),
    breaks: ['MQTT-3.2.2-7'],
  },
  { what: 'takes no notice of PUBLISH at QoS 3', received: ignores(0x36), breaks: ['MQTT-3.3.1-4'] },
  { what: 'takes no notice of reserved bits', received: ignores(0xd1), breaks: ['MQTT-2.1.3-1'] },
  {
    what: 'takes no notice of a second CONNACK',
    received: () => {
      let count = 0;
      return (packet) => (typeOf(packet) === CONNACK && ++count > 1 ? [] : [packet]);
    },
    breaks: ['MQTT-3.2.0-2'],
  },
  {
    what: 'takes no notice of a DISCONNECT of the server',
    received: () => (packet) => (typeOf(packet) === DISCONNECT ? [] : [packet]),
    breaks: ['MQTT-3.1.4-3'],
  },
  {
    what: 'acknowledges QoS 1 in another order',
    sent: () => {
      let held: Bytes | undefined;
      return (packet) => {
        if (typeOf(packet) !== PUBACK) return [packet];
        if (held === undefined) {
          held = packet;
          return [];
        }
        return [packet, held];
      };
    },
    breaks: ['MQTT-4.6.0-2'],
  },
  { what: 'sends no PUBREL', sent: ignores(0x62), breaks: ['MQTT-4.3.3-4'] },
  { what: 'sends no PUBCOMP', sent: ignores(0x70), breaks: ['MQTT-4.3.3-11'] },
  {
    what: 'completes the identifier beside',
    sent: byte(
      PUBCOMP,
      (packet) => body(packet) + 1,
      (value) => value ^ 1,
    ),
    breaks: ['MQTT-4.3.3-11', 'MQTT-2.2.1-5'],
  },
  { what: 'leaves out No Local', sent: byte(SUBSCRIBE, last, (value) => value & ~0x04), breaks: ['MQTT-3.8.3-3'] },
  {
    what: 'sends PINGREQ after DISCONNECT',
    sent: () => (packet) => (typeOf(packet) === DISCONNECT ? [packet, new Uint8Array([0xc0, 0x00])] : [packet]),
    breaks: ['MQTT-3.14.4-1'],
  },
  {
    what: 'answers AUTH with the code of a re-authentication',
    sent: byte(
      AUTH,
      (packet) => body(packet),
      () => 0x19,
    ),
    breaks: ['MQTT-4.12.0-3'],
  },
  {
    what: 'takes no notice of an AUTH that nobody asked for',
    received: () => (packet) => (typeOf(packet) === AUTH ? [] : [packet]),
    breaks: ['MQTT-4.12.0-6'],
  },
];
