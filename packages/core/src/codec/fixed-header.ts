import { packetTypeName } from './packet-name.ts';
import * as PacketType from './packet-type.ts';
import { putVarint, type Target } from './put.ts';
import { varintAt, varintLength, VARINT_MAX } from './varint.ts';
import { invalidArgument, malformed } from './violation.ts';

// Section 2.1.1: what every packet begins with.

/** Checks a packet's first byte: type 0 is reserved, and so are the low four bits of all but PUBLISH (section 2.1.3). */
export function checkFirstByte(first: number): void {
  const type = first >> 4;
  if (type === PacketType.publish) return;
  if (type === 0) throw malformed('2.1.2', 'Packet type 0 is reserved');
  if (first !== firstByte(type)) throw malformed('2.1.3', `${packetTypeName(type)} has reserved bits wrong`);
}

/** The first byte of every packet but PUBLISH. */
export function firstByte(type: number): number {
  // PUBREL, SUBSCRIBE and UNSUBSCRIBE have bit 1 set.
  return (type << 4) | (((0b0101_0100_0000 >> type) & 1) << 1);
}

/**
 * The length of the whole packet that begins at `start`, its fixed header included; 0 while the header is incomplete.
 * Throws a `PeerError` where no further byte could make it a length.
 */
export function frameLength(bytes: Uint8Array, start: number, end: number): number {
  const remaining = varintAt(bytes, start + 1, end);
  return remaining < 0 ? 0 : wholeLength(remaining);
}

/** The length of a whole packet; throws an `InvalidRequestError` where MQTT has no way to say it. */
export function wholeLength(remaining: number): number {
  if (remaining > VARINT_MAX) throw invalidArgument('A packet has at most 268,435,460 bytes');
  return 1 + varintLength(remaining) + remaining;
}

/** Writes a fixed header and returns the position behind it. */
export function putFixedHeader(target: Uint8Array, position: number, first: number, remaining: number): number {
  target[position] = first;
  return putVarint(target, position + 1, remaining);
}

/** A packet in memory of its own. `put` puts what follows the fixed header, and runs twice: to count, and to write. */
export function packetBytes(first: number, put: (target: Target, position: number) => number): Uint8Array<ArrayBuffer> {
  const remaining = put(null, 0);
  const bytes = new Uint8Array(wholeLength(remaining));
  put(bytes, putFixedHeader(bytes, 0, first, remaining));
  return bytes;
}
