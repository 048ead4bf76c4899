// The face for browsers, workers, Deno and Bun: the platform's own WebSocket, and nothing of Node. `node.ts` has the
// same exports.
import type { Io } from '@minimq/core';
import { checkRequest, invalid } from './options.ts';
import type { WebSocketNodeOptions, WebSocketOptions } from './options.ts';
import { connect } from './platform/connect.ts';
import type { Platform } from './platform/platform.ts';

const NODE_ONLY: readonly (keyof WebSocketNodeOptions)[] = [
  'headers',
  'agent',
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
];

/**
 * Opens a WebSocket to `url` (`ws:` or `wss:`) and makes it an `Io`. Resolves once the server has accepted it and has
 * chosen the subprotocol `mqtt`.
 *
 * Rejects with a `TransportError`: `connect-failed`, which names the HTTP status or the subprotocol where the platform
 * tells it, or `connect-timeout`; with `signal.reason` itself where the signal ended it; with an `InvalidRequestError`
 * (`invalid-argument`) where the URL or the options cannot work, on this platform or anywhere. Whatever the outcome,
 * nothing is left open.
 */
export async function connectWebSocket(url: string | URL, options: WebSocketOptions = {}): Promise<Io> {
  const platform = globalThis as Platform;
  for (const name of NODE_ONLY) {
    if (options[name] !== undefined) throw invalid(`${name}: only Node's WebSocket can do that`);
  }
  if (!platform.WebSocket) throw invalid('This platform has no WebSocket');
  return connect(checkRequest(url, options), platform);
}

export { CLOSE_TIMEOUT_MS_DEFAULT, CONNECT_TIMEOUT_MS_DEFAULT, INBOUND_BYTES_MAX_DEFAULT } from './options.ts';
export type { HttpAgent, Pem, WebSocketCommonOptions, WebSocketNodeOptions, WebSocketOptions } from './options.ts';
