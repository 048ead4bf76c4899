// The face for Node: `ws`. It has the same exports as `index.ts`.
import type { Io } from '@minimq/core';
import { checkRequest } from './options.ts';
import type { WebSocketOptions } from './options.ts';
import { connect } from './node/connect.ts';

/** Opens a WebSocket through `ws`; see the same function of `index.ts`, whose words hold here as well. */
export async function connectWebSocket(url: string | URL, options: WebSocketOptions = {}): Promise<Io> {
  return connect(checkRequest(url, options), options);
}

export { CLOSE_TIMEOUT_MS_DEFAULT, CONNECT_TIMEOUT_MS_DEFAULT, INBOUND_BYTES_MAX_DEFAULT } from './options.ts';
export type { HttpAgent, Pem, WebSocketCommonOptions, WebSocketNodeOptions, WebSocketOptions } from './options.ts';
