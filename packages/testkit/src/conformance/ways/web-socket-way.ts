import type { TlsOptions } from 'node:tls';
import { webSocketAcceptor } from '../../node/acceptors.ts';
import type { ServerWebSocket } from '../../node/web-socket-server.ts';
import { LISTENING_CONCURRENCY, openListening } from './listening-way.ts';
import type { Way } from './way.ts';

/** WebSocket on this machine, in real time. With `tls` encrypted; default certificate: `testCertificates().server`. */
export function webSocketWay({ tls }: { readonly tls?: TlsOptions | undefined } = {}): Way {
  return {
    name: tls === undefined ? 'ws' : 'wss',
    concurrency: LISTENING_CONCURRENCY,
    async open({ webSocket = {} } = {}) {
      const offers: string[][] = [];
      const sockets: ServerWebSocket[] = [];
      const listening = {
        ...webSocket,
        refuse({ headers }: { readonly headers: NodeJS.Dict<string | string[]> }): undefined {
          offers.push(String(headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/));
        },
        onWebSocket: (socket: ServerWebSocket): void => void sockets.push(socket),
      };
      return { ...(await openListening(webSocketAcceptor({}, listening, tls))), webSocket: { offers, sockets } };
    },
  };
}
