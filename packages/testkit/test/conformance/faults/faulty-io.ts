import type { Io } from '@minimq/core';

/** What becomes of a packet on its way; an empty list: it is swallowed. */
export type Change = (packet: Uint8Array<ArrayBuffer>) => readonly Uint8Array<ArrayBuffer>[];

/** Changes the packets of the client and those of the broker on their way, as a client with a fault would. */
export class FaultyIo implements Io {
  readonly #inner: Io;
  readonly #out: Rewriter;
  readonly #in: Rewriter;
  /** What the client has still to read. */
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #buffer = new Uint8Array(64 * 1024);

  constructor(inner: Io, { sent = unchanged, received = unchanged }: { sent?: Change; received?: Change }) {
    this.#inner = inner;
    this.#out = new Rewriter(sent);
    this.#in = new Rewriter(received);
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number> {
    while (this.#unread.length === 0) {
      const count = await this.#inner.read(this.#buffer);
      if (count === 0) return 0;
      this.#unread = joined(this.#in.take(this.#buffer.slice(0, count)));
    }
    const count = Math.min(buffer.length, this.#unread.length);
    buffer.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const out = joined(this.#out.take(bytes.slice()));
    for (let done = 0; done < out.length;) done += await this.#inner.write(out.subarray(done));
    return bytes.length;
  }

  flush(): void | Promise<void> {
    return this.#inner.flush();
  }

  close(): void | Promise<void> {
    return this.#inner.close();
  }
}

/** Cuts a stream into packets and changes each. */
class Rewriter {
  readonly #change: Change;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(change: Change) {
    this.#change = change;
  }

  take(bytes: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
    this.#rest = joined([this.#rest, bytes]);
    const packets: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const length = lengthOf(this.#rest);
      if (length === undefined || length > this.#rest.length) return packets;
      packets.push(...this.#change(this.#rest.slice(0, length)));
      this.#rest = this.#rest.subarray(length);
    }
  }
}

/** The length of the packet at the front, also where it is written in more bytes than it may be; undefined: not there yet. */
function lengthOf(bytes: Uint8Array): number | undefined {
  let remaining = 0;
  for (let at = 1; at < bytes.length; at += 1) {
    remaining += (bytes[at]! & 0x7f) * 0x80 ** (at - 1);
    if (bytes[at]! < 0x80) return 1 + at + remaining;
  }
  return undefined;
}

function unchanged(packet: Uint8Array<ArrayBuffer>): readonly Uint8Array<ArrayBuffer>[] {
  return [packet];
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}
