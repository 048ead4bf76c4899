import { createServer, type Server, type Socket } from 'node:net';
import { ReasonCode } from '@minimq/core/codec';
import type { BrokerConnection, MemoryBroker } from '../broker/memory-broker.ts';
import { SocketIo } from './socket-io.ts';

export interface ListenTcpOptions {
  /** Default 0: one that is free. */
  readonly port?: number | undefined;
  /** Default `127.0.0.1`: this machine only. */
  readonly host?: string | undefined;
}

/** A listening TCP port in front of a broker. It keeps the process alive until it is closed. */
export interface TcpListener {
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The connections that came through this port and are still there. */
  readonly connections: readonly BrokerConnection[];
  /** Breaks all of them off at once, as a failing network does; returns how many. The port goes on listening. */
  cutAll(): number;
  /** Stops listening, disconnects those who came through this port (0x8B), and resolves when their sockets are closed. */
  close(): Promise<void>;
}

/** Lets `broker` serve a TCP port. Rejects with the system's error where it cannot have that port. */
export async function listenTcp(broker: MemoryBroker, options: ListenTcpOptions = {}): Promise<TcpListener> {
  const { port = 0, host = '127.0.0.1' } = options;
  const sockets = new Map<Socket, BrokerConnection>();
  const server = createServer((socket) => {
    const io = new SocketIo(socket);
    sockets.set(socket, broker.accept(io));
    socket.once('close', () => sockets.delete(socket));
  });
  await listen(server, port, host);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port');
  return {
    url: `mqtt://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    host,
    port: address.port,
    get connections() {
      return [...sockets.values()];
    },
    cutAll() {
      const count = sockets.size;
      for (const socket of sockets.keys()) socket.destroy();
      return count;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of sockets.values()) {
        void connection.disconnect({ reasonCode: ReasonCode.serverShuttingDown });
      }
      await closed;
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
