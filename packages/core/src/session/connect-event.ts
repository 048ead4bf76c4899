import type { DisconnectedError } from '../errors.ts';
import type { Granted } from '../protocol/granted.ts';

/** A connection has begun. */
export interface ConnectEvent {
  /** `'reconnected'`: the broker kept the session, subscriptions included; `'connected'`: it is a new one. */
  readonly kind: 'connected' | 'reconnected';
  /** The session's name, given or assigned. */
  readonly clientId: string;
  /** What the broker allows on this connection. */
  readonly granted: Granted;
  /** Resolves with the reason when this connection has ended; never rejects. */
  readonly closed: Promise<DisconnectedError>;
}
