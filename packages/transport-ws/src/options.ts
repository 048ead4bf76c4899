import { InvalidRequestError } from '@minimq/core';

/** As long as a session waits for its CONNACK: whoever waits longer for a connection has usually mistyped the host. */
export const CONNECT_TIMEOUT_MS_DEFAULT = 30_000;
/** Several round trips of a slow link, for the server to answer our close frame. */
export const CLOSE_TIMEOUT_MS_DEFAULT = 1_000;
/** Far above what a session has room for in most programs, and far below what hurts a browser's tab. */
export const INBOUND_BYTES_MAX_DEFAULT = 4_194_304;

/** The longest time that a timer can wait for (a longer one would fire at once), and what `ws` can count to. */
const INT32_MAX = 2_147_483_647;

/** The part of Node's `http.Agent` that its type is recognised by, so that these types need none of Node's. */
export interface HttpAgent {
  destroy(): void;
}

/** A PEM text, or its bytes. */
export type Pem = string | Uint8Array;

/** How any WebSocket is opened and closed. */
export interface WebSocketCommonOptions {
  /**
   * The subprotocols to offer, `mqtt` among them; the server has to choose `mqtt`. Default `['mqtt']`. More than that
   * is for servers that expect a token there, which no error message repeats.
   */
  readonly protocols?: string | readonly string[] | undefined;
  /**
   * Ends the attempt: the call rejects with `signal.reason` itself. It ends nothing once the connection is there.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for the whole attempt, the HTTP upgrade included. More than 0; `Infinity`: no limit of ours. Default
   * `CONNECT_TIMEOUT_MS_DEFAULT` (30,000). Past it the call rejects with a `TransportError`, code `connect-timeout`.
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds that `close()` gives the closing handshake; then the connection is dropped. 0: at once. Default
   * `CLOSE_TIMEOUT_MS_DEFAULT` (1,000).
   */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * Bytes, 1 or more: the longest message that is taken in, and on a platform without flow control also the most that
   * is held while nobody reads. Past it the connection ends with a `TransportError` that says so. Default
   * `INBOUND_BYTES_MAX_DEFAULT` (4,194,304).
   */
  readonly inboundBytesMax?: number | undefined;
  /**
   * Takes the platform's `WebSocketStream` where it has one: it can hold the server back, which a `WebSocket` cannot.
   * Default false: Chromium 156 crashes the page when a connection ends while a write to one waits. Node's `ws` holds the
   * server back as it is.
   */
  readonly preferWebSocketStream?: boolean | undefined;
}

/** What only Node can do. Elsewhere each of these is an `InvalidRequestError`. */
export interface WebSocketNodeOptions {
  /** Headers of the HTTP upgrade: `Authorization`, `Cookie`, `Origin`, … */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** An `http.Agent` for `ws:`, an `https.Agent` for `wss:`: a proxy, say. */
  readonly agent?: HttpAgent | undefined;
  /** For `wss:`, the authorities to trust instead of the well-known ones. */
  readonly ca?: Pem | readonly Pem[] | undefined;
  /** For `wss:`, our own certificate, where the server asks for one. */
  readonly cert?: Pem | undefined;
  /** The private key of `cert`. */
  readonly key?: Pem | undefined;
  /** Of `key`, where that is encrypted. */
  readonly passphrase?: string | undefined;
  /** For `wss:`, the name that the server's certificate has to carry. Default: the host of the URL. */
  readonly servername?: string | undefined;
}

export interface WebSocketOptions extends WebSocketCommonOptions, WebSocketNodeOptions {}

/** The options, checked and with their defaults. */
export interface WebSocketRequest {
  readonly url: string;
  /** The server, as an error message names it: without the query, which may be a secret. */
  readonly target: string;
  readonly protocols: string[];
  readonly signal: AbortSignal | undefined;
  /** `undefined`: no limit. */
  readonly connectTimeoutMs: number | undefined;
  readonly closeTimeoutMs: number | undefined;
  readonly inboundBytesMax: number;
  readonly preferWebSocketStream: boolean;
}

export function checkRequest(url: string | URL, options: WebSocketOptions): WebSocketRequest {
  const { href, protocol, host, pathname, username, password } = parse(url);
  if (protocol !== 'ws:' && protocol !== 'wss:') throw invalid(`Not a ws: or wss: URL, but ${protocol}`);
  if (username || password) throw invalid('No credentials in the URL: MQTT ones go to session.connect()');
  const { protocols = 'mqtt', inboundBytesMax = INBOUND_BYTES_MAX_DEFAULT } = options;
  const offered = typeof protocols === 'string' ? [protocols] : [...protocols];
  if (!offered.includes('mqtt')) throw invalid('protocols must contain mqtt [MQTT-6.0.0-3]');
  if (!Number.isInteger(inboundBytesMax) || inboundBytesMax < 1 || inboundBytesMax > INT32_MAX) {
    throw invalid(`inboundBytesMax cannot be ${inboundBytesMax}`);
  }
  return {
    url: href,
    target: `${protocol}//${host}${pathname}`,
    protocols: offered,
    signal: options.signal,
    connectTimeoutMs: timerMs('connectTimeoutMs', options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS_DEFAULT, 1),
    closeTimeoutMs: timerMs('closeTimeoutMs', options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS_DEFAULT, 0),
    inboundBytesMax,
    preferWebSocketStream: options.preferWebSocketStream === true,
  };
}

export function invalid(message: string, cause?: unknown): InvalidRequestError {
  return new InvalidRequestError('invalid-argument', message, { cause });
}

function parse(url: string | URL): URL {
  try {
    return new URL(url);
  } catch {
    throw invalid('Not a URL'); // Which may hold a password, so it is not repeated.
  }
}

function timerMs(name: string, value: number, min: 0 | 1): number | undefined {
  // Written so that NaN, and what is no number, fails as well.
  if (!(value > 0 || (value === 0 && min === 0))) throw invalid(`${name} cannot be ${value}`);
  return value > INT32_MAX ? undefined : value;
}
