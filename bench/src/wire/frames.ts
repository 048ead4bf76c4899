import { PUBLISH } from './packets.ts';

/** Enough of a packet to know its identifier: fixed header, topic of the benchmarks, identifier. */
const HEAD_BYTES = 64;

/** Receives each packet, when it is whole: `first` is its first byte, `packetId` 0 where it has none. */
export type OnFrame = (first: number, packetId: number) => void;

/**
 * Finds the packets in a stream of bytes without storing or copying them: only the beginning of one that is cut by the
 * end of a chunk is kept. Trusts the sender, since it is a benchmark's.
 */
export class Frames {
  readonly #onFrame: OnFrame;
  readonly #head = new Uint8Array(HEAD_BYTES);
  #headLength = 0;
  /** Bytes of the last packet that are still to come, and what it is: a packet is reported when it is whole. */
  #skip = 0;
  #cutFirst = 0;
  #cutPacketId = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  take(chunk: Uint8Array): void {
    const { length } = chunk;
    let position = this.#skip;
    if (this.#cutFirst !== 0 && position <= length) {
      const first = this.#cutFirst;
      this.#cutFirst = 0;
      this.#onFrame(first, this.#cutPacketId);
    }
    if (this.#headLength > 0) position = this.#finishHead(chunk);
    while (position < length) {
      const remaining = chunk[position + 1]!;
      // The usual short packet first: one that is wholly here.
      if (remaining < 0x80 && position + 2 + remaining <= length) {
        this.#report(chunk, position, position + 2, true);
        position += 2 + remaining;
        continue;
      }
      const frame = frameLength(chunk, position, length);
      if (frame === 0 || length - position < Math.min(frame, HEAD_BYTES)) {
        this.#head.set(chunk.subarray(position));
        this.#headLength = length - position;
        this.#skip = 0;
        return;
      }
      this.#report(chunk, position, bodyStart(chunk, position), position + frame <= length);
      position += frame;
    }
    this.#skip = position - length;
  }

  /** Returns where the packet ends in `chunk`, perhaps behind its end. */
  #finishHead(chunk: Uint8Array): number {
    const kept = this.#headLength;
    const added = Math.min(HEAD_BYTES - kept, chunk.length);
    this.#head.set(chunk.subarray(0, added), kept);
    const frame = frameLength(this.#head, 0, kept + added);
    if (frame === 0 || kept + added < Math.min(frame, HEAD_BYTES)) {
      this.#headLength = kept + added;
      return chunk.length;
    }
    this.#headLength = 0;
    this.#report(this.#head, 0, bodyStart(this.#head, 0), frame - kept <= chunk.length);
    return frame - kept;
  }

  #report(bytes: Uint8Array, start: number, body: number, isWhole: boolean): void {
    const first = bytes[start]!;
    const packetId = packetIdAt(bytes, first, body);
    if (isWhole) this.#onFrame(first, packetId);
    else {
      this.#cutFirst = first;
      this.#cutPacketId = packetId;
    }
  }
}

function packetIdAt(bytes: Uint8Array, first: number, body: number): number {
  let at = body;
  if ((first & 0xf0) === PUBLISH) {
    if ((first & 0x06) === 0) return 0;
    at += 2 + ((bytes[body]! << 8) | bytes[body + 1]!);
  }
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** 0 where the length is not wholly there. */
function frameLength(bytes: Uint8Array, start: number, end: number): number {
  let remaining = 0;
  for (let position = start + 1, shift = 0; position < end; position++, shift += 7) {
    const byte = bytes[position]!;
    remaining += (byte & 0x7f) << shift;
    if (byte < 0x80) return position + 1 - start + remaining;
  }
  return 0;
}

function bodyStart(bytes: Uint8Array, start: number): number {
  let position = start + 1;
  while (bytes[position]! > 0x7f) position++;
  return position + 1;
}
