import type { Clock, Io } from '@minimq/core';
import { hex } from '../support.ts';

// A broker that is fast enough for a million messages: bytes in, bytes out, and next to nothing in between.

export interface FastPeerOptions {
  /** Default: a new session. */
  readonly connack?: string;
  /** Writes are answered in a turn of this clock, and looked at only then: their bytes must not change meanwhile. */
  readonly clock?: Pick<Clock, 'defer'>;
  /** Told of every packet but CONNECT; `id` 0: it has none. */
  readonly onPacket: (first: number, id: number, packet: Uint8Array) => void;
}

export class FastPeer implements Io {
  readonly #options: FastPeerOptions;
  #outgoing: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;
  #reading: { readonly buffer: Uint8Array; readonly resolve: (count: number) => void } | undefined;
  #isClosed = false;

  constructor(options: FastPeerOptions) {
    this.#options = options;
  }

  /** Sends a packet of two bytes behind its fixed header: PUBACK, PUBREC, PUBREL or PUBCOMP. */
  ack(first: number, id: number): void {
    this.#reserve(4);
    this.#outgoing.set([first, 2, id >> 8, id & 0xff], this.#end);
    this.#end += 4;
    this.#flush();
  }

  send(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#outgoing.set(bytes, this.#end);
    this.#end += bytes.length;
    this.#flush();
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    if (this.#isClosed) return 0;
    if (this.#end > this.#start) return this.#take(buffer);
    return new Promise((resolve) => (this.#reading = { buffer, resolve }));
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const { clock } = this.#options;
    if (clock === undefined) {
      this.#look(bytes);
      return bytes.length;
    }
    return new Promise((resolve) => {
      clock.defer(() => {
        if (!this.#isClosed) this.#look(bytes);
        resolve(bytes.length);
      });
    });
  }

  flush(): void {}

  close(): void {
    this.#isClosed = true;
    this.#reading?.resolve(0);
    this.#reading = undefined;
  }

  /** A session writes whole packets, since every write is taken whole. */
  #look(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      let position = start + 1;
      let length = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[position++]!;
        length += (byte & 0x7f) * factor;
        if (byte < 0x80) break;
      }
      const first = bytes[start]!;
      const end = position + length;
      if (first === 0x10) this.send(hex(this.#options.connack ?? '20 03  00 00 00'));
      else {
        if (first >> 4 === 3) position += 2 + (bytes[position]! << 8) + bytes[position + 1]!;
        const hasId = first >> 4 !== 3 ? length >= 2 : (first & 0x06) !== 0;
        const id = hasId ? (bytes[position]! << 8) + bytes[position + 1]! : 0;
        this.#options.onPacket(first, id, bytes.subarray(start, end));
      }
      start = end;
    }
  }

  #take(buffer: Uint8Array): number {
    const count = Math.min(buffer.length, this.#end - this.#start);
    buffer.set(this.#outgoing.subarray(this.#start, this.#start + count));
    this.#start += count;
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    return count;
  }

  #flush(): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#reading = undefined;
    reading.resolve(this.#take(reading.buffer));
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#outgoing.length) return;
    const larger = new Uint8Array(2 * this.#outgoing.length + length);
    larger.set(this.#outgoing.subarray(this.#start, this.#end));
    this.#outgoing = larger;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
