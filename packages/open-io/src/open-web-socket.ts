import type { Io } from '@minimq/core';
import { commonOptions } from './options.ts';
import type { OpenIoOptions } from './options.ts';

export async function openWebSocket(url: URL, options: OpenIoOptions): Promise<Io> {
  const { connectWebSocket } = await import('@minimq/transport-ws');
  return connectWebSocket(url, { ...options.ws, ...commonOptions(options) });
}
