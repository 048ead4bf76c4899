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

/** The event of one connection; it makes a promise only for who asks. */
export class Connection implements ConnectEvent {
  readonly kind: 'connected' | 'reconnected';
  readonly clientId: string;
  readonly granted: Granted;
  #error: DisconnectedError | undefined;
  #closed: Promise<DisconnectedError> | undefined;
  #resolve: ((error: DisconnectedError) => void) | undefined;

  constructor(kind: 'connected' | 'reconnected', clientId: string, granted: Granted) {
    this.kind = kind;
    this.clientId = clientId;
    this.granted = granted;
  }

  get closed(): Promise<DisconnectedError> {
    this.#closed ??= new Promise((resolve) => {
      if (this.#error === undefined) this.#resolve = resolve;
      else resolve(this.#error);
    });
    return this.#closed;
  }

  end(error: DisconnectedError): void {
    this.#error = error;
    this.#resolve?.(error);
  }
}
