import type { Server, Socket } from 'node:net';
import type { Io } from '@minimq/core';
import type { Accepted, Acceptor } from '../script/acceptor.ts';
import type { ListenOptions } from './listen-options.ts';
import { resetSocket } from './reset-socket.ts';
import { SocketIo } from './socket-io.ts';

/** Takes a connection that is ready for MQTT. `io`: its byte stream, where that is not the one of the socket. */
export type OnSocket = (socket: Socket, io?: Io) => void;

export interface SocketAcceptorOptions extends ListenOptions {
  /** Makes the server, which has to call `onSocket` with every connection that is ready for MQTT. */
  readonly serve: (onSocket: OnSocket) => Server | Promise<Server>;
  /** Of the address: `mqtt`, `mqtts`, `ws`, `wss`. */
  readonly scheme: string;
}

/** The connections of a listening port: TCP, and what is built on it. */
export class SocketAcceptor implements Acceptor {
  readonly isReal = true;
  readonly host: string;
  readonly #options: SocketAcceptorOptions;
  /** All connections of the port, also those that are still in a handshake. */
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SocketAcceptorOptions) {
    this.host = options.host ?? '127.0.0.1';
    this.#options = options;
  }

  /** Undefined before it has started. */
  get port(): number | undefined {
    return this.#port;
  }

  get url(): string | undefined {
    if (this.#port === undefined) return undefined;
    return `${this.#options.scheme}://${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.#port}`;
  }

  /** Rejects with the system's error where it cannot have the port. */
  async start(accept: (accepted: Accepted) => void): Promise<void> {
    const server = await this.#options.serve((socket, io) => {
      if (this.#stopped === undefined) accept(this.#acceptedOf(socket, io));
      else socket.destroy();
    });
    this.#server = server;
    server.prependListener('connection', (socket: Socket) => this.#track(socket));
    await new Promise<void>((resolve, reject) => {
      // It stays: a connection that the system could not give us later on must not end the process.
      server.on('error', reject);
      server.listen(this.#options.port ?? 0, this.host, resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no TCP port');
    this.#port = address.port;
  }

  /**
   * Stops listening at once, and when `served` has settled breaks off what is left: connections that never got as far
   * as MQTT. Resolves when all are closed.
   */
  stop(served?: Promise<unknown>): Promise<void> {
    this.#stopped ??= this.#stop(served);
    return this.#stopped;
  }

  async #stop(served: Promise<unknown> | undefined): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await served;
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Whoever uses it has heard of it by its other end.
    socket.on('error', () => {});
  }

  #acceptedOf(socket: Socket, io: Io | undefined): Accepted {
    const { remoteAddress, remotePort } = socket;
    const accepted: Accepted = {
      io: io ?? new SocketIo(socket),
      cut: ({ reset }) => {
        if (reset) this.#reset(remoteAddress, remotePort);
        socket.destroy();
      },
    };
    // A stream that frames its bytes has no halves that end by themselves.
    return io === undefined ? { ...accepted, halfClose: () => void socket.end() } : accepted;
  }

  /** Resets the TCP connection: TLS, which may be on it, cannot. */
  #reset(remoteAddress: string | undefined, remotePort: number | undefined): void {
    for (const socket of this.#sockets) {
      if (socket.remotePort === remotePort && socket.remoteAddress === remoteAddress) resetSocket(socket);
    }
  }
}
