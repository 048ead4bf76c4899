import type {
  Clock,
  DisconnectProperties,
  Io,
  PublishProperties,
  Subscription,
  UserProperties,
  Will,
} from '@minimq/core';
import type { DeliveryProperties } from '@minimq/core/codec';
import type { Feature } from './feature.ts';

/**
 * An MQTT v5 client as the cases drive it: one session with a broker, over one connection after the other.
 *
 * What the broker answers is a result, its refusals included. What the client itself does not do, and what the loss of a
 * connection ends, is a rejection. The suite deals with rejections of calls that a case does not wait for.
 */
export interface ConformanceClient {
  /** Opens a connection and waits for its CONNACK. */
  connect(request?: ConnectRequest): Promise<Connected>;
  /**
   * Settles with the reason code of the PUBACK, PUBREC or PUBCOMP that ends the exchange, on this connection or a later
   * one; at QoS 0, with 0.
   */
  publish(publication: ClientPublication): Promise<number>;
  /** Settles with the reason codes of the SUBACK, failures included. */
  subscribe(
    subscriptions: readonly Subscription[],
    properties?: SubscribeRequestProperties,
  ): Promise<readonly number[]>;
  /** Settles with the reason codes of the UNSUBACK. */
  unsubscribe(topicFilters: readonly string[], properties?: UnsubscribeRequestProperties): Promise<readonly number[]>;
  /** Sends DISCONNECT and closes the connection. */
  disconnect(request?: DisconnectRequest): Promise<void>;
  /** Feature `reauthenticate`. */
  reauthenticate(request?: ReauthenticateRequest): Promise<void>;
  /** Settles when the present connection has ended: with why, as far as the client tells. */
  closed(): Promise<Closed>;
  /** Ends everything, also after a failure. Called when all connections are gone. */
  stop(): Promise<void>;
}

/** What a client is made with; it lasts for all its connections. */
export interface ClientSetup {
  /** Default `c`. Empty: the server names it (feature `assigned-client-id`). */
  readonly clientId?: string | undefined;
  /** Seconds; default 0: off. */
  readonly keepAlive?: number | undefined;
  /** Seconds; default 300. */
  readonly sessionExpiryInterval?: number | undefined;
  /** Milliseconds to wait for a CONNACK. */
  readonly connectTimeoutMs?: number | undefined;
  /** QoS 1 and 2 messages that the server may have open at once. Default: as the client does by itself. */
  readonly receiveMaximum?: number | undefined;
  /** Bytes. */
  readonly maximumPacketSize?: number | undefined;
  /** How many aliases the server may use; default 0. */
  readonly topicAliasMaximum?: number | undefined;
  /** How many aliases the client gives out by itself, as far as the server takes them; default 0. */
  readonly automaticTopicAliases?: number | undefined;
  /** Default true. */
  readonly requestProblemInformation?: boolean | undefined;
  /** Default false. */
  readonly requestResponseInformation?: boolean | undefined;
  /** Sent with every CONNECT. Default: none. */
  readonly userProperties?: UserProperties | undefined;
  /** Default: none. */
  readonly will?: Will | undefined;
  /** Default: none. */
  readonly username?: string | undefined;
  /** Default: none. */
  readonly password?: Uint8Array | string | undefined;
  /** Enhanced authentication (section 4.12). Default: none. */
  readonly auth?: ClientAuth | undefined;
  /** Whether a message is acknowledged by its `ack()` alone; default false: when its handler is done. */
  readonly manualAck?: boolean | undefined;
  /** Whether the handler may refuse messages, by `ack()` with a reason code before it is done; default false. */
  readonly negativeAck?: boolean | undefined;
}

/** The client's side of enhanced authentication; what throws is a failed check. */
export interface ClientAuth {
  /** The Authentication Method that CONNECT names. */
  readonly method: string;
  /** The data for CONNECT, and for the AUTH that begins a re-authentication. */
  start(): Uint8Array | undefined;
  /** The answer to data of the server's. */
  respond(data: Uint8Array | undefined): Uint8Array | undefined;
  /** Checks the last data of the server's. */
  finish?(data: Uint8Array | undefined): void;
}

export interface ConnectRequest {
  /**
   * `true`: drops the session. Default: as the client does by itself where a session is to be kept, so Clean Start 0 once
   * there is one.
   */
  readonly cleanStart?: boolean | undefined;
}

export interface Connected {
  /** 0, or why the CONNACK refused. */
  readonly reasonCode: number;
  readonly sessionPresent: boolean;
  /** Feature `assigned-client-id`. */
  readonly clientId?: string | undefined;
  /** Feature `granted-visible`. */
  readonly maximumQoS?: number | undefined;
  /** Feature `response-information`. */
  readonly responseInformation?: string | undefined;
}

export interface ClientPublication {
  readonly topic: string;
  /** Default: empty. */
  readonly payload?: Uint8Array | string | undefined;
  /** Default 0. */
  readonly qos?: 0 | 1 | 2 | undefined;
  /** Default false. */
  readonly retain?: boolean | undefined;
  /** Feature `publish-properties`; `topicAlias`: feature `topic-alias-send`. */
  readonly properties?: PublishProperties | undefined;
}

export interface SubscribeRequestProperties {
  /** Feature `subscription-identifiers`. */
  readonly subscriptionIdentifier?: number | undefined;
  /** Feature `request-properties`. */
  readonly userProperties?: UserProperties | undefined;
}

export interface UnsubscribeRequestProperties {
  /** Feature `request-properties`. */
  readonly userProperties?: UserProperties | undefined;
}

/** Feature `disconnect-options`. */
export interface DisconnectRequest {
  /** Default: 0x00, normal disconnection. */
  readonly reasonCode?: number | undefined;
  /** Default: none. */
  readonly properties?: DisconnectProperties | undefined;
}

export interface ReauthenticateRequest {
  /** For its first AUTH. Feature `reauthenticate-properties`. */
  readonly properties?: Explanation | undefined;
}

/** What says more than a reason code. */
export interface Explanation {
  readonly reasonString?: string | undefined;
  readonly userProperties?: UserProperties | undefined;
}

export interface Closed {
  /** Of the server's DISCONNECT, or of the one that the client sent. */
  readonly reasonCode?: number | undefined;
}

/** A message as the application gets it. */
export interface ReceivedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: number;
  readonly retain: boolean;
  readonly dup: boolean;
  /** Feature `received-properties`. */
  readonly properties?: DeliveryProperties | undefined;
  /** Where `manualAck` or `negativeAck` is set. Without a reason code: success. `properties`: feature `ack-properties`. */
  ack?(reasonCode?: number, properties?: Explanation): void;
}

/** What a client gets to work with. */
export interface ClientContext {
  readonly setup: ClientSetup;
  /** For everything that takes time; with it, hours pass at once. Real time over sockets. */
  readonly clock: Clock;
  /** Over sockets: where the broker listens, like `mqtt://127.0.0.1:PORT`. */
  readonly url: string | undefined;
  /** In memory: opens a connection. */
  readonly open: (() => Io) | undefined;
  /**
   * The application's handler. To be called with each message, one after the other or as they come; when the promise has
   * settled the application is done with it, by a rejection too. A client that has no `manual-ack` acknowledges then.
   */
  readonly deliver: (message: ReceivedMessage) => Promise<void>;
}

/** A client to be judged. */
export interface ClientUnderTest {
  /** As the report names it: `MQTT.js 5.16`. */
  readonly name: string;
  readonly features: readonly Feature[];
  create(context: ClientContext): ConformanceClient;
}
