import type { Server, Socket } from 'node:net';
import type { Accepted, Acceptor } from '../script/acceptor.ts';
import { SocketIo } from './socket-io.ts';

export interface SocketAcceptorOptions {
  /** Makes the server, which has to call `onSocket` with every connection that is ready for MQTT. */
  readonly serve: (onSocket: (socket: Socket) => void) => Server;
  /** Of the address: `mqtt`, `mqtts`. */
  readonly scheme: string;
  /** Default 0: one that is free. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string | undefined;
}

/** The connections of a listening port, for a scripted broker. */
export class SocketAcceptor implements Acceptor {
  readonly isReal = true;
  readonly #options: SocketAcceptorOptions;
  #server: Server | undefined;
  #url: string | undefined;

  constructor(options: SocketAcceptorOptions) {
    this.#options = options;
  }

  get url(): string | undefined {
    return this.#url;
  }

  /** Rejects with the system's error where it cannot have the port. */
  async start(accept: (accepted: Accepted) => void): Promise<void> {
    const { serve, scheme, port = 0, host = '127.0.0.1' } = this.#options;
    const server = serve((socket) => accept(acceptedOf(socket)));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no TCP port');
    this.#url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#server === undefined) resolve();
      else this.#server.close(() => resolve());
    });
  }
}

function acceptedOf(socket: Socket): Accepted {
  return {
    io: new SocketIo(socket),
    cut({ reset }) {
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    },
    halfClose: () => void socket.end(),
  };
}
