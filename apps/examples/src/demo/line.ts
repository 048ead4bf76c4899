import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address } from '../command-line/address.ts';

/**
 * The line to the broker: a TCP port of this machine that passes every byte on, and that can be cut as a network is:
 * without a word to either side, and with whatever is under way.
 */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  static async open(broker: Address): Promise<Line> {
    const line = new Line(broker);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  private constructor(broker: Address) {
    this.#server = createServer((near) => {
      if (this.#isCut) near.destroy();
      else this.#pass(near, connect(broker));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks off all connections, and every new one, until `mend()`. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(near: Socket, far: Socket): void {
    near.pipe(far);
    far.pipe(near);
    for (const [socket, partner] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => partner.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
  }
}
