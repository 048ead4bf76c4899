import { createServer as createHttpServer, STATUS_CODES, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { OnSocket } from './socket-acceptor.ts';
import { WebSocketIo } from './web-socket-io.ts';

/** Bytes of one WebSocket message that are taken in; a longer one ends the connection with 1009. */
export const WEB_SOCKET_MESSAGE_BYTES_MAX: number = 16 * 1024 * 1024;

/** A connection beside its MQTT, for a test that does what a broker should not: the `WebSocket` of `ws`. */
export interface ServerWebSocket {
  /** A string goes as a text frame. `fin: false`: more of the same message follows. */
  send(data: string | Uint8Array, options: { readonly binary?: boolean; readonly fin?: boolean }): void;
  ping(data?: string): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** Ends the connection without one. */
  terminate(): void;
}

/** What a WebSocket server does, and what it does wrong. */
export interface WebSocketOptions {
  /** A status refuses the client, `401` for example; undefined goes on. Default: everybody is welcome, at any path. */
  readonly refuse?: ((request: IncomingMessage) => number | undefined) | undefined;
  /** The subprotocol to answer with, right or wrong; null: none. Default: `mqtt`, and who does not offer that gets 400. */
  readonly subprotocol?: string | null | undefined;
  /** Bytes in a frame at most. Default: what the broker writes at once. */
  readonly frameBytesMax?: number | undefined;
  /** Default `WEB_SOCKET_MESSAGE_BYTES_MAX`. */
  readonly messageBytesMax?: number | undefined;
  /** Sees each connection before any MQTT on it. */
  readonly onWebSocket?: ((webSocket: ServerWebSocket) => void) | undefined;
}

/** The HTTP server under WebSockets, with TLS where `tls` is given. Rejects with a RangeError for a limit below 1. */
export async function serveWebSocket(onSocket: OnSocket, options: WebSocketOptions, tls?: TlsOptions): Promise<Server> {
  const {
    messageBytesMax: maxPayload = WEB_SOCKET_MESSAGE_BYTES_MAX,
    frameBytesMax,
    subprotocol,
    onWebSocket,
  } = options;
  for (const bytesMax of [maxPayload, frameBytesMax ?? 1]) {
    if (!(bytesMax >= 1)) throw new RangeError(`A message and a frame have at least 1 byte, not ${bytesMax}`);
  }
  const { WebSocketServer } = await import('ws');
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload,
    // A client that asks and does not read would fill the memory with answers; see WebSocketIo.
    autoPong: false,
    handleProtocols: () => (subprotocol === undefined ? 'mqtt' : (subprotocol ?? false)),
  });
  const server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  server.on('request', (_request, response) => response.writeHead(426, { upgrade: 'websocket' }).end());
  server.on('upgrade', (request, stream, head) => {
    const socket = stream as Socket;
    socket.on('error', () => {});
    const status = options.refuse?.(request) ?? (subprotocol === undefined && !offersMqtt(request) ? 400 : undefined);
    if (status !== undefined) {
      refuse(socket, status);
      return;
    }
    handshakes.handleUpgrade(request, socket, head, (webSocket) => {
      const io = new WebSocketIo(webSocket, { frameBytesMax });
      onWebSocket?.(webSocket);
      onSocket(socket, io);
    });
  });
  return server;
}

/** [MQTT-6.0.0-3]: a client has to offer `mqtt`. */
function offersMqtt({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === 'mqtt');
}

function refuse(socket: Socket, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
