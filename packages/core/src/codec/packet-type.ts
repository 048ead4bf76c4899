/** The packet types of section 2.1.2, by number. */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];
export type PacketName = keyof typeof PacketType;

/** Not a packet, but it has properties of its own: the will inside a CONNECT. */
export const WILL = 0;

/** Who sent a packet; some fields belong to one side only. */
export type Sender = 'client' | 'server';

const names: readonly string[] = ['Will', ...Object.keys(PacketType).map((name) => name.toUpperCase())];

/** The standard's name: `PUBLISH`. */
export function packetTypeName(type: number): string {
  return names[type] ?? `packet type ${type}`;
}
