import type { QoS } from '@minimq/core';
import { ACK_BYTES, publishPacket, putAck } from './packets.ts';

/** More bytes than this are not encoded ahead, whatever the number of packets asked for. */
const RING_BYTES_MAX = 8 * 1024 * 1024;

/**
 * Pre-encoded packets with the identifiers 1 to `count`, to be sent over and over in that order. They stand in memory
 * twice, so that any run of them is one piece.
 */
export class PacketRing {
  readonly count: number;
  readonly packetBytes: number;
  readonly #bytes: Buffer;
  #next = 0;

  constructor(packets: readonly Buffer[]) {
    this.count = packets.length;
    this.packetBytes = packets[0]!.length;
    this.#bytes = Buffer.concat([...packets, ...packets]);
  }

  /** The bytes of the next packets, at most `count` of them. */
  take(count: number): Buffer {
    const start = this.#next * this.packetBytes;
    this.#next = (this.#next + count) % this.count;
    return this.#bytes.subarray(start, start + count * this.packetBytes);
  }
}

/** Fewer than `count` where they are large. */
export function publishRing(qos: QoS, payloadBytes: number, count: number): PacketRing {
  const fit = Math.max(1, Math.floor(RING_BYTES_MAX / (payloadBytes + 32)));
  return new PacketRing(
    identifiers(Math.min(count, fit)).map((packetId) => publishPacket(qos, packetId, payloadBytes)),
  );
}

export function ackRing(first: number, count: number): PacketRing {
  return new PacketRing(
    identifiers(count).map((packetId) => {
      const packet = Buffer.alloc(ACK_BYTES);
      putAck(packet, 0, first, packetId);
      return packet;
    }),
  );
}

function identifiers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
