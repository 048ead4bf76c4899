import type { TcpOptions, UnixOptions } from '@minimq/transport-node';
import type { TlsOptions } from '@minimq/transport-tls';
import type { WebSocketOptions } from '@minimq/transport-ws';

/** What every transport takes; see there for the defaults. */
export interface OpenIoCommonOptions {
  /** Ends the attempt: the call rejects with `signal.reason` itself. It ends nothing once the connection is there. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole attempt. More than 0; `Infinity`: no limit of ours. Default 30,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds that `close()` gives the peer to end its side; 0: none. Default 1,000. */
  readonly closeTimeoutMs?: number | undefined;
}

/** What the URL or the common options say is not said again. */
type Only<T> = Omit<T, keyof OpenIoCommonOptions | 'host' | 'port' | 'path'>;

/** Options for whichever transport the URL names; those for the others are not looked at. */
export interface OpenIoOptions extends OpenIoCommonOptions {
  /** For `mqtt:`, those of `connectTcp`. */
  readonly tcp?: Only<TcpOptions> | undefined;
  /** For `mqtts:`, those of `connectTls`. */
  readonly tls?: Only<TlsOptions> | undefined;
  /** For `unix:`, those of `connectUnix`. */
  readonly unix?: Only<UnixOptions> | undefined;
  /** For `ws:` and `wss:`, those of `connectWebSocket`. */
  readonly ws?: Only<WebSocketOptions> | undefined;
}

export function commonOptions({ signal, connectTimeoutMs, closeTimeoutMs }: OpenIoOptions): OpenIoCommonOptions {
  return { signal, connectTimeoutMs, closeTimeoutMs };
}
