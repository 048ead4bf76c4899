import type { Clock } from '../clock.ts';
import { putConnect, type ConnectPacket, type Will } from '../codec/connect.ts';
import type { UserProperties } from '../codec/properties.ts';
import { ConfigError } from '../errors.ts';
import type { Authenticator } from './authenticator.ts';
import { Buffers } from './buffers.ts';

/** What a session is made of. Only `buffers` has no default. */
export interface SessionConfig {
  /** The memory that it works in, for this session alone. */
  readonly buffers: Buffers;
  /** Names the session at the broker, 0 to 65,535 bytes; default: empty, and the broker assigns one. */
  readonly clientId?: string | undefined;
  /** Default: a `SystemClock`. Not to be shared between sessions. */
  readonly clock?: Clock | undefined;
  /** Seconds between packets of ours at most, 0 to 65,535; 0: off; default 60. The broker may override it. */
  readonly keepAlive?: number | undefined;
  /** Milliseconds that a PINGREQ may stay without answer; default: half the keep alive, within 1,000 to 30,000. */
  readonly pingTimeoutMs?: number | undefined;
  /** Seconds that the session outlives its connection; default 3,600; 0: not at all; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval?: number | undefined;
  /**
   * Whether an empty session takes over what the broker holds under its client identifier, as a restarted subscriber
   * wants it; default false: it begins with a clean start.
   */
  readonly adoptSession?: boolean | undefined;
  /** Received QoS 1 and 2 messages that may be open at once, 1 to 65,535; default 1,024. */
  readonly receiveMaximum?: number | undefined;
  /** Received QoS 2 messages whose PUBREL may be awaited at once, over all connections; default 4,096. */
  readonly inboundQoS2Max?: number | undefined;
  /** Topic aliases that the broker may use, 0 to 65,535; default 0: each keeps a topic in memory. */
  readonly topicAliasMaximum?: number | undefined;
  /** Topic aliases that are given out by themselves, least recently used first, as far as the broker takes them; default 0. */
  readonly automaticTopicAliases?: number | undefined;
  /** Whether the broker may explain its acknowledgements; default true. Section 3.1.2.11.7. */
  readonly requestProblemInformation?: boolean | undefined;
  /** Whether to ask where replies should go; default false. Section 3.1.2.11.6. */
  readonly requestResponseInformation?: boolean | undefined;
  /** Sent with every CONNECT. */
  readonly userProperties?: UserProperties | undefined;
  /** What the broker publishes when a connection is lost; default: nothing. Section 3.1.2.5. */
  readonly will?: Will | undefined;
  /** At most 65,535 bytes; default: none. Section 3.1.3.5. */
  readonly username?: string | undefined;
  /** At most 65,535 bytes, text as UTF-8; default: none. Needs no user name. Section 3.1.3.6. */
  readonly password?: Uint8Array | string | undefined;
  /** Enhanced authentication; default: none. Section 4.12. */
  readonly auth?: Authenticator | undefined;
  /** Whether received messages are acknowledged by `message.ack()` alone; default false: by coming back for the next. */
  readonly manualAck?: boolean | undefined;
  /** `'discard'`: messages are acknowledged, dropped and counted; for programs that never receive. Default `'deliver'`. */
  readonly inbound?: 'deliver' | 'discard' | undefined;
  /** Milliseconds with a full rx and nobody receiving until waits for the broker give up; default 30,000; Infinity: never. */
  readonly receiveStallMs?: number | undefined;
  /** QoS 1 and 2 publishes that may be open at once, 1 to 65,535, whatever the broker takes; default 65,535. */
  readonly inflightMax?: number | undefined;
  /** Bytes of `tx` that belong to acknowledgements, PUBREL and PINGREQ; default 256, or a quarter of a small `tx`. */
  readonly txReserve?: number | undefined;
  /** Whether a publish above the broker's Maximum QoS goes out at that; default false: it is refused. */
  readonly downgradeQoS?: boolean | undefined;
  /** A `snapshot()`, perhaps of an earlier process. */
  readonly restore?: Uint8Array | undefined;
}

