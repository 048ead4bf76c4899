import mqtt, { Store, type IConnackPacket, type MqttClient } from 'mqtt';
import type { QoS } from '@minimq/core';
import { VirtualTime, type VirtualClock } from '@minimq/testkit';
import type { ClientSetup, Connected, Request, TestClient } from './test-client.ts';

/** MQTT.js 5, on its defaults as far as a scenario leaves them; its keep alive runs on virtual time. */
export class MqttJsClient implements TestClient {
  readonly received: string[] = [];
  readonly #time = new VirtualTime();
  readonly #client: MqttClient;
  readonly #stores = { incomingStore: new Store({ clean: false }), outgoingStore: new Store({ clean: false }) };
  #isFirst = true;
  #isHeld = false;
  #waiting: (() => void)[] = [];
  #answer: string | undefined;

  constructor(url: string, setup: ClientSetup = {}) {
    const { clientId = 'c', keepAlive = 0, receiveMaximum, cleanStart = false } = setup;
    const properties = {
      ...(cleanStart ? {} : { sessionExpiryInterval: 300 }),
      ...(receiveMaximum && { receiveMaximum }),
    };
    this.#client = mqtt.connect(url, {
      protocolVersion: 5,
      clientId,
      keepalive: keepAlive,
      clean: cleanStart,
      properties,
      manualConnect: true,
      // A scenario says itself when the client connects again.
      reconnectPeriod: 0,
      timerVariant: intervalsOn(this.#time),
      ...this.#stores,
    });
    // Without a listener an error would end the process.
    this.#client.on('error', () => {});
    this.#client.on('message', (topic, payload, packet) => {
      this.received.push(`${topic} ${payload.toString()}`);
      const { responseTopic, correlationData } = packet.properties ?? {};
      if (this.#answer === undefined || responseTopic === undefined) return;
      this.#client.publish(responseTopic, this.#answer, { properties: { correlationData: correlationData! } });
    });
    this.#client.handleMessage = (_packet, done) => {
      if (this.#isHeld) this.#waiting.push(done);
      else done();
    };
  }

  async connect(): Promise<Connected> {
    const client = this.#client;
    // reconnect() on a connection that it takes for open would end that first, with DISCONNECT.
    if (client.connected) await new Promise<void>((resolve) => client.once('close', () => resolve()));
    return new Promise((resolve) => {
      client.once('connect', ({ sessionPresent }: IConnackPacket) => resolve({ sessionPresent, reasonCode: 0 }));
      client.once('error', (error) => {
        resolve({ sessionPresent: false, reasonCode: 'code' in error ? Number(error.code) : -1 });
      });
      if (this.#isFirst) client.connect();
      else client.reconnect(this.#stores);
      this.#isFirst = false;
    });
  }

  async publish(topic: string, payload: string, qos: QoS, request?: Request): Promise<void> {
    const properties = request && { ...request, correlationData: Buffer.from(request.correlationData) };
    await this.#client.publishAsync(topic, payload, { qos, ...(properties && { properties }) });
  }

  subscribe(topicFilter: string, qos: QoS): Promise<readonly number[]> {
    return new Promise((resolve) => {
      this.#client.subscribe(topicFilter, { qos }, (error, granted, packet) => {
        const codes = packet?.granted ?? granted?.map((item) => item.qos) ?? [];
        resolve(error !== null && 'code' in error ? [Number(error.code)] : codes.map(Number));
      });
    });
  }

  async unsubscribe(topicFilter: string): Promise<void> {
    await this.#client.unsubscribeAsync(topicFilter);
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    for (const done of this.#waiting.splice(0)) done();
  }

  answerWith(payload: string): void {
    this.#answer = payload;
  }

  advance(ms: number): Promise<void> {
    return this.#time.advance(ms);
  }

  async disconnect(): Promise<void> {
    await this.#client.endAsync();
  }

  async stop(): Promise<void> {
    this.release();
    await this.#client.endAsync(true);
  }
}

/** `setInterval` on virtual time, as `timerVariant` wants it: a clock for each, since a clock has one timer. */
function intervalsOn(time: VirtualTime) {
  const clocks: VirtualClock[] = [];
  return {
    set(fn: () => void, ms: number): number {
      const clock = time.clock('MQTT.js');
      const arm = (): void =>
        clock.wake(clock.now() + ms, () => {
          arm();
          fn();
        });
      arm();
      return clocks.push(clock);
    },
    clear(id: number): void {
      clocks[id - 1]?.wake(undefined, () => {});
    },
  };
}
