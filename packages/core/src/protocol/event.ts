import type { ReasonCode } from '../codec/reason-code.ts';
import type { MqttError } from '../errors.ts';
import type { Operation, Request } from './operation.ts';

/** What the engine has to tell. Received messages are not among it: `hasMessage` says so, `claim()` takes them. */
export type EngineEvent =
  | ConnectedEvent
  | ClosedEvent
  | AuthEvent
  | ReceiveStalledEvent
  /** A publish, a subscribe or an unsubscribe has come to its end. */
  | Operation
  | Request;

export interface ConnectedEvent {
  readonly kind: 'connected';
  /** Whether the broker kept the session. */
  readonly sessionPresent: boolean;
}

/** The connection is over; the stream has to be closed. */
export interface ClosedEvent {
  readonly kind: 'closed';
  readonly error: MqttError;
  /** Whether the application ended it, and the DISCONNECT left. */
  readonly clean: boolean;
}

/** A step of enhanced authentication (section 4.12). */
export interface AuthEvent {
  readonly kind: 'auth';
  /** 0x18: the broker wants an answer; 0x00: it is satisfied, and this is its own proof. */
  readonly reasonCode: ReasonCode;
  readonly data: Uint8Array | undefined;
}

/** Nobody has been receiving while rx is full, for too long. */
export interface ReceiveStalledEvent {
  readonly kind: 'receive-stalled';
}
