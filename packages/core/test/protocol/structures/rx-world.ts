import { expect } from 'vitest';
import { frameLength } from '@minimq/core/codec';
import { RxBuffer } from '../../../src/protocol/rx-buffer.ts';
import { ensure } from './ensure.ts';

/** A packet with that length in bytes: `kept` are the messages. Its content is its own, so that a mix-up shows. */
function frame(kept: boolean, length: number, stamp: number): Uint8Array<ArrayBuffer> {
  const bytes = [kept ? 0x30 | (stamp % 6) : 0x40 | (stamp % 3)];
  let body = length - 2;
  // A length that takes two bytes leaves one fewer for the rest.
  if (body > 127) body--;
  if (body > 127) bytes.push((body % 128) + 128, body >> 7);
  else bytes.push(body);
  for (let i = 0; i < body; i++) bytes.push((stamp * 31 + i * 7) & 0xff);
  return new Uint8Array(bytes);
}

interface Held {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Drives an `RxBuffer` as the engine does, beside a naive list of what has to be in it. */
export class RxWorld {
  readonly rx: RxBuffer;
  readonly size: number;
  /** Messages that were kept and not claimed, oldest first. */
  readonly unclaimed: Uint8Array[] = [];
  hand: Held | null = null;
  /** What the peer has sent and nobody has read. */
  readonly #wire: number[] = [];
  #stamp = 0;

  constructor(size: number) {
    this.size = size;
    this.rx = new RxBuffer(new Uint8Array(size).fill(0x77));
  }

  get liveBytes(): number {
    return this.unclaimed.reduce((sum, { length }) => sum + length, 0);
  }

  get unreadBytes(): number {
    return this.#wire.length;
  }

  send(kept: boolean, length: number): void {
    this.#wire.push(...frame(kept, length, this.#stamp++));
  }

  /** What the arriving packet needs, as far as that is known. */
  get needed(): number {
    const { bytes, parse, write } = this.rx;
    return frameLength(bytes, parse, write) || write - parse + 1;
  }

  /** Reads up to `most` bytes, and takes in what is whole; false: there is no room. */
  read(most: number): boolean {
    const { rx } = this;
    const room = rx.room();
    this.checkHand();
    if (room === null) {
      ensure(this.hand !== null || this.needed > this.size - this.liveBytes, 'not full');
      return false;
    }
    if (room.byteOffset !== rx.write || rx.parse + this.needed > rx.write + room.length)
      throw new Error('not the room');
    // Whatever the transport does there, nothing that counts is in the room.
    room.fill(0xee);
    const arrived = this.#wire.splice(0, Math.min(most, room.length));
    room.set(arrived);
    rx.write += arrived.length;
    this.#parse();
    this.checkHand();
    return true;
  }

  /** Reads until nothing more comes, or fits. */
  readAll(): void {
    while (this.#wire.length > 0 && this.read(this.size));
  }

  claim(): Held {
    const expected = this.unclaimed.shift()!;
    ensure(this.rx.messageCount === this.unclaimed.length + 1, 'another number of messages');
    this.release();
    const start = this.rx.claim();
    ensure(this.rx.messageCount === this.unclaimed.length, 'another number of messages');
    const held = { start, bytes: expected };
    this.hand = held;
    this.checkHand();
    return held;
  }

  /** Does what a consumer does where there is no room: takes the next message, or is done with the last. */
  makeWay(): void {
    if (this.unclaimed.length > 0) this.claim();
    else this.release();
  }

  release(): void {
    this.rx.release();
    this.hand = null;
  }

  clear(): void {
    this.rx.clear();
    this.unclaimed.length = 0;
    this.#wire.length = 0;
    expect(this.rx.messageCount).toBe(0);
    this.checkHand();
  }

  dropPartial(): void {
    this.rx.dropPartial();
    this.#wire.length = 0;
  }

  /**
   * Full while a message is in hand: then the arriving packet is longer than what is free on either side of it. Claims
   * everything, which moves nothing, to learn on which side each message stands.
   */
  checkFullAndDrain(): void {
    const { needed, size } = this;
    const hand = this.hand!;
    let before = hand.start;
    let behind = size - hand.start - hand.bytes.length;
    while (this.unclaimed.length > 0) {
      const { start, bytes } = this.claim();
      if (start < hand.start) before -= bytes.length;
      else behind -= bytes.length;
    }
    expect(needed).toBeGreaterThan(Math.max(before, behind));
  }

  checkHand(): void {
    if (this.hand === null) return;
    const { start, bytes } = this.hand;
    ensure(this.rx.claimedEnd === start + bytes.length, 'the message in hand has another end');
    const now = this.rx.bytes.subarray(start, start + bytes.length);
    if (Buffer.compare(now, bytes) !== 0) throw new Error('the message in hand has changed');
  }

  #parse(): void {
    const { rx } = this;
    for (;;) {
      const { bytes, parse, write } = rx;
      if (parse === write) return;
      const length = frameLength(bytes, parse, write);
      if (length === 0 || parse + length > write) return;
      if (bytes[parse]! >> 4 === 3) {
        this.unclaimed.push(bytes.slice(parse, parse + length));
        rx.kept(length);
      } else rx.consumed(length);
    }
  }
}
