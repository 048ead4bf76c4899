import {
  Buffers,
  DisconnectedError,
  PeerError,
  Session,
  type ConnectEvent,
  type InboundPublish,
  type Io,
  type ReasonCode,
  type Subscription,
} from '@minimq/core';
import type {
  ClientContext,
  ClientPublication,
  ClientUnderTest,
  Closed,
  ConformanceClient,
  Connected,
  ConnectRequest,
  DisconnectRequest,
  ReceivedMessage,
  SubscribeRequestProperties,
  UnsubscribeRequestProperties,
} from '../client.ts';
import { EXTRA_FEATURES, FEATURES, type Feature } from '../feature.ts';

/** Bytes: room for the longest topic. */
const RX_LENGTH = 128 * 1024;
/** Bytes: room for a few of them. */
const TX_LENGTH = 256 * 1024;
/** Seconds. */
const SESSION_EXPIRY_INTERVAL = 300;

export interface SessionUnderTestOptions {
  /** Opens a connection to `url`, like `mqtt://127.0.0.1:1883`; not needed in memory. */
  readonly open?: ((url: string) => Io | Promise<Io>) | undefined;
}

/** The `Session` of `@minimq/core`, over any transport. */
export function sessionUnderTest({ open }: SessionUnderTestOptions = {}): ClientUnderTest {
  const openFor = ({ open: openInMemory, url }: ClientContext): (() => Io | Promise<Io>) => {
    if (openInMemory !== undefined) return openInMemory;
    if (open !== undefined && url !== undefined) return () => open(url);
    throw new TypeError('sessionUnderTest() needs `open` to reach a broker that listens');
  };
  return {
    name: 'minimq',
    features: (Object.keys(FEATURES) as Feature[]).filter((feature) => !EXTRA_FEATURES.includes(feature)),
    create: (context) => new SessionClient(context, openFor(context)),
  };
}

class SessionClient implements ConformanceClient {
  readonly #context: ClientContext;
  readonly #open: () => Io | Promise<Io>;
  readonly #session: Session;
  #event: ConnectEvent | undefined;

  constructor(context: ClientContext, open: () => Io | Promise<Io>) {
    const { clock, setup } = context;
    const { connectTimeoutMs: _, negativeAck: __, maximumPacketSize, ...settings } = setup;
    this.#context = context;
    this.#open = open;
    this.#session = new Session({
      keepAlive: 0,
      sessionExpiryInterval: SESSION_EXPIRY_INTERVAL,
      clientId: 'c',
      ...settings,
      clock,
      buffers: Buffers.allocate({ rx: maximumPacketSize ?? RX_LENGTH, tx: TX_LENGTH }),
    });
  }

  async connect({ cleanStart }: ConnectRequest = {}): Promise<Connected> {
    const { connectTimeoutMs } = this.#context.setup;
    const timeout = connectTimeoutMs === undefined ? {} : { timeoutMs: connectTimeoutMs };
    try {
      const event = await this.#session.connect(await this.#open(), { ...timeout, cleanStart });
      this.#event = event;
      void this.#receive();
      const { maximumQoS, responseInformation } = event.granted;
      const sessionPresent = event.kind === 'reconnected';
      return { reasonCode: 0, sessionPresent, clientId: event.clientId, maximumQoS, responseInformation };
    } catch (error) {
      const { reasonCode } = refusalOf(error);
      // A server may also break off with a code that is none of a failure.
      if (reasonCode < 0x80) throw error;
      return { reasonCode, sessionPresent: false };
    }
  }

  async publish(publication: ClientPublication): Promise<number> {
    const op = await this.#session.publish(publication);
    try {
      return (await op.completion({ acrossConnections: true })).reasonCode;
    } catch (error) {
      return refusalOf(error).reasonCode;
    }
  }

  async subscribe(
    subscriptions: readonly Subscription[],
    properties?: SubscribeRequestProperties,
  ): Promise<readonly number[]> {
    try {
      return (await this.#session.subscribe(subscriptions, { properties })).reasonCodes;
    } catch (error) {
      return refusalOf(error).reasonCodes;
    }
  }

  async unsubscribe(
    topicFilters: readonly string[],
    properties?: UnsubscribeRequestProperties,
  ): Promise<readonly number[]> {
    try {
      return (await this.#session.unsubscribe(topicFilters, { properties })).reasonCodes;
    } catch (error) {
      return refusalOf(error).reasonCodes;
    }
  }

  async disconnect({ reasonCode, properties }: DisconnectRequest = {}): Promise<void> {
    await this.#session.disconnect({ reasonCode: reasonCode as ReasonCode | undefined, properties });
  }

  reauthenticate(): Promise<void> {
    return this.#session.reauthenticate();
  }

  async closed(): Promise<Closed> {
    return { reasonCode: (await this.#event?.closed)?.reasonCode };
  }

  async stop(): Promise<void> {
    await this.#session.disconnect();
  }

  async #receive(): Promise<void> {
    try {
      for (;;) await this.#handle(await this.#session.recv());
    } catch (error) {
      if (!(error instanceof DisconnectedError)) throw error;
    }
  }

  async #handle(message: InboundPublish): Promise<void> {
    const owned = message.toOwned();
    const { topic, payload, qos, retain, dup, subscriptionIdentifiers } = owned;
    const properties = { ...owned.properties, subscriptionIdentifiers };
    const ack = (reasonCode?: number): void => void owned.ack(reasonCode as ReasonCode | undefined);
    const received: ReceivedMessage = { topic, payload, qos, retain, dup, properties, ack };
    // A handler that fails is the application's affair; it comes back for the next message.
    const handled = this.#context.deliver(received).catch(() => {});
    if (this.#context.setup.manualAck !== true) await handled;
  }
}

/** The broker's refusal; everything else is thrown on. */
function refusalOf(error: unknown): PeerError {
  if (error instanceof PeerError && error.code === 'refused') return error;
  throw error;
}
