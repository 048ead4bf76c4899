import { connect, createServer, type Socket } from 'node:net';
import { faultsOf, type Faults, type LinkFaults } from '../faults/faults.ts';
import { SocketsOverLink, type ProxiedConnection } from './fault-proxy-connection.ts';
import type { ListenOptions } from './listen-options.ts';
import { SocketAcceptor } from './socket-acceptor.ts';

/** The faults of a link but one: to take nothing is an answer of an `Io`, and sockets are none. */
export type ProxyFaults = {
  readonly [Direction in keyof LinkFaults]?: Omit<Faults, 'zeroWrites'> & { readonly zeroWrites?: never };
};

export interface FaultProxyOptions {
  /** The broker. Default host `127.0.0.1`. */
  readonly to: { readonly host?: string | undefined; readonly port: number };
  /** Default a free port of this machine only. */
  readonly listen?: ListenOptions | undefined;
  /** Of every connection from its beginning. Default none. */
  readonly faults?: ProxyFaults | undefined;
  /** Decides all that the faults draw; the nth connection draws the same each time. Default 1. */
  readonly seed?: number | undefined;
  /**
   * Bytes under way in each direction of a connection. Beyond them the proxy does not read, so that its peer has to wait.
   * Default `LINK_CAPACITY_BYTES`.
   */
  readonly capacityBytes?: number | undefined;
}

export interface FaultProxyCounts {
  /** Connections that have come. */
  readonly accepted: number;
  /** Bytes that have been passed on, on all of them. */
  readonly toServerBytes: number;
  /** The same in the other direction. */
  readonly toClientBytes: number;
}

/** A TCP port in front of a broker, with trouble on demand. It keeps the process alive until it is closed. */
export interface FaultProxy {
  /** `mqtt://127.0.0.1:PORT`, for what takes an address; it passes any bytes on. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Those that are there, in their order. */
  readonly connections: readonly ProxiedConnection[];
  readonly counts: FaultProxyCounts;
  /**
   * From now on these faults and no others, for the connections that are there and for those to come; `{}`: none. Throws
   * a RangeError for a number out of its range.
   */
  setFaults(faults: ProxyFaults): void;
  /** Ends all connections: what is under way still arrives, then both sides see the end. Returns how many. */
  cut(): number;
  /** Resets all connections: what is under way is lost, and both sides get ECONNRESET. Returns how many. */
  reset(): number;
  /** Nothing arrives any more, also on connections to come, until `resume()`. */
  stall(): void;
  /** Takes `stall()` back. */
  resume(): void;
  /** Stops listening, resets the connections that are there, and resolves when all sockets have been closed. Twice is fine. */
  close(): Promise<void>;
}

/**
 * Listens on a port and connects every client to a broker. Where the broker cannot be reached the client is reset.
 * Rejects with the system's error where it cannot have its port, and with a RangeError for a number out of its range.
 */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(options);
  await proxy.start();
  return proxy;
}

class TcpFaultProxy implements FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #acceptor: SocketAcceptor;
  readonly #connections = new Set<SocketsOverLink>();
  #faults: ProxyFaults = {};
  #isStalled = false;
  #acceptedCount = 0;
  /** Of connections that are over. */
  #toServerBytes = 0;
  #toClientBytes = 0;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    // Also where there is no connection yet, numbers that are none are refused.
    this.setFaults(options.faults ?? {});
    const { port } = options.to;
    if (!(Number.isInteger(port) && port >= 1 && port <= 0xffff)) {
      throw new RangeError(`to.port has to be a whole number from 1 to 65535, not ${port}`);
    }
    this.#acceptor = new SocketAcceptor({
      scheme: 'mqtt',
      ...options.listen,
      serve: () => createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket)),
    });
  }

  get url(): string {
    return this.#acceptor.url!;
  }

  get host(): string {
    return this.#acceptor.host;
  }

  get port(): number {
    return this.#acceptor.port!;
  }

  get connections(): readonly ProxiedConnection[] {
    return [...this.#connections];
  }

  get counts(): FaultProxyCounts {
    let [toServerBytes, toClientBytes] = [this.#toServerBytes, this.#toClientBytes];
    for (const { toServer, toClient } of this.#connections) {
      toServerBytes += toServer.readBytes;
      toClientBytes += toClient.readBytes;
    }
    return { accepted: this.#acceptedCount, toServerBytes, toClientBytes };
  }

  start(): Promise<void> {
    // Nobody here is served: the bytes go on.
    return this.#acceptor.start(() => {});
  }

  setFaults(faults: ProxyFaults): void {
    refuseZeroWrites(faults);
    faultsOf(faults, 'toServer');
    faultsOf(faults, 'toClient');
    this.#faults = faults;
    for (const { link } of this.#connections) link.setFaults(faults);
  }

  cut(): number {
    for (const connection of this.#connections) connection.cut();
    return this.#connections.size;
  }

  reset(): number {
    for (const connection of this.#connections) connection.reset();
    return this.#connections.size;
  }

  stall(): void {
    this.#isStalled = true;
    for (const connection of this.#connections) stall(connection);
  }

  resume(): void {
    this.#isStalled = false;
    for (const { toServer, toClient } of this.#connections) {
      toServer.resume();
      toClient.resume();
    }
  }

  async close(): Promise<void> {
    const connections = [...this.#connections];
    for (const connection of connections) connection.destroy();
    await this.#acceptor.stop(Promise.all(connections.map(({ closed }) => closed)));
  }

  #accept(client: Socket): void {
    this.#acceptedCount += 1;
    const { to, seed = 1, capacityBytes } = this.#options;
    const server = connect({ host: to.host ?? '127.0.0.1', port: to.port, allowHalfOpen: true, noDelay: true });
    const connection = new SocketsOverLink(client, server, {
      faults: this.#faults,
      // Seeds that follow each other give unlike sequences.
      seed: seed + this.#acceptedCount - 1,
      capacityBytes,
    });
    if (this.#isStalled) stall(connection);
    this.#connections.add(connection);
    void connection.closed.then(() => {
      this.#connections.delete(connection);
      this.#toServerBytes += connection.toServer.readBytes;
      this.#toClientBytes += connection.toClient.readBytes;
    });
  }
}

function stall({ toServer, toClient }: ProxiedConnection): void {
  toServer.stall();
  toClient.stall();
}

function refuseZeroWrites(faults: LinkFaults): void {
  for (const name of ['both', 'toServer', 'toClient'] as const) {
    if (faults[name]?.zeroWrites === true) throw new RangeError('zeroWrites: no socket answers that');
  }
}
