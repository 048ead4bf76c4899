import type { Sender } from '@minimq/core/codec';

// Section 2.1.2: the types of packets, their first byte, and who sends them.

export type PacketTypeName =
  | 'CONNECT'
  | 'CONNACK'
  | 'PUBLISH'
  | 'PUBACK'
  | 'PUBREC'
  | 'PUBREL'
  | 'PUBCOMP'
  | 'SUBSCRIBE'
  | 'SUBACK'
  | 'UNSUBSCRIBE'
  | 'UNSUBACK'
  | 'PINGREQ'
  | 'PINGRESP'
  | 'DISCONNECT'
  | 'AUTH';

export interface PacketTypeRule {
  readonly name: PacketTypeName;
  /** Of PUBLISH: without DUP, QoS and RETAIN. */
  readonly first: number;
  readonly senders: readonly Sender[];
  /** The statement about the low four bits of the first byte. */
  readonly flagsRule: string;
}

const C: readonly Sender[] = ['client'];
const S: readonly Sender[] = ['server'];
const B: readonly Sender[] = ['client', 'server'];

export const PACKET_TYPES: readonly PacketTypeRule[] = [
  row('CONNECT', 0x10, C),
  row('CONNACK', 0x20, S),
  row('PUBLISH', 0x30, B, 'MQTT-3.3.1-4'),
  row('PUBACK', 0x40, B),
  row('PUBREC', 0x50, B),
  row('PUBREL', 0x62, B, 'MQTT-3.6.1-1'),
  row('PUBCOMP', 0x70, B),
  row('SUBSCRIBE', 0x82, C, 'MQTT-3.8.1-1'),
  row('SUBACK', 0x90, S),
  row('UNSUBSCRIBE', 0xa2, C, 'MQTT-3.10.1-1'),
  row('UNSUBACK', 0xb0, S),
  row('PINGREQ', 0xc0, C),
  row('PINGRESP', 0xd0, S),
  row('DISCONNECT', 0xe0, B, 'MQTT-3.14.1-1'),
  row('AUTH', 0xf0, B, 'MQTT-3.15.1-1'),
];

export function packetType(name: PacketTypeName): PacketTypeRule {
  return PACKET_TYPES.find((each) => each.name === name)!;
}

function row(
  name: PacketTypeName,
  first: number,
  senders: readonly Sender[],
  flagsRule = 'MQTT-2.1.3-1',
): PacketTypeRule {
  return { name, first, senders, flagsRule };
}
