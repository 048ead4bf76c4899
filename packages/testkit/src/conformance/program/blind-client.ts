import { setTimeout } from 'node:timers/promises';
import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import type { Closed, ConformanceClient, Connected } from '../client.ts';

/** A reason code of which nobody knows what it was. */
const UNKNOWN = Number.NaN;
/** Milliseconds of real time that a program has for what it was told, on a machine that has other things to do. */
const ACT_LIMIT_MS = 500;
/** Milliseconds between two looks whether it has begun. */
const LOOK_MS = 5;

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
  #isAwaited = false;

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
    if (this.#hasEnded()) this.#reject(new Error('The connection has ended'));
    else if (connack?.packet.type === 'connack' && connack.packet.reasonCode === 0) {
      this.#resolve({ reasonCode: 0, sessionPresent: connack.packet.sessionPresent });
    }
  }

  /**
   * Over sockets: resolves when the program has begun with what it was told, or when it is not going to. A silence before
   * that says nothing.
   */
  async acted(): Promise<void> {
    const endMs = performance.now() + ACT_LIMIT_MS;
    while (this.#isAwaited && !this.#hasActed() && performance.now() < endMs) await setTimeout(LOOK_MS);
    this.#isAwaited = false;
  }

  publish(): Promise<number> {
    this.#isAwaited = true;
    return Promise.resolve(UNKNOWN);
  }

  subscribe(): Promise<readonly number[]> {
    this.#isAwaited = true;
    return Promise.resolve([UNKNOWN]);
  }

  unsubscribe(): Promise<readonly number[]> {
    this.#isAwaited = true;
    return Promise.resolve([UNKNOWN]);
  }

  disconnect(): Promise<void> {
    this.#isAwaited = true;
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

  #hasActed(): boolean {
    const sent = this.#broker.transcript.packets({ direction: 'toServer' });
    return sent.some(({ packet }) => packet.type !== 'connect') || this.#hasEnded();
  }

  #hasEnded(): boolean {
    return this.#broker.transcript.entries.some((entry) => entry.kind === 'mark' && ENDS.includes(entry.label));
  }
}

/** What a transcript says of a connection that the client has ended, or lost. */
const ENDS: readonly string[] = ['client closes', 'lost'];

function notTold(): Promise<never> {
  return Promise.reject(new Error('A program cannot be told'));
}
