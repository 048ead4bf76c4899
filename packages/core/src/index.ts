/**
 * An MQTT v5 client session without dependencies: caller-owned buffers, streams that the caller opens, and a state that
 * survives their loss.
 *
 * @module
 */

// For applications
export { Session } from './session/session.ts';
export type {
  ConnectOptions,
  DisconnectResult,
  SessionDisconnectOptions,
  SubscribeOptions,
  SubscribeResult,
  UnsubscribeOptions,
  UnsubscribeResult,
} from './session/session.ts';
export { CONNECT_TIMEOUT_MS_DEFAULT, DISCONNECT_TIMEOUT_MS_DEFAULT } from './session/session.ts';
export { Buffers, RX_LENGTH_MIN, TX_LENGTH_MIN } from './session/buffers.ts';
export { ConfigBuilder } from './session/config-builder.ts';
export {
  INBOUND_QOS2_MAX_DEFAULT,
  INFLIGHT_MAX_DEFAULT,
  KEEP_ALIVE_DEFAULT,
  RECEIVE_MAXIMUM_DEFAULT,
  RECEIVE_STALL_MS_DEFAULT,
  SESSION_EXPIRY_INTERVAL_DEFAULT,
  TX_RESERVE_DEFAULT,
  type SessionConfig,
} from './session/config.ts';
export type { ConnectEvent } from './session/connect-event.ts';
export type { Authenticator } from './session/authenticator.ts';
export type { CompletionOptions, Op } from './session/op.ts';
export type { AbortSignalLike, PlatformAbortSignal, WaitOptions } from './session/wait.ts';
export {
  keepConnected,
  type KeepConnectedOptions,
  type OpenContext,
  type OpenResult,
} from './session/keep-connected.ts';
export {
  BACKOFF_FACTOR_DEFAULT,
  BACKOFF_FIRST_MS_DEFAULT,
  BACKOFF_MOST_MS_DEFAULT,
  BACKOFF_STABLE_MS_DEFAULT,
  type Backoff,
} from './session/backoff.ts';

export type { Granted } from './protocol/granted.ts';
export type { InboundPublish, OwnedPublish, ReceivedPublish, ResponseTarget } from './protocol/inbound-publish.ts';
export type { OperationState, PublishResult } from './protocol/operation.ts';
export type { Payload, PayloadWriter, Publication } from './protocol/publication.ts';
export type { ConnectionState } from './protocol/state.ts';

export type { Will } from './codec/connect.ts';
export type { Subscription } from './codec/subscribe.ts';
export { QoS, RetainHandling } from './codec/qos.ts';
export { ReasonCode } from './codec/reason-code.ts';
export type {
  DisconnectProperties,
  PublishProperties,
  SubscribeProperties,
  UnsubscribeProperties,
  UserProperties,
  WillProperties,
} from './codec/properties.ts';

export {
  ConfigError,
  DisconnectedError,
  InvalidatedError,
  InvalidRequestError,
  MqttError,
  NotReadyError,
  PeerError,
  ResourceError,
  TimeoutError,
  TransportError,
  type DisconnectedBy,
  type ErrorCode,
  type TransportErrorCode,
} from './errors.ts';

// For transports and tests
export type { Io } from './io.ts';
export { SystemClock, type Clock } from './clock.ts';
