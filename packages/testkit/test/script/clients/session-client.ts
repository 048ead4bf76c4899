import { Buffers, DisconnectedError, PeerError, Session, type InboundPublish, type Io, type QoS } from '@minimq/core';
import type { VirtualTime } from '@minimq/testkit';
import type { ClientSetup, Connected, Request, TestClient } from './test-client.ts';

/** Our own session, over whatever `open` opens. */
export class SessionClient implements TestClient {
  readonly received: string[] = [];
  readonly #session: Session;
  readonly #time: VirtualTime;
  readonly #open: () => Io | Promise<Io>;
  #held: Promise<void> = Promise.resolve();
  #release: () => void = () => {};
  #answer: string | undefined;

  constructor(time: VirtualTime, open: () => Io | Promise<Io>, setup: ClientSetup = {}) {
    const { clientId = 'c', keepAlive = 0, receiveMaximum, cleanStart = false } = setup;
    this.#time = time;
    this.#open = open;
    this.#session = new Session({
      buffers: Buffers.allocate({ rx: 16 * 1024, tx: 16 * 1024 }),
      clock: time.clock('session'),
      clientId,
      keepAlive,
      receiveMaximum,
      sessionExpiryInterval: cleanStart ? 0 : 300,
    });
  }

  async connect(): Promise<Connected> {
    try {
      const { kind } = await this.#session.connect(await this.#open());
      void this.#receive();
      return { sessionPresent: kind === 'reconnected', reasonCode: 0 };
    } catch (error) {
      if (error instanceof PeerError) return { sessionPresent: false, reasonCode: error.reasonCode };
      throw error;
    }
  }

  async publish(topic: string, payload: string, qos: QoS, request?: Request): Promise<void> {
    const properties = request && { ...request, correlationData: new TextEncoder().encode(request.correlationData) };
    const op = await this.#session.publish({ topic, payload, qos, properties });
    await op.completion({ acrossConnections: true });
  }

  async subscribe(topicFilter: string, qos: QoS): Promise<readonly number[]> {
    try {
      return (await this.#session.subscribe([{ topicFilter, qos }])).reasonCodes;
    } catch (error) {
      if (error instanceof PeerError) return error.reasonCodes;
      throw error;
    }
  }

  async unsubscribe(topicFilter: string): Promise<void> {
    await this.#session.unsubscribe([topicFilter]);
  }

  hold(): void {
    this.#held = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  answerWith(payload: string): void {
    this.#answer = payload;
  }

  advance(ms: number): Promise<void> {
    return this.#time.advance(ms);
  }

  async disconnect(): Promise<void> {
    await this.#session.disconnect();
  }

  async stop(): Promise<void> {
    this.#release();
    const stopping = this.#session.disconnect({ timeoutMs: 1 });
    await this.#time.advance(1);
    await stopping;
  }

  async #receive(): Promise<void> {
    try {
      for (;;) await this.#handle(await this.#session.recv());
    } catch (error) {
      if (!(error instanceof DisconnectedError)) throw error;
    }
  }

  async #handle(message: InboundPublish): Promise<void> {
    this.received.push(`${message.topic} ${message.text()}`);
    const target = message.responseTarget();
    if (this.#answer !== undefined && target !== undefined) {
      void this.#session.publish({ ...message.reply(this.#answer)!, qos: 0 });
    }
    await this.#held;
  }
}
