import { decodePacket, frameLength, type Packet } from '@minimq/core/codec';
import { toHex } from '../../codec/bytes.ts';

/** What a client writes on one connection, taken apart; anything that a client must not write is an error. */
export class WireLog {
  #bytes: Uint8Array = new Uint8Array(0);
  #isOver = false;
  #hasConnect = false;

  /** The packets that these bytes complete. */
  take(bytes: Uint8Array): Packet[] {
    const packets: Packet[] = [];
    if (this.#isOver && bytes.length > 0) throw new Error(`after DISCONNECT: ${toHex(bytes)}`);
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    for (;;) {
      const length = frameLength(this.#bytes, 0, this.#bytes.length);
      if (length === 0 || length > this.#bytes.length) return packets;
      const packet = decodePacket(new Uint8Array(this.#bytes.subarray(0, length)), 'client');
      this.#bytes = this.#bytes.subarray(length);
      this.#check(packet);
      packets.push(packet);
    }
  }

  #check({ type }: Packet): void {
    if (this.#hasConnect === (type === 'connect')) throw new Error(`${type} where it must not be`);
    this.#hasConnect = true;
    this.#isOver = type === 'disconnect';
    if (this.#isOver && this.#bytes.length > 0) throw new Error(`after DISCONNECT: ${toHex(this.#bytes)}`);
  }
}
