import type { Io } from '@minimq/core';
import {
  packetLength,
  ReasonCode,
  type ConnackPacket,
  type ConnectPacket,
  type PublishProperties,
  type QoS,
  type ServerDisconnectProperties,
  type Subscription,
} from '@minimq/core/codec';
import { Connection } from './connection.ts';
import type { ConnectionEnd } from './phase.ts';
import type { BrokerCounts } from './counts.ts';
import { Handshake } from './handshake.ts';
import { Hub } from './hub.ts';
import { withoutAlias, type Message } from './message.ts';
import { settingsOf, type MemoryBrokerOptions } from './options.ts';
import type { Session } from './session.ts';

/** What was read from a connection, or even answered, before the broker got it. */
export interface AcceptOptions {
  /** A CONNECT that was read already: the broker answers it. */
  readonly connect?: ConnectPacket | undefined;
  /** The CONNACK that was sent already, with `connect`: the broker goes on behind it and keeps to what it says. */
  readonly connack?: ConnackPacket | undefined;
  /** Bytes that were read and not looked at; they come after `connect` where both are given. */
  readonly received?: Uint8Array | undefined;
}

export interface DisconnectOptions {
  /** Default: normal disconnection. */
  readonly reasonCode?: ReasonCode | undefined;
  /** Default: none. Section 3.14.2.2. */
  readonly properties?: ServerDisconnectProperties | undefined;
}

/** A connection as the broker's user sees it. */
export interface BrokerConnection {
  /** Undefined before CONNECT; empty while an identifier is still to be assigned. */
  readonly clientId: string | undefined;
  /** The CONNECT of the client; undefined before it. */
  readonly connect: ConnectPacket | undefined;
  /** Resolves, and never rejects, when the stream has been closed. */
  readonly closed: Promise<ConnectionEnd>;
  /** Sends DISCONNECT, or nothing before CONNACK, and closes. The will is published. */
  disconnect(options?: DisconnectOptions): Promise<ConnectionEnd>;
  /** Closes the stream without a word. The will is published. */
  cut(): Promise<ConnectionEnd>;
}

/** A message of the broker's own. */
export interface Publication {
  /** A topic name, without wildcards. */
  readonly topic: string;
  /** Copied; text as UTF-8. Default: empty. */
  readonly payload?: Uint8Array | string | undefined;
  /** Default 0. */
  readonly qos?: QoS | undefined;
  /** Default false. */
  readonly retain?: boolean | undefined;
  /** Default: none. A topic alias is left out. */
  readonly properties?: PublishProperties | undefined;
}

/** A session, at the moment of asking. */
export interface SessionInfo {
  readonly clientId: string;
  readonly isConnected: boolean;
  /** Seconds. */
  readonly sessionExpiryInterval: number;
  readonly subscriptions: readonly Subscription[];
  /** QoS 1 and 2 messages that wait to be sent. */
  readonly queuedCount: number;
  /** QoS 1 and 2 messages sent that the client has not answered to the end. */
  readonly openCount: number;
  /** QoS 2 messages received whose PUBREL has not come. */
  readonly receivedCount: number;
}

const encoder = new TextEncoder();

/**
 * An MQTT v5 broker that keeps everything in memory, for demos and tests. It is not for production: nothing survives the
 * process, and nothing but its bounds protects it from its clients.
 *
 * It serves any `Io`, one `accept()` for each connection.
 */
export class MemoryBroker {
  readonly #hub: Hub;
  readonly #connections = new Map<Connection, BrokerConnection>();
  #isClosed = false;

  /** Throws a RangeError for an option out of its range. */
  constructor(options: MemoryBrokerOptions = {}) {
    this.#hub = new Hub(settingsOf(options));
  }

