import { MemoryBroker } from '@minimq/testkit';
import { listenTcp, listenTls, listenWebSocket, type BrokerListener } from '@minimq/testkit/node';
import { testCertificates } from '@minimq/testkit/certificates';
import type { Transport } from '../tasks/target.ts';
import { RunWatch } from './run-watch.ts';

/** A broker with a port for each transport. It serves one run at a time. */
export class BrokerUnderWatch {
  readonly #broker: MemoryBroker;
  readonly #listeners: Readonly<Record<Transport, BrokerListener>>;
  #watch: RunWatch | undefined;

  static async start(): Promise<BrokerUnderWatch> {
    const broker = new MemoryBroker({
      onPacket: (observed) => self.#watch?.onPacket(observed),
      authorizePublish(request) {
        self.#watch?.onPublish(request);
        return undefined;
      },
    });
    const tls = testCertificates().server;
    const self = new BrokerUnderWatch(broker, {
      tcp: await listenTcp(broker),
      tls: await listenTls(broker, tls),
      ws: await listenWebSocket(broker),
      wss: await listenWebSocket(broker, { tls }),
    });
    return self;
  }

  private constructor(broker: MemoryBroker, listeners: Readonly<Record<Transport, BrokerListener>>) {
    this.#broker = broker;
    this.#listeners = listeners;
  }

  url(transport: Transport): string {
    return this.#listeners[transport].url;
  }

  /** Looks at what comes from now on as one run over this transport. */
  watch(transport: Transport): RunWatch {
    this.#watch = new RunWatch(() => void this.#listeners[transport].cutAll());
    return this.#watch;
  }

  async close(): Promise<void> {
    await this.#broker.close();
    await Promise.all(Object.values(this.#listeners).map((listener) => listener.close()));
  }
}