/** As often as most brokers and address translators in between expect it. */
export const KEEP_ALIVE_DEFAULT = 60;
/** Resuming is what a session is for; an hour outlasts most failures and keeps no broker's memory for ever. */
export const SESSION_EXPIRY_INTERVAL_DEFAULT = 3_600;
/** Enough to keep a fast link busy; each costs a few bytes. */
export const RECEIVE_MAXIMUM_DEFAULT = 1_024;
/** A few connections' worth of messages whose PUBREL was lost with them. */
export const INBOUND_QOS2_MAX_DEFAULT = 4_096;
/** Longer than a handler should take with a full buffer, shorter than a person's patience. */
export const RECEIVE_STALL_MS_DEFAULT = 30_000;
/** All identifiers: `tx` is the bound. */
export const INFLIGHT_MAX_DEFAULT = 65_535;
/** Some sixty acknowledgements a write, even while `tx` is full of publishes. */
export const TX_RESERVE_DEFAULT = 256;
const TX_RESERVE_MIN = 16;

type Check = (value: unknown) => string | undefined;

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;
const milliseconds: Check = (value) => (typeof value === 'number' && value > 0 ? undefined : 'milliseconds above 0');
const ofType =
  (...types: readonly string[]): Check =>
  (value) =>
    types.includes(value instanceof Uint8Array ? 'Uint8Array' : typeof value) ? undefined : types.join(' or ');
const withMethods =
  (...names: readonly string[]): Check =>
  (value) =>
    names.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function')
      ? undefined
      : `an object with ${names.join('(), ')}()`;
/** What a CONNECT could not carry. */
const sendable =
  (check: Check, packet: (value: never) => Partial<ConnectPacket>): Check =>
  (value) => {
    const expected = value === null ? 'given, or left out' : check(value);
    if (expected !== undefined) return expected;
    putConnect(null, 0, { type: 'connect', clientId: '', cleanStart: true, keepAlive: 0, ...packet(value as never) });
    return undefined;
  };

const checks: Readonly<Record<keyof SessionConfig, Check>> = {
  buffers: (value) => (value instanceof Buffers ? undefined : 'a Buffers object'),
  clientId: sendable(ofType('string'), (clientId) => ({ clientId })),
  clock: withMethods('now', 'wake', 'defer', 'random'),
  keepAlive: whole(0, 65_535),
  pingTimeoutMs: milliseconds,
  sessionExpiryInterval: whole(0, 0xffff_ffff),
  adoptSession: ofType('boolean'),
  receiveMaximum: whole(1, 65_535),
  inboundQoS2Max: whole(1, 65_535),
  topicAliasMaximum: whole(0, 65_535),
  automaticTopicAliases: whole(0, 65_535),
  requestProblemInformation: ofType('boolean'),
  requestResponseInformation: ofType('boolean'),
  userProperties: sendable(ofType('object'), (userProperties) => ({ properties: { userProperties } })),
  will: sendable(ofType('object'), (will) => ({ will })),
  username: sendable(ofType('string'), (username) => ({ username })),
  password: sendable(ofType('string', 'Uint8Array'), (password) => ({ password })),
  auth: withMethods('start', 'respond'),
  manualAck: ofType('boolean'),
  inbound: (value) => (value === 'deliver' || value === 'discard' ? undefined : "'deliver' or 'discard'"),
  receiveStallMs: milliseconds,
  inflightMax: whole(1, 65_535),
  txReserve: whole(TX_RESERVE_MIN, 0xffff_ffff),
  downgradeQoS: ofType('boolean'),
  restore: ofType('Uint8Array'),
};

/** Throws a `ConfigError` where a setting is unknown or its value could not work. */
export function checkSetting(name: string, value: unknown): void {
  if (value === undefined && name !== 'buffers') return;
  if (!Object.hasOwn(checks, name)) throw new ConfigError('invalid-config', `There is no setting ${name}`);
  let expected;
  try {
    expected = checks[name as keyof SessionConfig](value);
  } catch (cause) {
    throw new ConfigError('invalid-config', `${name}: ${(cause as Error).message}`, { cause });
  }
  if (expected !== undefined) throw new ConfigError('invalid-config', `${name} has to be ${expected}`);
}

/** Checks a whole configuration. */
export function checkConfig(config: SessionConfig): void {
  checkSetting('buffers', config.buffers);
  for (const [name, value] of Object.entries(config)) checkSetting(name, value);
  const { buffers, txReserve } = config;
  if (txReserve !== undefined && txReserve > buffers.tx.length / 2) {
    throw new ConfigError('invalid-config', `txReserve takes more than half of a tx of ${buffers.tx.length} bytes`);
  }
}

/** The `txReserve` in force. */
export function txReserveOf({ buffers, txReserve }: SessionConfig): number {
  return txReserve ?? Math.min(TX_RESERVE_DEFAULT, buffers.tx.length >> 2);
}
