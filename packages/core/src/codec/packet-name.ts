import type * as PacketType from './packet-type.ts';

export type PacketName = keyof typeof PacketType;

const names: readonly string[] = /* @__PURE__ */ (
  'Will CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP ' +
  'DISCONNECT AUTH'
).split(' ');

/** The standard's name: `PUBLISH`. */
export function packetTypeName(type: number): string {
  return names[type & 15]!;
}
