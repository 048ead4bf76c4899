import { describe, expect, it } from 'vitest';
import { DisconnectedError, MqttError, type OwnedPublish, type Session } from '@minimq/core';
import {
  memoryLink,
  MemoryBroker,
  seededRandom,
  VirtualTime,
  type Answers,
  type MemoryLink,
  type ConnectionEnd,
} from '@minimq/testkit';
import { ANSWERS, expectEmptyTx, newSession, type Config } from '../support.ts';
import { BREAKS, cutIn, DIRECTIONS } from './cuts.ts';

// Two sessions that publish to each other through a broker, over links that break at any byte, and processes that die and
// go on from a snapshot. Everything is drawn from a seed, which a failure prints.

const RUNS = 300;
const RUNS_PER_TEST = 50;
/** How long an application may take for a message. */
const WORK_MS_MAX = 3;

/** What has happened in all runs together. */
const seen = { resumed: 0, restarted: 0, repeated: 0, lateAcks: 0, refused: 0, aliased: 0 };

describe('whatever breaks, nothing is lost, nothing of QoS 2 is doubled, order is kept and nothing is left behind', () => {
  for (let first = 1; first <= RUNS; first += RUNS_PER_TEST) {
    const last = first + RUNS_PER_TEST - 1;
    it(`seeds ${first} to ${last}`, { timeout: 60_000 }, async () => {
      for (let seed = first; seed <= last; seed++) {
        try {
          await new World(seed).play();
        } catch (error) {
          throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
      }
    });
  }

  it('and all of it has really happened', () => {
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(RUNS / 10);
  });
});

type Draw = (below: number) => number;

class World {
  readonly time = new VirtualTime();
  readonly draw: Draw;
  readonly broker: MemoryBroker;
  readonly actors: readonly Actor[];
  readonly ends: ConnectionEnd[] = [];
  /** How often a link may still break, or a process die, before the end. */
  faultsLeft: number;

  constructor(seed: number) {
    const random = seededRandom(seed);
    const draw = (below: number): number => Math.floor(random() * below);
    this.draw = draw;
    this.broker = new MemoryBroker({
      clock: this.time.clock('broker'),
      receiveMaximum: draw(2) === 0 ? 1 + draw(4) : undefined,
      topicAliasMaximum: draw(4),
      outboundTopicAliasMax: draw(3),
      onPacket: ({ packet }) => {
        if (packet?.type === 'publish' && packet.topic === '') seen.aliased++;
      },
    });
    this.faultsLeft = draw(10);
    this.actors = [new Actor(this, 'a', 'b'), new Actor(this, 'b', 'a')];
  }

  async play(): Promise<void> {
    const { time, broker, actors } = this;
    const running = Promise.all(actors.map((actor) => actor.run()));
    // A message finds its way only once there is a subscription for it.
    await this.until(
      () => actors.every(({ name }) => broker.session(name)?.subscriptions.length === 1),
      'subscriptions',
    );
    const publishing = Promise.all(actors.map((actor) => actor.publishAll()));
    await time.until(publishing);
    await this.until(() => actors.every((actor) => actor.isDone), 'the end of all exchanges');
    for (const actor of actors) actor.check(actors.find(({ name }) => name === actor.peer)!);
    for (const actor of actors) await actor.stop();
    await time.until(running);
    await time.until(broker.close());
    // The workers that are late.
    await time.advance(WORK_MS_MAX);
    expect(time.pending).toEqual([]);
    // Whatever a session wrote, the broker had nothing against it.
    expect(this.ends.filter(({ error, by }) => by === 'broker' || (by === 'client' && error !== undefined))).toEqual(
      [],
    );
  }

  async until(isReached: () => boolean, what: string): Promise<void> {
    for (let step = 0; !isReached(); step++) {
      if (step > 500) throw new Error(`${what}: not reached after ${this.time.nowMs} ms`);
      await this.time.advance(1);
    }
  }

  /** A link with its own way of moving bytes, and perhaps an end. */
  link(): MemoryLink {
    const { draw } = this;
    const few = draw(3) === 0 ? (): number => 1 + draw(20) : undefined;
    const fixed = ANSWERS[draw(4)];
    const answers = fixed ?? ((): Answers => ANSWERS[draw(3)]!);
    const link = memoryLink({
      clock: this.time.clock('link'),
      capacityBytes: draw(3) === 0 ? 1 + draw(100) : undefined,
      client: { answers, readMaxBytes: few, writeMaxBytes: few },
    });
    if (this.faultsLeft > 0 && draw(4) > 0) {
      this.faultsLeft--;
      cutIn(link, DIRECTIONS[draw(2)]!, draw(draw(2) === 0 ? 60 : 600), BREAKS[draw(3)]!.options);
    }
    void this.broker.accept(link.server).closed.then((end) => this.ends.push(end));
    return link;
  }
}

interface Sent {
  readonly qos: 0 | 1 | 2;
  readonly topic: string;
  /** Whether publish() resolved. */
  accepted: boolean;
}

class Actor {
  readonly name: string;
  readonly peer: string;
  /** By their number; each attempt to publish has one of its own. */
  readonly sent: Sent[] = [];
  /** The numbers of messages in the order in which they were handed over, and of those that count as received. */
  readonly handed: number[] = [];
  readonly received: number[] = [];
  session: Session;
  readonly #world: World;
  readonly #config: Config;
  readonly #count: number;
  #link: MemoryLink | undefined;
  #isSubscribing = false;
  #isStopped = false;
  /** Of processes: one that died has no say any more. */
  #generation = 0;

  constructor(world: World, name: string, peer: string) {
    const { draw } = world;
    this.name = name;
    this.peer = peer;
    this.#world = world;
    this.#count = 10 + draw(30);
    this.#config = {
      clientId: name,
      rx: 128 + draw(500),
      tx: 160 + draw(draw(2) === 0 ? 100 : 1000),
      manualAck: draw(2) === 0,
      receiveMaximum: draw(2) === 0 ? 1 + draw(5) : undefined,
      topicAliasMaximum: draw(3),
      automaticTopicAliases: draw(3),
      inflightMax: draw(3) === 0 ? 1 + draw(3) : undefined,
    };
    this.session = newSession(world.time, this.#config);
  }

  /** Connects, and connects again, and receives meanwhile. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const { session } = this;
      const generation = this.#generation;
      this.#link = this.#world.link();
      try {
        const { kind } = await session.connect(this.#link.client);
        if (kind === 'reconnected') seen.resumed++;
        const receiving = this.#receive(session, generation);
        if (!this.#isSubscribing) {
          this.#isSubscribing = session.state === 'connected';
          session.subscribe([{ topicFilter: `${this.name}/#`, qos: 2 }]).catch(ignoreLoss);
        }
        await receiving;
      } catch (error) {
        ignoreLoss(error);
        if (error instanceof DisconnectedError) expect(['local', 'transport']).toContain(error.by);
      }
    }
  }

  async #receive(session: Session, generation: number): Promise<never> {
    const { draw } = this.#world;
    const hasViews = draw(2) === 0;
    const messages = session.messages();
    for (;;) {
      const message = hasViews ? (await session.recv()).toOwned() : (await messages.next()).value;
      if (message === undefined) await session.recv();
      else if (generation === this.#generation) this.#handle(message, generation);
    }
  }

  #handle(message: OwnedPublish, generation: number): void {
    const { draw, time } = this.#world;
    const number = Number.parseInt(message.text(), 10);
    if (this.handed.includes(number)) seen.repeated++;
    this.handed.push(number);
    if (this.#config.manualAck !== true || message.qos === 0) this.received.push(number);
    else if (draw(2) === 0) this.#acknowledge(message, number);
    // Others work for a while, in parallel.
    else {
      const clock = time.clock('worker');
      clock.wake(time.nowMs + 1 + draw(WORK_MS_MAX), () => {
        if (generation === this.#generation) this.#acknowledge(message, number);
      });
    }
  }

  /** A message whose acknowledgement came too late will be delivered again: it does not count. */
  #acknowledge(message: OwnedPublish, number: number): void {
    if (message.ack()) this.received.push(number);
    else seen.lateAcks++;
  }

  async publishAll(): Promise<void> {
    const { draw, time } = this.#world;
    for (let done = 0; done < this.#count;) {
      if (draw(8) === 0) await new Promise<void>((resolve) => time.clock('pause').wake(time.nowMs + 1, resolve));
      if (draw(40) === 0 && this.#world.faultsLeft > 0) this.#restart();
      if (await this.#publish()) done++;
      else if (this.session.state !== 'connected') {
        await this.session.connected({ timeoutMs: 50 }).catch(ignoreGivingUp);
      }
    }
  }

  /** Returns whether it was accepted; if not, it must never arrive. */
  async #publish(): Promise<boolean> {
    const { draw } = this.#world;
    const qos = draw(3) as 0 | 1 | 2;
    const topic = `${this.peer}/${'xyz'[draw(3)]!}`;
    const attempt: Sent = { qos, topic, accepted: false };
    const number = this.sent.push(attempt) - 1;
    const publication = { topic, qos, payload: `${number} ${'.'.repeat(draw(draw(60)))}`, tag: `${number}` };
    try {
      if (draw(3) === 0) attempt.accepted = this.session.tryPublish(publication) !== null;
      else {
        await this.session.publish(publication, draw(4) === 0 ? { timeoutMs: 1 + draw(3) } : {});
        attempt.accepted = true;
      }
    } catch (error) {
      ignoreGivingUp(error);
    }
    if (!attempt.accepted) seen.refused++;
    return attempt.accepted;
  }

  /** The process dies, and the next one goes on from a snapshot of that moment. */
  #restart(): void {
    seen.restarted++;
    this.#world.faultsLeft--;
    this.#generation++;
    const restore = this.session.snapshot();
    this.session = newSession(this.#world.time, { ...this.#config, restore });
    this.#link?.cut({ inFlight: 'lost', reads: 'reset' });
  }

  get isDone(): boolean {
    const info = this.#world.broker.session(this.name);
    return (
      this.session.state === 'connected' &&
      this.session.isPublishQuiescent &&
      this.session.canPublish(0, this.session.maxTxPacketSize) &&
      info?.queuedCount === 0 &&
      info.openCount === 0 &&
      info.receivedCount === 0
    );
  }

  /** Holds what arrived here against what the other one sent. */
  check({ sent }: Actor): void {
    for (const [number, { accepted, qos }] of sent.entries()) {
      const times = this.received.filter((each) => each === number).length;
      const what = `message ${number} of QoS ${qos} to ${this.name}, ${accepted ? '' : 'not '}accepted, received ${times} times`;
      if (!accepted) expect(times, what).toBe(0);
      else if (qos === 1) expect(times, what).toBeGreaterThanOrEqual(1);
      else if (qos === 2) expect(times, what).toBe(1);
      else expect(times, what).toBeLessThanOrEqual(1);
    }
    // By the first time that each was handed over [MQTT-4.6.0-5].
    const firsts = [...new Set(this.handed)];
    const kinds = new Set(sent.map(({ qos, topic }) => `${qos} ${topic}`));
    for (const kind of kinds) {
      const numbers = firsts.filter((number) => `${sent[number]!.qos} ${sent[number]!.topic}` === kind);
      expect(numbers, `order of ${kind}`).toEqual([...numbers].sort((a, b) => a - b));
    }
  }

  async stop(): Promise<void> {
    expectEmptyTx(this.session);
    this.#isStopped = true;
    await this.#world.time.until(this.session.disconnect());
  }
}

function ignoreLoss(error: unknown): void {
  if (!(error instanceof MqttError) || !error.connectionLost) throw error;
}

function ignoreGivingUp(error: unknown): void {
  if (!(error instanceof MqttError) || error.code !== 'timeout') ignoreLoss(error);
}
