/** Enhanced authentication (section 4.12). Each call may be synchronous or not; one that throws ends the connection. */
export interface Authenticator {
  /** The Authentication Method that CONNECT names. */
  readonly method: string;
  /** The first data of ours, for CONNECT and for each re-authentication. */
  start(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Our answer to data of the broker's. */
  respond(data: Uint8Array | undefined): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Checks the last data of the broker's, which has accepted ours. */
  finish?(data: Uint8Array | undefined): void | Promise<void>;
}
