import type { Clock } from '../clock.ts';
import { InvalidRequestError, type MqttError } from '../errors.ts';
import type { Engine } from '../protocol/engine.ts';
import type { InboundPublish, OwnedPublish } from '../protocol/inbound-publish.ts';
import { checkWaitOptions, type Wait, type WaitKind, type WaitOptions, type Waits } from './wait.ts';

/** What a waiting consumer wants: a view, a copy, or news of any progress. */
export type ConsumerMode = 'view' | 'owned' | 'poll';

type Received = InboundPublish | OwnedPublish | null;

const RECEIVING: WaitKind = { needsInput: false, survives: false };

/** The one consumer of a session's messages: `recv`, `poll`, `drive` and `messages()`. */
export class Consumer {
  readonly #engine: Engine;
  readonly #waits: Waits;
  readonly #clock: Clock;
  /** Why there is no connection. */
  readonly #gone: () => MqttError;
  #wait: Wait<Received> | null = null;
  #mode: ConsumerMode = 'view';
  #owner: object | undefined;
  #progressSeen = 0;

  constructor(engine: Engine, waits: Waits, clock: Clock, gone: () => MqttError) {
    this.#engine = engine;
    this.#waits = waits;
    this.#clock = clock;
    this.#gone = gone;
  }

  /**
   * Comes back for the next message: the last one is acknowledged, unless by hand. Returns it where it has arrived, and
   * `null` else.
   */
  take(mode: ConsumerMode, options: WaitOptions): Received {
    checkWaitOptions(options);
    if (this.#wait !== null) {
      const message = 'Another recv(), poll() or messages() waits for the next message: there can be one';
      throw new InvalidRequestError('consumer-busy', message);
    }
    this.#engine.comeBack();
    if (this.#engine.hasMessage) return this.#claim(mode);
    if (this.#engine.granted === null) throw this.#gone();
    return null;
  }

  /** Waits for what `take` did not find. `owner`: who may `leave`. */
  wait(mode: ConsumerMode, options: WaitOptions, owner?: object): Promise<Received> {
    if (mode === 'poll' && this.#noteProgress()) return Promise.resolve(null);
    const wait = this.#waits.add<Received>(RECEIVING, options, this.#clock);
    this.#wait = wait;
    this.#mode = mode;
    this.#owner = owner;
    wait.onCancel = () => void (this.#wait = null);
    return wait.promise;
  }

  /** Ends the wait with `null`, if it is this owner's. */
  leave(owner: object): void {
    const wait = this.#wait;
    if (wait === null || this.#owner !== owner) return;
    this.#wait = null;
    wait.resolve(null);
  }

  /** The engine has moved on: ends the wait if it can. */
  deliver(): void {
    const wait = this.#wait;
    if (wait === null) return;
    let received: Received = null;
    if (this.#engine.hasMessage) received = this.#claim(this.#mode);
    else if (this.#mode !== 'poll' || !this.#noteProgress()) return;
    this.#wait = null;
    wait.resolve(received);
  }

  #claim(mode: ConsumerMode): InboundPublish | OwnedPublish {
    this.#progressSeen = this.#engine.progressCount;
    return mode === 'owned' ? this.#engine.claimOwned() : this.#engine.claim();
  }

  #noteProgress(): boolean {
    const { progressCount } = this.#engine;
    if (progressCount === this.#progressSeen) return false;
    this.#progressSeen = progressCount;
    return true;
  }
}
