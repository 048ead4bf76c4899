import { Buffers, QoS, Session, type Op } from '@minimq/core';
import { QOS_ALL, type Tally } from './tally.ts';

/** The topic of the last message, which tells the subscriber that nothing comes after it. */
export const END = 'end';
/** How far the publisher may be ahead of the subscriber, so that no broker has to queue more than it is willing to. */
const AHEAD_MAX = 300;

/** Publishes every message: number 1 at QoS 0, 1 and 2, number 2 at QoS 0, 1 and 2, and so on. */
export class Publisher {
  readonly session: Session;
  readonly #topic: string;
  readonly #tally: Tally;
  /** How many messages the session has accepted. */
  #acceptedCount = 0;
  /** QoS 0 publishes by number, those that may still be on their way to the transport. */
  readonly #onTheirWay = new Map<number, Op>();
  #givenBack: number[] = [];

  constructor(name: string, tally: Tally) {
    this.#topic = name;
    this.#tally = tally;
    this.session = new Session({
      // A small tx, so that the cut comes while a publish waits for room: the hardest moment for it.
      buffers: Buffers.allocate({ rx: 4 * 1024, tx: 8 * 1024 }),
      clientId: `${name}-publisher`,
      sessionExpiryInterval: 300,
      inbound: 'discard', // It subscribes to nothing.
    });
  }

  /** The QoS 0 message that comes next. */
  get nextNumber(): number {
    return Math.ceil(this.#acceptedCount / QOS_ALL.length) + 1;
  }

  /** Called for every connection: goes on where the one before was lost. A loss makes the call that waits reject. */
  async run(signal: AbortSignal): Promise<void> {
    const { session } = this;
    for (let number = this.#givenBack.at(-1); number !== undefined; number = this.#givenBack.at(-1)) {
      await this.#publish(QoS.atMostOnce, number);
      this.#givenBack.pop();
    }
    while (this.#acceptedCount < this.#tally.total * QOS_ALL.length) {
      const number = Math.floor(this.#acceptedCount / QOS_ALL.length) + 1;
      while (number > this.#tally.distinctCount(QoS.exactlyOnce) + AHEAD_MAX) await session.delay(1, signal);
      await this.#publish(QOS_ALL[this.#acceptedCount % QOS_ALL.length]!, number);
      this.#acceptedCount++;
    }
    // What was accepted on an earlier connection is among it.
    for (const op of session.pending) await op.completion();
    const end = await session.publish({ topic: `${this.#topic}/${END}`, qos: QoS.atLeastOnce });
    await end.completion();
    // Nothing is to be left at the broker.
    await session.disconnect({ properties: { sessionExpiryInterval: 0 } });
  }

  /** The connection was lost: takes down what that means for the messages under way. */
  takeStock(): { readonly unacknowledged: number; readonly givenBack: number } {
    const { pending } = this.session;
    for (const { qos, tag } of pending) if (tag !== undefined) this.#tally.unacknowledged(qos, Number(tag));
    for (const [number, op] of this.#onTheirWay) {
      if (op.state === 'complete') continue;
      this.#tally.givenBack(number);
      this.#givenBack.push(number);
    }
    this.#onTheirWay.clear();
    return { unacknowledged: pending.length, givenBack: this.#givenBack.length };
  }

  async #publish(qos: QoS, number: number): Promise<void> {
    const publication = { topic: `${this.#topic}/${qos}`, payload: String(number), qos, tag: String(number) };
    const op = await this.session.publish(publication);
    this.#tally.sent(qos, number);
    if (qos !== QoS.atMostOnce) return;
    this.#onTheirWay.set(number, op);
    // Publishes leave in order, and what has arrived behind this one has left.
    this.#onTheirWay.delete(number - AHEAD_MAX - 1);
  }
}
