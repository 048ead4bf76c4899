// The face for platforms without sockets: WebSocket only. It has the same exports as `index.ts`.
import type { Io } from '@minimq/core';
import { openWebSocket } from './open-web-socket.ts';
import type { OpenIoOptions } from './options.ts';
import { invalid, parseTarget } from './url.ts';

/** Opens a WebSocket; see the same function of `index.ts`, whose words hold here as well. */
export async function openIo(url: string | URL, options: OpenIoOptions = {}): Promise<Io> {
  const target = parseTarget(url);
  if (target.protocol === 'ws:' || target.protocol === 'wss:') return openWebSocket(target, options);
  throw invalid(`This platform has no sockets: it can open ws: and wss:, but not ${target.protocol}`);
}

export { splitCredentials } from './credentials.ts';
export type { SplitCredentials } from './credentials.ts';
export type { OpenIoCommonOptions, OpenIoOptions } from './options.ts';
