import { describe, expect, it } from 'vitest';
import { DisconnectedError, MqttError, type Op, type Session } from '@minimq/core';
import { forEachCut, MemoryBroker, type Bench } from '@minimq/testkit';
import { ANSWERS, expectEmptyTx, newSession } from '../support.ts';

// A publisher, a broker and a subscriber, and one of their connections lost at every byte of its life: CONNECT, SUBSCRIBE,
// the exchange of one message and DISCONNECT (sections 4.3 and 4.4).

/** Whose connection is which: the subscriber connects first. */
const CONNECTIONS = { subscriber: 1, publisher: 2 } as const;

describe.each(ANSWERS)('a link that answers %s', (answers) => {
  describe.each([1, 2] as const)('a message of QoS %s', (qos) => {
    it.each(Object.entries(CONNECTIONS))(
      'arrives, whatever byte the link of the %s is cut at',
      async (_, connection) => {
        const cuts = await forEachCut((bench) => new Scene(bench, qos).play(), {
          connection,
          link: { client: { answers } },
        });
        // In each of three ways: every byte of CONNECT and of what comes behind it, and of CONNACK and a PUBACK.
        expect(cuts.filter(({ direction }) => direction === 'toServer').length).toBeGreaterThan(3 * (29 + 4));
        expect(cuts.filter(({ direction }) => direction === 'toClient').length).toBeGreaterThan(3 * (5 + 4));
      },
    );
  });
});

class Scene {
  readonly #bench: Bench;
  readonly #broker: MemoryBroker;
  readonly #publisher: Session;
  readonly #subscriber: Session;
  readonly #qos: 1 | 2;

  constructor(bench: Bench, qos: 1 | 2) {
    this.#bench = bench;
    this.#broker = new MemoryBroker({ clock: bench.time.clock('broker') });
    this.#publisher = newSession(bench.time, { clientId: 'p' });
    this.#subscriber = newSession(bench.time, { clientId: 's' });
    this.#qos = qos;
  }

  async play(): Promise<void> {
    const { time } = this.#bench;
    const texts: string[] = [];
    const receiving = this.#receive(texts);
    await time.settle();
    expect(this.#broker.session('s')?.subscriptions).toHaveLength(1);
    const op = await this.#publish();
    await time.settle();
    expect(op.state).toBe('complete');
    // Nothing is lost, and of QoS 2 nothing is doubled. The one cut may double a message of QoS 1.
    expect(texts).toEqual(texts.length === 2 && this.#qos === 1 ? ['hi', 'hi'] : ['hi']);
    expect(this.#broker.session('s')).toMatchObject({ queuedCount: 0, openCount: 0 });
    expect(this.#broker.session('p')).toMatchObject({ receivedCount: 0 });
    for (const session of [this.#publisher, this.#subscriber]) {
      expect(session.isPublishQuiescent).toBe(true);
      if (session.state === 'connected') expectEmptyTx(session);
      await session.disconnect();
    }
    await receiving;
    await this.#broker.close();
    await time.settle();
    expect(time.pending).toEqual([]);
  }

  /** An accepted SUBSCRIBE is in force, or asked again, after 'reconnected'. */
  async #receive(texts: string[]): Promise<void> {
    const session = this.#subscriber;
    let isAccepted = false;
    await this.#connections(session, async (isNew) => {
      if (isNew || !isAccepted) {
        isAccepted = session.state === 'connected';
        await session.subscribe([{ topicFilter: 't', qos: this.#qos }]);
      }
      for (;;) texts.push((await session.recv()).text());
    });
  }

  async #publish(): Promise<Op> {
    const session = this.#publisher;
    let op: Op | undefined;
    await this.#connections(session, async () => {
      op ??= await session.publish({ topic: 't', payload: 'hi', qos: this.#qos });
      await op.completion();
    });
    return op!;
  }

  /** Connects again after a loss. */
  async #connections(session: Session, run: (isNew: boolean) => Promise<void>): Promise<void> {
    for (;;) {
      const { client, server } = this.#bench.open();
      try {
        this.#broker.accept(server);
        const { kind } = await session.connect(client);
        await run(kind === 'connected');
        return;
      } catch (error) {
        if (error instanceof DisconnectedError && error.by === 'local') return;
        if (!(error instanceof MqttError) || !error.connectionLost) throw error;
      }
    }
  }
}
