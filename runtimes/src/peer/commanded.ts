import type { IoPeer } from '@minimq/testkit';
import { decodeCount, decodeOrder, encodeAnswer, encodeCount, NOTHING, Order, type OrderMessage } from './order.ts';

/** A peer that does what it is told in messages. */
export class Commanded {
  readonly #peer: Promise<IoPeer>;
  readonly #answer: (bytes: Uint8Array<ArrayBuffer>) => void;

  constructor(peer: Promise<IoPeer>, answer: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#peer = peer;
    this.#answer = answer;
  }

  obey(bytes: Uint8Array<ArrayBuffer>): void {
    const message = decodeOrder(bytes);
    const { order } = message;
    this.#do(message).then(
      (body) => this.#answer(encodeAnswer({ order, isError: false, body })),
      (error: unknown) => {
        this.#answer(encodeAnswer({ order, isError: true, body: new TextEncoder().encode(String(error)) }));
      },
    );
  }

  async #do({ order, body }: OrderMessage): Promise<Uint8Array<ArrayBuffer>> {
    // Only this does not wait for the stream, whose opening may take turns.
    if (order === Order.turn) return NOTHING;
    const peer = await this.#peer;
    switch (order) {
      case Order.read: {
        const buffer = new Uint8Array(decodeCount(body));
        return buffer.subarray(0, await peer.read(buffer));
      }
      case Order.write:
        return encodeCount(await peer.write(body));
      case Order.end:
        await peer.end();
        return NOTHING;
      case Order.reset:
        await peer.reset();
        return NOTHING;
      case Order.close:
        await peer.close();
        return NOTHING;
    }
  }
}
