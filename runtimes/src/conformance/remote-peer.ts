import type { IoPeer } from '@minimq/testkit';
import { decodeAnswer, decodeCount, encodeCount, encodeOrder, NOTHING, Order } from '../peer/order.ts';

interface Waiting {
  readonly resolve: (body: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: Error) => void;
}

/** The other end of a stream, which lives in the server and is commanded over a WebSocket. */
export class RemotePeer implements IoPeer {
  readonly #webSocket: WebSocket;
  readonly #waiting = new Map<Order, Waiting[]>();

  /** Resolves when it can be commanded; the stream may then be opened. */
  static open(url: string): Promise<RemotePeer> {
    const webSocket = new WebSocket(url);
    webSocket.binaryType = 'arraybuffer';
    return new Promise((resolve, reject) => {
      webSocket.addEventListener('open', () => resolve(new RemotePeer(webSocket)));
      webSocket.addEventListener('error', () => reject(new Error(`Could not connect to ${url}`)));
    });
  }

  private constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.addEventListener('message', ({ data }) => this.#answered(new Uint8Array(data as ArrayBuffer)));
    webSocket.addEventListener('close', () => this.#lost());
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number> {
    const bytes = await this.#order(Order.read, encodeCount(buffer.length));
    buffer.set(bytes);
    return bytes.length;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return decodeCount(await this.#order(Order.write, bytes));
  }

  async end(): Promise<void> {
    await this.#order(Order.end);
  }

  async reset(): Promise<void> {
    await this.#order(Order.reset);
  }

  async close(): Promise<void> {
    await this.#order(Order.close);
    this.hangUp();
  }

  /** Ends the WebSocket of the orders, and so whatever is left of the stream. */
  hangUp(): void {
    this.#webSocket.close();
  }

  /** A round trip. */
  async turn(): Promise<void> {
    await this.#order(Order.turn);
  }

  #order(order: Order, body: Uint8Array<ArrayBuffer> = NOTHING): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('The peer is gone'));
    this.#webSocket.send(encodeOrder({ order, body }));
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(order) ?? [];
      waiting.push({ resolve, reject });
      this.#waiting.set(order, waiting);
    });
  }

  #answered(bytes: Uint8Array<ArrayBuffer>): void {
    const { order, isError, body } = decodeAnswer(bytes);
    const waiting = this.#waiting.get(order)?.shift();
    if (isError) waiting?.reject(new Error(new TextDecoder().decode(body)));
    else waiting?.resolve(body);
  }

  #lost(): void {
    for (const each of [...this.#waiting.values()].flat()) each.reject(new Error('The peer is gone'));
    this.#waiting.clear();
  }
}
