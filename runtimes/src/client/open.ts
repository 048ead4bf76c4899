import type { Io } from '@minimq/core';
import type { Target } from '../tasks/target.ts';

/** Opens a stream by the transport that was asked for; only that package is loaded. */
export async function open({ transport, url, ca, preferWebSocketStream }: Target): Promise<Io> {
  const { hostname: host, port } = new URL(url);
  switch (transport) {
    case 'tcp': {
      const { connectTcp } = await import('@minimq/transport-node');
      return connectTcp({ host, port: Number(port) });
    }
    case 'tls': {
      const { connectTls } = await import('@minimq/transport-tls');
      return connectTls({ host, port: Number(port), ca });
    }
    case 'ws':
    case 'wss': {
      const { connectWebSocket } = await import('@minimq/transport-ws');
      const trust = transport === 'wss' && entryOfWebSocket() === 'node.js' ? { ca } : {};
      return connectWebSocket(url, { ...trust, preferWebSocketStream });
    }
  }
}

/** The file of the package that the runtime's conditions have chosen. */
export function entryOfWebSocket(): string {
  return import.meta.resolve('@minimq/transport-ws').replace(/^.*\//, '');
}
