import { ReasonCode } from '@minimq/core/codec';
import type { BrokerConnection, MemoryBroker } from '../broker/memory-broker.ts';
import type { Accepted } from '../script/acceptor.ts';
import type { SocketAcceptor } from './socket-acceptor.ts';

/** A listening port in front of a broker. It keeps the process alive until it is closed. */
export interface BrokerListener {
  /** `mqtt://127.0.0.1:PORT`; `mqtts://`, `ws://` or `wss://` for what they stand for. */
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

/** Lets `broker` serve what `acceptor` accepts. Rejects with the system's error where that cannot have its port. */
export async function listenOn(broker: MemoryBroker, acceptor: SocketAcceptor): Promise<BrokerListener> {
  const served = new Map<Accepted, BrokerConnection>();
  await acceptor.start((accepted) => {
    const connection = broker.accept(accepted.io);
    served.set(accepted, connection);
    void connection.closed.then(() => served.delete(accepted));
  });
  const { url, host, port } = acceptor;
  return {
    url: url!,
    host,
    port: port!,
    get connections() {
      return [...served.values()];
    },
    cutAll() {
      const count = served.size;
      for (const accepted of served.keys()) accepted.cut?.({ reset: false, error: undefined });
      return count;
    },
    close() {
      const reasonCode = ReasonCode.serverShuttingDown;
      return acceptor.stop(
        Promise.all([...served.values()].map((connection) => connection.disconnect({ reasonCode }))),
      );
    },
  };
}
