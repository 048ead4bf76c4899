import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import type { Closed, ConformanceClient, Connected } from '../client.ts';

/** A reason code of which nobody knows what it was. */
const UNKNOWN = Number.NaN;

/**
 * A client that nobody can look into: it does by itself what it was told, and what its calls come to is not seen. Only
 * the wire says whether its connection stands.
 */
export class BlindClient implements ConformanceClient {
  readonly #broker: ScriptedBroker;
  readonly #connected: Promise<Connected>;
  #resolve!: (connected: Connected) => void;
  #reject!: (error: Error) => void;
  #isConnected = false;

  constructor(broker: ScriptedBroker) {
    this.#broker = broker;
    this.#connected = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#connected.catch(() => {});
  }

  connect(): Promise<Connected> {
    if (this.#isConnected) return notTold();
    this.#isConnected = true;
    return this.#connected;
  }

  /** Settles `connect()` where the wire shows how it has come out. */
  look(): void {
    const { transcript } = this.#broker;
    const [connack] = transcript.packets({ type: 'connack', direction: 'toClient', connection: 1 });
    const ended = transcript.entries.some((entry) => entry.kind === 'mark' && ENDS.includes(entry.label));
    if (ended) this.#reject(new Error('The connection has ended'));
    else if (connack?.packet.type === 'connack' && connack.packet.reasonCode === 0) {
      this.#resolve({ reasonCode: 0, sessionPresent: connack.packet.sessionPresent });
    }
  }

  publish(): Promise<number> {
    return Promise.resolve(UNKNOWN);
  }

  subscribe(): Promise<readonly number[]> {
    return Promise.resolve([UNKNOWN]);
  }

  unsubscribe(): Promise<readonly number[]> {
    return Promise.resolve([UNKNOWN]);
  }

  disconnect(): Promise<void> {
    return Promise.resolve();
  }

  reauthenticate(): Promise<void> {
    return notTold();
  }

  closed(): Promise<Closed> {
    return notTold();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a transcript says of a connection that the client has ended, or lost. */
const ENDS: readonly string[] = ['client closes', 'lost'];

function notTold(): Promise<never> {
  return Promise.reject(new Error('A program cannot be told'));
}
