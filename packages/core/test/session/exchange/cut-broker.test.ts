import { describe, expect, it } from 'vitest';
import { DisconnectedError, MqttError, type Op, type Session } from '@minimq/core';
import { memoryLink, MemoryBroker, VirtualTime, type Answers, type MemoryLink } from '@minimq/testkit';
import { ANSWERS, expectEmptyTx, newSession } from '../support.ts';
import { BREAKS, cutIn, DIRECTIONS } from './cuts.ts';

// A publisher, a broker and a subscriber, and one of their connections lost at every byte of its life: CONNECT, SUBSCRIBE
// and the exchange of one message (sections 4.3 and 4.4).

const ROLES = ['publisher', 'subscriber'] as const;

describe.each(ANSWERS)('a link that answers %s', (answers) => {
  describe.each([1, 2] as const)('a message of QoS %s', (qos) => {
    for (const role of ROLES) {
      for (const direction of DIRECTIONS) {
        for (const { name, options } of BREAKS) {
          it(
            `arrives, whatever byte ${direction} of the ${role} the link is cut at, ${name}`,
            { timeout: 30_000 },
            async () => {
              let bytes = 0;
              for (; bytes < 500; bytes++) {
                const scene = new Scene(answers, qos);
                const cut = scene.links[role][0]!;
                cutIn(cut, direction, bytes, options);
                if (!(await scene.play(cut, `cut after ${bytes} bytes`))) break;
              }
              // The whole exchange was shorter than that: every byte of it has had its turn.
              expect(bytes).toBeGreaterThan(direction === 'toServer' ? 29 + 4 : 5 + 4);
              expect(bytes).toBeLessThan(100);
            },
          );
        }
      }
    }
  });
});

class Scene {
  readonly links: Readonly<Record<(typeof ROLES)[number], readonly MemoryLink[]>>;
  readonly #time = new VirtualTime();
  readonly #broker = new MemoryBroker({ clock: this.#time.clock('broker') });
  readonly #publisher = newSession(this.#time, { clientId: 'p' });
  readonly #subscriber = newSession(this.#time, { clientId: 's' });
  readonly #qos: 1 | 2;

  constructor(answers: Answers, qos: 1 | 2) {
    this.#qos = qos;
    const link = (): MemoryLink => memoryLink({ clock: this.#time.clock('link'), client: { answers } });
    this.links = { publisher: [link(), link()], subscriber: [link(), link()] };
  }

  /** Returns whether `cut` was cut. */
  async play(cut: MemoryLink, where: string): Promise<boolean> {
    const texts: string[] = [];
    const receiving = this.#receive(texts);
    await this.#time.settle();
    expect(this.#broker.session('s')?.subscriptions, where).toHaveLength(1);
    const op = await this.#time.until(this.#publish());
    await this.#time.settle();
    expect(op.state, where).toBe('complete');
    // Nothing is lost, and of QoS 2 nothing is doubled. The one cut may double a message of QoS 1.
    expect(texts, where).toEqual(texts.length === 2 && this.#qos === 1 ? ['hi', 'hi'] : ['hi']);
    expect(this.#broker.session('s'), where).toMatchObject({ queuedCount: 0, openCount: 0 });
    expect(this.#broker.session('p'), where).toMatchObject({ receivedCount: 0 });
    const wasCut = cut.toServer.isEnded;
    for (const session of [this.#publisher, this.#subscriber]) {
      expect(session.isPublishQuiescent, where).toBe(true);
      if (session.state === 'connected') expectEmptyTx(session);
      await this.#time.until(session.disconnect());
    }
    await this.#time.until(receiving);
    await this.#time.until(this.#broker.close());
    await this.#time.settle();
    expect(this.#time.pending, where).toEqual([]);
    return wasCut;
  }

  /** An accepted SUBSCRIBE is in force, or asked again, after 'reconnected'. */
  async #receive(texts: string[]): Promise<void> {
    const session = this.#subscriber;
    let isAccepted = false;
    await this.#connections('subscriber', session, async (isNew) => {
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
    await this.#connections('publisher', session, async () => {
      op ??= await session.publish({ topic: 't', payload: 'hi', qos: this.#qos });
      await op.completion();
    });
    return op!;
  }

  /** Connects again after a loss. */
  async #connections(
    role: (typeof ROLES)[number],
    session: Session,
    run: (isNew: boolean) => Promise<void>,
  ): Promise<void> {
    for (const link of this.links[role]) {
      try {
        this.#broker.accept(link.server);
        const { kind } = await session.connect(link.client);
        await run(kind === 'connected');
        return;
      } catch (error) {
        if (error instanceof DisconnectedError && error.by === 'local') return;
        if (!(error instanceof MqttError) || !error.connectionLost) throw error;
      }
    }
  }
}
