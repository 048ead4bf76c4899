import { PacketType, packetTypeName } from './packet-type.ts';
import { malformed } from './violation.ts';

/** Checks a packet's first byte: type 0 is reserved, and so are the low four bits of all but PUBLISH (section 2.1.3). */
export function checkFirstByte(first: number): void {
  const type = first >> 4;
  if (type === PacketType.publish) return;
  if (type === 0) throw malformed('2.1.2', 'Packet type 0 is reserved');
  if ((first & 0x0f) !== reservedBits(type)) {
    throw malformed('2.1.3', `${packetTypeName(type)} has the reserved bits ${(first & 0x0f).toString(2)}`);
  }
}

/** The low four bits of the first byte of every packet but PUBLISH. */
export function reservedBits(type: number): number {
  return type === PacketType.pubrel || type === PacketType.subscribe || type === PacketType.unsubscribe ? 2 : 0;
}
