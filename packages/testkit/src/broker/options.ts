import { SystemClock, type Clock } from '@minimq/core';
import type { BrokerHooks } from './hooks.ts';
import type { BrokerLimits } from './limits.ts';
import type { QueueBounds } from './outbound.ts';

/** QoS 1 and 2 messages that may wait for one session, so that one which never comes back does not fill the memory. */
export const QUEUED_MESSAGES_MAX = 100_000;
/** The same in bytes of topics and payloads. */
export const QUEUED_BYTES_MAX: number = 64 * 1024 * 1024;
/** Bytes of QoS 0 messages that may wait for one connection: what a burst needs, not what a slow reader would. */
export const QOS0_QUEUED_BYTES_MAX: number = 4 * 1024 * 1024;
/** As long as a client may take from the opening of its connection to the end of its handshake. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** How long a client that does not read holds up the closing of its connection. */
export const CLOSE_TIMEOUT_MS = 5_000;

export interface MemoryBrokerOptions extends BrokerLimits, BrokerHooks {
  /** All that the broker knows of time; its one timer is the broker's. Default a `SystemClock`. */
  readonly clock?: Clock | undefined;
  /** Seconds, 0 (off) to 65,535; announced, and in force instead of what the client asks for. */
  readonly serverKeepAlive?: number | undefined;
  /** Seconds, up to 4,294,967,295 (for ever); announced, and in force instead of what the CONNECT asks for. */
  readonly sessionExpiryInterval?: number | undefined;
  /** Given to clients that ask for Response Information. Default none. */
  readonly responseInformation?: string | undefined;
  /** Topic aliases that the broker uses itself, as far as a client allows them. Default 0. */
  readonly outboundTopicAliasMax?: number | undefined;
  /** Whether errors are explained in Reason Strings. Default true. */
  readonly reasonStrings?: boolean | undefined;
  /** QoS 1 and 2 messages that wait for one session; what comes when it is full is dropped. Default `QUEUED_MESSAGES_MAX`. */
  readonly queuedMessagesMax?: number | undefined;
  /** Bytes of topic and payload from which on nothing is queued for the session. Default `QUEUED_BYTES_MAX`. */
  readonly queuedBytesMax?: number | undefined;
  /** Bytes from which on QoS 0 messages for a slow client are dropped. Default `QOS0_QUEUED_BYTES_MAX`. */
  readonly qos0QueuedBytesMax?: number | undefined;
  /** Default `CONNECT_TIMEOUT_MS`. */
  readonly connectTimeoutMs?: number | undefined;
  /** Default `CLOSE_TIMEOUT_MS`. */
  readonly closeTimeoutMs?: number | undefined;
}

/** The options with their defaults. */
export interface Settings extends QueueBounds {
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly hooks: BrokerHooks;
  readonly serverKeepAlive: number | undefined;
  readonly sessionExpiryInterval: number | undefined;
  readonly responseInformation: string | undefined;
  readonly outboundTopicAliasMax: number;
  readonly reasonStrings: boolean;
  readonly connectTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

/** Throws a RangeError for a number that the option cannot have. */
export function settingsOf(options: MemoryBrokerOptions): Settings {
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const value = options[name as keyof typeof ranges];
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) continue;
    throw new RangeError(`${name} has to be a whole number from ${least} to ${most}, not ${value}`);
  }
  return {
    clock: options.clock ?? new SystemClock(),
    limits: options,
    hooks: options,
    serverKeepAlive: options.serverKeepAlive,
    sessionExpiryInterval: options.sessionExpiryInterval,
    responseInformation: options.responseInformation,
    outboundTopicAliasMax: options.outboundTopicAliasMax ?? 0,
    reasonStrings: options.reasonStrings ?? true,
    queuedMessagesMax: options.queuedMessagesMax ?? QUEUED_MESSAGES_MAX,
    queuedBytesMax: options.queuedBytesMax ?? QUEUED_BYTES_MAX,
    qos0QueuedBytesMax: options.qos0QueuedBytesMax ?? QOS0_QUEUED_BYTES_MAX,
    connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    closeTimeoutMs: options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS,
  };
}

const ranges = {
  receiveMaximum: [1, 65_535],
  maximumQoS: [0, 1],
  maximumPacketSize: [1, 0xffff_ffff],
  topicAliasMaximum: [0, 65_535],
  serverKeepAlive: [0, 65_535],
  sessionExpiryInterval: [0, 0xffff_ffff],
  outboundTopicAliasMax: [0, 65_535],
  queuedMessagesMax: [0, Number.MAX_SAFE_INTEGER],
  queuedBytesMax: [0, Number.MAX_SAFE_INTEGER],
  qos0QueuedBytesMax: [0, Number.MAX_SAFE_INTEGER],
  connectTimeoutMs: [0, Number.MAX_SAFE_INTEGER],
  closeTimeoutMs: [0, Number.MAX_SAFE_INTEGER],
} as const satisfies Partial<Record<keyof MemoryBrokerOptions, readonly [number, number]>>;
