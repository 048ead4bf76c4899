import type { Io } from '@minimq/core';
import type { Target } from './client.ts';

/** The stream under the session. Nobody looks at the peer's certificate. */
export async function openIo({ transport, port }: Target, readBufferBytes?: number): Promise<Io> {
  const host = '127.0.0.1';
  switch (transport) {
    case 'tcp':
      return (await import('@minimq/transport-node')).connectTcp({ host, port, readBufferBytes });
    case 'tls':
      return (await import('@minimq/transport-tls')).connectTls({ host, port, dangerouslyAcceptAnyCertificate: true });
    case 'ws':
      return (await import('@minimq/transport-ws')).connectWebSocket(`ws://${host}:${port}`);
  }
}
