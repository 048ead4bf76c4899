import type { ReasonCode } from './codec/reason-code.ts';
import type { UserProperties } from './codec/properties.ts';

// One base class, and one class for each party that has to act. Match on `code`, not on the class: two copies of this
// package may be loaded at once.

export type ConfigErrorCode =
  | 'invalid-config'
  | 'buffers-in-use'
  | 'snapshot-invalid'
  | 'snapshot-client-id'
  | 'snapshot-too-large';
export type InvalidRequestErrorCode =
  | 'invalid-argument'
  | 'stale-view'
  | 'consumer-busy'
  | 'already-connected'
  | 'client-id-changed'
  | 'not-granted';
export type NotReadyErrorCode = 'receive-stalled';
export type PeerErrorCode = 'refused' | 'invalid-packet';
export type ResourceErrorCode = 'buffer-too-small' | 'packet-too-large' | 'inflight-exhausted';
export type TransportErrorCode =
  | 'transport-failed'
  | 'transport-ended'
  | 'transport-misbehaved'
  | 'connect-failed'
  | 'connect-timeout'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-wrong-host'
  | 'certificate-unknown-authority'
  | 'certificate-self-signed'
  | 'certificate-refused'
  | 'client-certificate-missing'
  | 'client-certificate-refused'
  | 'tls-not-spoken'
  | 'tls-version-unsupported'
  | 'tls-alpn-refused'
  | 'tls-handshake-failed';

/** Every `code` that an error of this library may carry; no code belongs to two classes. */
export type ErrorCode =
  | ConfigErrorCode
  | InvalidRequestErrorCode
  | NotReadyErrorCode
  | PeerErrorCode
  | ResourceErrorCode
  | TransportErrorCode
  | 'disconnected'
  | 'invalidated'
  | 'timeout';

export interface MqttErrorOptions {
  /** What was behind it: the error of a stream or of a callback, say. */
  readonly cause?: unknown;
}

/** The base of every error that this library makes. */
export abstract class MqttError extends Error {
  abstract override readonly name: string;
  abstract readonly code: ErrorCode;
  /** Whether the connection is gone with this error; false where the session goes on as before. */
  get connectionLost(): boolean {
    return false;
  }

  constructor(message: string, options?: MqttErrorOptions) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The configuration cannot work; thrown before a session exists. */
export class ConfigError extends MqttError {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string, options?: MqttErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The caller's arguments, or the moment of the call, are wrong; nothing was sent and nothing has changed. */
export class InvalidRequestError extends MqttError {
  override readonly name = 'InvalidRequestError';
  readonly code: InvalidRequestErrorCode;