  /** Serves a client over `io` until either of them ends it, and then closes `io`. */
  accept(io: Io, options: AcceptOptions = {}): BrokerConnection {
    const connection = new Connection(this.#hub, io, options.received);
    const handle = handleOf(connection);
    this.#connections.set(connection, handle);
    void connection.closed.then(() => this.#connections.delete(connection));
    const handshake = new Handshake(this.#hub, connection);
    connection.enter(handshake);
    if (this.#isClosed) {
      connection.cut({ by: 'broker' });
      return handle;
    }
    this.#hub.counts.connectionsAccepted += 1;
    const { connect, connack } = options;
    try {
      if (connect !== undefined && connack !== undefined) handshake.adopt(connect, connack);
      else if (connect !== undefined) handshake.take(connect);
    } catch (error) {
      connection.fail(error);
    }
    connection.read();
    return handle;
  }

  /** Publishes a message of the broker's own; returns how many subscribers it is meant for. */
  publish(publication: Publication): number {
    const { topic, payload = '', qos = 0, retain = false, properties } = publication;
    const message: Message = {
      topic,
      payload: typeof payload === 'string' ? encoder.encode(payload) : new Uint8Array(payload),
      qos,
      retain,
      properties: withoutAlias(properties),
      publisher: undefined,
      receivedAtMs: this.#hub.clock.now(),
    };
    // Throws where no PUBLISH could carry it.
    const packetId = qos === 0 ? undefined : 1;
    packetLength({ type: 'publish', ...message, dup: false, packetId }, 'client');
    return this.#hub.publish(message);
  }

  /** All connections, those that are still in their handshake included. */
  get connections(): readonly BrokerConnection[] {
    return [...this.#connections.values()];
  }

  /** The clients that are connected. */
  get clientIds(): readonly string[] {
    return this.#hub.sessions.all().flatMap((session) => (session.isConnected ? [session.clientId] : []));
  }

  /** The connection that serves a client. */
  connection(clientId: string): BrokerConnection | undefined {
    for (const [connection, handle] of this.#connections) {
      if (connection.isOpen && connection.clientId === clientId) return handle;
    }
    return undefined;
  }

  /** All sessions, with and without a connection. */
  get sessions(): readonly SessionInfo[] {
    return this.#hub.sessions.all().map(infoOf);
  }

  /** The session of a client; undefined: there is none. */
  session(clientId: string): SessionInfo | undefined {
    const session = this.#hub.sessions.get(clientId);
    return session && infoOf(session);
  }

  /** The retained messages, the oldest first. */
  get retained(): readonly Message[] {
    return this.#hub.retained.all(this.#hub.clock.now());
  }

  /** A copy of the counts so far. */
  get counts(): Readonly<BrokerCounts> {
    return { ...this.#hub.counts };
  }

  /** Disconnects everybody (0x8B), forgets everything, and resolves when all streams are closed. Wills are dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const handles = this.connections;
    this.#hub.sessions.clear();
    await Promise.all(handles.map((handle) => handle.disconnect({ reasonCode: ReasonCode.serverShuttingDown })));
    this.#hub.retained.clear();
    this.#hub.schedule.clear();
  }
}

function handleOf(connection: Connection): BrokerConnection {
  return {
    get clientId() {
      return connection.clientId;
    },
    get connect() {
      return connection.connect;
    },
    closed: connection.closed,
    disconnect({ reasonCode = ReasonCode.normalDisconnection, properties } = {}) {
      connection.finish({ by: 'broker', reasonCode }, properties);
      return connection.closed;
    },
    cut() {
      connection.cut({ by: 'broker' });
      return connection.closed;
    },
  };
}

function infoOf(session: Session): SessionInfo {
  const { clientId, isConnected, sessionExpiryInterval, outbound, received } = session;
  const { queuedCount, openCount } = outbound;
  const subscriptions = [...session.subscriptions.values()].map(
    ({ topicFilter, qos, noLocal, retainAsPublished }): Subscription => ({
      topicFilter,
      qos,
      noLocal,
      retainAsPublished,
    }),
  );
  return {
    clientId,
    isConnected,
    sessionExpiryInterval,
    subscriptions,
    queuedCount,
    openCount,
    receivedCount: received.size,
  };
}
