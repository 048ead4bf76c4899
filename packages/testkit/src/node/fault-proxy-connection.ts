import type { Socket } from 'node:net';
import { SystemClock, type Io } from '@minimq/core';
import type { EndOptions, LinkDirection } from '../link/direction.ts';
import type { LinkEnd } from '../link/end.ts';
import { MemoryLink, type MemoryLinkOptions } from '../link/memory-link.ts';
import { resetSocket } from './reset-socket.ts';
import { SocketIo } from './socket-io.ts';

/** Bytes that are carried at once between a socket and the link. */
const CARRIED_BYTES = 16 * 1024;

/** One connection through a `FaultProxy`. */
export interface ProxiedConnection {
  /** What passes each way, with faults of its own: `toServer.halfClose()`, `toClient.cutAfter(10)`. */
  readonly toServer: LinkDirection;
  readonly toClient: LinkDirection;
  /** Ends both ways. By default what is under way still arrives, then both sides see the end. */
  cut(options?: EndOptions): void;
  /** Ends both ways as a reset of TCP does. */
  reset(): void;
}

/** Two sockets with a link between them: whatever a link can do to its bytes happens to theirs. */
export class SocketsOverLink implements ProxiedConnection {
  readonly link: MemoryLink;
  /** Resolves, and never rejects, when both sockets have been closed. */
  readonly closed: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;

  /** Both sockets with `allowHalfOpen`; the one to the server may still be connecting. */
  constructor(client: Socket, server: Socket, options: Omit<MemoryLinkOptions, 'clock' | 'answers'>) {
    this.#client = client;
    this.#server = server;
    // One turn for each piece, so that the system does not put all of them together again.
    const answers: MemoryLinkOptions['answers'] = (operation) => (operation === 'read' ? 'turn' : 'at-once');
    this.link = new MemoryLink({ ...options, answers, clock: new SystemClock() });
    // A reset does not wait for what a slow reader still has to take.
    this.link.tap(({ kind, direction }) => {
      if (kind !== 'ended' || !this.link[direction].isReset) return;
      resetSocket(direction === 'toServer' ? server : client);
    });
    this.closed = this.#carry();
  }

  get toServer(): LinkDirection {
    return this.link.toServer;
  }

  get toClient(): LinkDirection {
    return this.link.toClient;
  }

  cut(options?: EndOptions): void {
    this.link.cut(options);
  }

  reset(): void {
    this.link.reset();
    // Also where the link had ended before, and its end is still on its way.
    resetSocket(this.#client);
    resetSocket(this.#server);
  }

  /** Resets both sockets at once, whatever is stalled. */
  destroy(): void {
    // A reset would wait for the connection, which may take its time.
    if (this.#server.connecting) this.#server.destroy();
    this.reset();
  }

  async #carry(): Promise<void> {
    const { link } = this;
    const client = new SocketIo(this.#client);
    const server = new SocketIo(this.#server);
    const carriedIn = [carryIn(client, link.client, link.toServer), carryIn(server, link.server, link.toClient)];
    // A direction is over when its end has been passed on.
    await Promise.all([carryOut(link.client, client, this.#client), carryOut(link.server, server, this.#server)]);
    await Promise.all([client.close(), server.close(), ...carriedIn]);
  }
}

/** From a socket into the link, which holds no more than its capacity: then the socket is not read. */
async function carryIn(from: Io, to: LinkEnd, way: LinkDirection): Promise<void> {
  const buffer = new Uint8Array(CARRIED_BYTES);
  for (;;) {
    try {
      const count = await from.read(buffer);
      if (count === 0) return way.halfClose();
      await writeAll(to, buffer.subarray(0, count));
    } catch (error) {
      // Where it is the link that has ended, that has been said already.
      if (!way.isEnded) way.halfClose({ inFlight: 'lost', reads: 'reset', error });
      return;
    }
  }
}

/** From the link to a socket, which has handed a piece to the system before the next one is read. */
async function carryOut(from: LinkEnd, to: Io, socket: Socket): Promise<void> {
  const buffer = new Uint8Array(CARRIED_BYTES);
  for (;;) {
    let count: number;
    try {
      count = await from.read(buffer);
    } catch {
      resetSocket(socket);
      return;
    }
    if (count === 0) {
      socket.end();
      return;
    }
    try {
      await writeAll(to, buffer.subarray(0, count));
    } catch {
      await from.close();
      return;
    }
  }
}

async function writeAll(io: Io, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await io.write(bytes.subarray(sent));
}