  constructor(code: InvalidRequestErrorCode, message: string, options?: MqttErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nothing is wrong with the request, but it cannot make progress now. */
export class NotReadyError extends MqttError {
  override readonly name = 'NotReadyError';
  readonly code: NotReadyErrorCode;

  constructor(code: NotReadyErrorCode, message: string, options?: MqttErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Who ended a connection. */
export type DisconnectedBy = 'local' | 'broker' | 'transport' | 'protocol' | 'keep-alive';

export interface DisconnectedErrorOptions extends MqttErrorOptions {
  /** See `DisconnectedError`; default: there was no DISCONNECT. */
  readonly reasonCode?: ReasonCode | undefined;
  /** Default: none. */
  readonly reasonString?: string | undefined;
  /** Default: empty. */
  readonly userProperties?: UserProperties | undefined;
  /** Default: none. */
  readonly serverReference?: string | undefined;
}

/** There is no connection, or the one there was has ended. Every wait that one end ends rejects with the same object. */
export class DisconnectedError extends MqttError {
  override readonly name = 'DisconnectedError';
  readonly code = 'disconnected';
  readonly by: DisconnectedBy;
  /** Of the DISCONNECT that ended the connection: the broker's, or the one that was sent for its error. */
  readonly reasonCode: ReasonCode | undefined;
  /** Why, in the broker's words. */
  readonly reasonString: string | undefined;
  /** Of the broker's DISCONNECT; empty where there are none. */
  readonly userProperties: UserProperties;
  /** Where the broker wants its clients to go (reason codes 0x9C and 0x9D). */
  readonly serverReference: string | undefined;
  override get connectionLost(): boolean {
    return true;
  }

  constructor(by: DisconnectedBy, message: string, options: DisconnectedErrorOptions = {}) {
    super(message, options);
    this.by = by;
    this.reasonCode = options.reasonCode;
    this.reasonString = options.reasonString;
    this.userProperties = options.userProperties ?? [];
    this.serverReference = options.serverReference;
  }
}

export interface PeerErrorOptions extends MqttErrorOptions {
  /** See `PeerError`. */
  readonly reasonCode: ReasonCode;
  /** Default: `reasonCode` alone. */
  readonly reasonCodes?: readonly ReasonCode[] | undefined;
  /** Default: none. */
  readonly reasonString?: string | undefined;
  /** Default: empty. */
  readonly userProperties?: UserProperties | undefined;
  /** Default: none. */
  readonly serverReference?: string | undefined;
  /** Default: none. */
  readonly section?: string | undefined;
  /** Default false. */
  readonly permanent?: boolean | undefined;
  /** Default: true of `invalid-packet`, false of `refused`. */
  readonly connectionLost?: boolean | undefined;
}

/** The peer refused a request (`refused`), or broke the protocol (`invalid-packet`). */
export class PeerError extends MqttError {
  override readonly name = 'PeerError';
  readonly code: PeerErrorCode;
  /** `refused`: the peer's reason; `invalid-packet`: the reason that our DISCONNECT gives. */
  readonly reasonCode: ReasonCode;
  /** All reason codes of a SUBACK or UNSUBACK, one for each topic filter, in the order of the request. */
  readonly reasonCodes: readonly ReasonCode[];
  /** Why, in the peer's words. */
  readonly reasonString: string | undefined;
  /** Of the packet that refused; empty where there are none. */
  readonly userProperties: UserProperties;
  /** Where the broker wants its clients to go (reason codes 0x9C and 0x9D). */
  readonly serverReference: string | undefined;
  /** `invalid-packet`: the section of the MQTT v5 standard that was broken. */
  readonly section: string | undefined;
  /** Whether trying the same again is pointless: wrong credentials, say, rather than a busy server. */
  readonly permanent: boolean;
  override get connectionLost(): boolean {
    return this.#connectionLost;
  }
  readonly #connectionLost: boolean;

  constructor(code: PeerErrorCode, message: string, options: PeerErrorOptions) {
    super(message, options);
    this.code = code;
    this.reasonCode = options.reasonCode;
    this.reasonCodes = options.reasonCodes ?? [options.reasonCode];
    this.reasonString = options.reasonString;
    this.userProperties = options.userProperties ?? [];
    this.serverReference = options.serverReference;
    this.section = options.section;
    this.permanent = options.permanent ?? false;
    this.#connectionLost = options.connectionLost ?? code === 'invalid-packet';
  }
}

/** A buffer or a limit, ours or the broker's, is too small for this request. */
export class ResourceError extends MqttError {
  override readonly name = 'ResourceError';
  readonly code: ResourceErrorCode;

  constructor(code: ResourceErrorCode, message: string, options?: MqttErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The byte stream could not be opened, failed, or broke the `Io` contract; `cause` is what it reported. */
export class TransportError extends MqttError {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;
  override get connectionLost(): boolean {
    return true;
  }

  constructor(code: TransportErrorCode, message: string, options?: MqttErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The operation can never complete: its session is gone, or the broker's new limits rule it out. */
export class InvalidatedError extends MqttError {
  override readonly name = 'InvalidatedError';
  readonly code = 'invalidated';
}

/** A `timeoutMs` ran out. Nothing is lost by it; the same call can be made again. */
export class TimeoutError extends MqttError {
  override readonly name = 'TimeoutError';
  readonly code = 'timeout';
}
