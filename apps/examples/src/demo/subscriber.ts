import { Buffers, QoS, Session, type ConnectEvent } from '@minimq/core';
import { END } from './publisher.ts';
import type { Tally } from './tally.ts';

/** Takes every message and counts it. */
export class Subscriber {
  readonly session: Session;
  /** Resolves when the subscription is in force. */
  readonly subscribed: Promise<void>;
  readonly #topic: string;
  readonly #tally: Tally;
  readonly #onMessage: () => void;
  #onSubscribed!: () => void;

  constructor(name: string, tally: Tally, onMessage: () => void) {
    this.#topic = name;
    this.#tally = tally;
    this.#onMessage = onMessage;
    this.subscribed = new Promise((resolve) => (this.#onSubscribed = resolve));
    this.session = new Session({
      buffers: Buffers.allocate({ rx: 16 * 1024, tx: 4 * 1024 }),
      clientId: `${name}-subscriber`,
      sessionExpiryInterval: 300,
    });
  }

  /** Called for every connection. */
  async run(event: ConnectEvent): Promise<void> {
    const { session } = this;
    // 'reconnected': the broker has kept the session, and the subscription with it.
    if (event.kind === 'connected') {
      await session.subscribe([{ topicFilter: `${this.#topic}/+`, qos: QoS.exactlyOnce }]);
    }
    this.#onSubscribed();
    for await (const message of session.messages()) {
      const level = message.topic.slice(this.#topic.length + 1);
      if (level === END) {
        message.ack();
        // Nothing is to be left at the broker.
        await session.disconnect({ properties: { sessionExpiryInterval: 0 } });
        return;
      }
      this.#tally.received(Number(level) as QoS, Number(message.text()), message.dup);
      this.#onMessage();
    }
  }
}
