import { InvalidRequestError } from '@minimq/core';

/** As long as a session waits for its CONNACK: whoever waits longer for a connection has usually mistyped the host. */
export const CONNECT_TIMEOUT_MS_DEFAULT = 30_000;
/** What libuv reads at most in one go: a smaller buffer costs more reads, a larger one is not filled. */
export const READ_BUFFER_BYTES_DEFAULT = 65_536;
/** Several round trips of a slow link, for the peer to answer the end of our stream with the end of its own. */
export const CLOSE_TIMEOUT_MS_DEFAULT = 1_000;

/** The longest time that a Node timer can wait for; a longer one would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

/** How long an attempt to connect may take. */
export interface ConnectOptions {
  /**
   * Milliseconds for the whole attempt: the name look-up and every address that is tried. More than 0; `Infinity`
   * leaves it to the operating system. Default `CONNECT_TIMEOUT_MS_DEFAULT` (30,000). Past it the call rejects with a
   * `TransportError`, code `connect-timeout`.
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Ends the attempt: the socket is destroyed and the call rejects with `signal.reason` itself. It ends nothing once
   * the connection is there.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How a stream is closed. */
export interface CloseOptions {
  /**
   * Milliseconds that `close()` gives the peer to read what was written and to end its side; then the stream is
   * destroyed. 0 destroys it at once, which may cost the peer the last bytes (the DISCONNECT, say). Default
   * `CLOSE_TIMEOUT_MS_DEFAULT` (1,000).
   */
  readonly closeTimeoutMs?: number | undefined;
}

/** What the sockets that this package opens have in common. */
export interface SocketOptions extends ConnectOptions, CloseOptions {
  /**
   * Bytes of the one buffer that the socket reads into, 1 or more; it is also all that is ever read ahead of the
   * session. Default `READ_BUFFER_BYTES_DEFAULT` (65,536).
   */
  readonly readBufferBytes?: number | undefined;
}

/** Checks a time in milliseconds; longer than a timer can wait comes back as `undefined`: no timer at all. */
export function timerMs(name: string, value: number, min: 0 | 1): number | undefined {
  if (typeof value !== 'number' || Number.isNaN(value) || value < 0 || (min === 1 && value === 0)) {
    throw invalidOption(name, value, min === 1 ? 'more than 0 milliseconds' : '0 milliseconds or more');
  }
  return value > TIMER_MS_MAX ? undefined : value;
}

/** `closeTimeoutMs`, checked; `undefined`: no timer at all. */
export function closeTimer(options: CloseOptions): number | undefined {
  return timerMs('closeTimeoutMs', options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS_DEFAULT, 0);
}

/** Checks a whole number. */
export function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalidOption(name, value, `a whole number from ${min} to ${max}`);
  }
  return value;
}

export function invalidOption(name: string, value: unknown, wanted: string): InvalidRequestError {
  return new InvalidRequestError('invalid-argument', `${name} must be ${wanted}, but is ${String(value)}`);
}
