import { Buffers, keepConnected, QoS, Session, type ConnectEvent, type Io } from '@minimq/core';
import { ALL_QOS, BURST_COUNT, burstTopic, CALM_COUNT, calmTopic, CUT_COUNT, endTopic } from './plan.ts';
import { Received } from './received.ts';
import type { ScenarioReport } from './report.ts';

/** Far more than any wait takes; past it the scenario fails instead of standing still. */
const WAIT_MS = 20_000;
/** Of a connection; the server is always there, so what fails so often fails for good. */
const ATTEMPT_COUNT_MAX = 5;
/** So that a burst does not fit into any buffer on the way. */
const FILLER = 'x'.repeat(200);

/**
 * The whole life of a session over streams that `open` opens: connect, subscribe, every QoS both ways, a burst in which
 * the broker cuts the connection, resume, disconnect. The broker sends everything back, so that each message goes both
 * ways. Rejects where something is lost, doubled or out of order.
 */
export function runScenario(clientId: string, open: () => Promise<Io>): Promise<ScenarioReport> {
  return new Scenario(clientId, open).run();
}

class Scenario {
  readonly #clientId: string;
  readonly #open: () => Promise<Io>;
  readonly #session: Session;
  readonly #received = new Received();
  readonly #events: ConnectEvent['kind'][] = [];
  readonly #losses: ScenarioReport['losses'][number][] = [];
  #inboundFlowControl: ScenarioReport['inboundFlowControl'] = 'yes';
  /** The next message of the burst to be published. */
  #next = 0;
  #isEndPublished = false;

  constructor(clientId: string, open: () => Promise<Io>) {
    this.#clientId = clientId;
    this.#open = open;
    this.#session = new Session({ buffers: Buffers.allocate({ rx: 8 * 1024, tx: 32 * 1024 }), clientId });
  }

  async run(): Promise<ScenarioReport> {
    const giveUp = new AbortController();
    await keepConnected(this.#session, {
      open: async () => {
        if (this.#events.length > 0) this.#noteLoss();
        const io = await this.#open();
        this.#inboundFlowControl = io.inboundFlowControl ?? 'yes';
        return io;
      },
      run: (event) => this.#onConnection(event),
      backoff: { firstMs: 1, mostMs: 1 },
      onWait({ attempt, error }) {
        if (attempt >= ATTEMPT_COUNT_MAX) giveUp.abort(error);
      },
      signal: giveUp.signal,
    });
    return this.#report();
  }

  async #onConnection({ kind }: ConnectEvent): Promise<void> {
    const session = this.#session;
    this.#events.push(kind);
    if (this.#events.length === 1) {
      const topicFilter = `${this.#clientId}/#`;
      await session.subscribe([{ topicFilter, qos: QoS.exactlyOnce }], { timeoutMs: WAIT_MS });
      for (const qos of ALL_QOS) await this.#calm(qos);
    }
    // What had arrived before a loss is still handed over, so both have to come to their end.
    const halves = await Promise.allSettled([this.#publishBurst(), this.#receiveBurst()]);
    for (const half of halves) if (half.status === 'rejected') throw half.reason;
    await session.disconnect();
  }

  async #calm(qos: QoS): Promise<void> {
    const topic = calmTopic(this.#clientId, qos);
    for (let number = 0; number < CALM_COUNT; number += 1) await this.#publish(topic, qos, number);
    for (let count = 0; count < CALM_COUNT; count += 1) {
      this.#received.take(await this.#session.recv({ timeoutMs: WAIT_MS }), qos);
    }
    await this.#completeAll();
    this.#received.mustBeExact(topic, CALM_COUNT);
  }

  async #publishBurst(): Promise<void> {
    for (; this.#next < 2 * BURST_COUNT; this.#next += 1) {
      const qos = this.#next % 2 === 0 ? QoS.atLeastOnce : QoS.exactlyOnce;
      await this.#publish(burstTopic(this.#clientId, qos), qos, this.#next >> 1);
    }
    await this.#completeAll();
    if (!this.#isEndPublished) await this.#publish(endTopic(this.#clientId), QoS.exactlyOnce, 0);
    this.#isEndPublished = true;
    await this.#completeAll();
  }

  /** Until the message that follows all others. */
  async #receiveBurst(): Promise<void> {
    for (;;) {
      const message = await this.#session.recv({ timeoutMs: WAIT_MS });
      const { topic } = message;
      this.#received.take(message, topic === burstTopic(this.#clientId, 1) ? 1 : 2);
      if (topic === endTopic(this.#clientId)) {
        message.ack();
        return;
      }
    }
  }

  async #publish(topic: string, qos: QoS, number: number): Promise<void> {
    await this.#session.publish({ topic, qos, payload: `${number} ${FILLER}` }, { timeoutMs: WAIT_MS });
  }

  async #completeAll(): Promise<void> {
    for (const op of this.#session.pending) await op.completion({ timeoutMs: WAIT_MS });
  }

  #noteLoss(): void {
    const { pending } = this.#session;
    this.#losses.push({ pendingCount: pending.length, receivedCount: this.#burstCount() });
  }

  #burstCount(): number {
    return [1, 2].reduce((sum, qos) => sum + this.#received.count(burstTopic(this.#clientId, qos as QoS)), 0);
  }

  #report(): ScenarioReport {
    const events = this.#events;
    const resumedCount = events.filter((kind) => kind === 'reconnected').length;
    if (events.length !== CUT_COUNT + 1 || resumedCount !== CUT_COUNT) {
      throw new Error(`${CUT_COUNT} cuts should have been survived, but the connections were ${events.join(', ')}`);
    }
    const [first] = this.#losses;
    if (first === undefined || first.pendingCount === 0) throw new Error('The first cut came when nothing was pending');
    this.#received.mustBeExact(burstTopic(this.#clientId, 2), BURST_COUNT);
    this.#received.mustBeExact(endTopic(this.#clientId), 1);
    return {
      events,
      losses: this.#losses,
      repeatedCount: this.#received.mustBeComplete(burstTopic(this.#clientId, 1), BURST_COUNT),
      inboundFlowControl: this.#inboundFlowControl,
    };
  }
}
