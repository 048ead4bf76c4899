import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { testCertificates } from '@minimq/testkit/certificates';
import { streamPeer } from '@minimq/testkit/node';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { Transport } from '../tasks/target.ts';
import type { Served } from './flow-run.ts';

/** A port for each transport; all connections go to `onConnection`. */
export class FlowListeners {
  readonly #servers: Readonly<Record<Transport, Server>>;
  readonly #sockets = new Set<Socket>();

  constructor(onConnection: (served: Served) => void) {
    const plain = (stream: Duplex): void => onConnection({ peer: streamPeer(stream), stream });
    const { server: tls } = testCertificates();
    const [ws, wss] = [createHttpServer(), createHttpsServer(tls)];
    const webSockets = new WebSocketServer({
      noServer: true,
      handleProtocols: () => 'mqtt',
      perMessageDeflate: false,
    });
    for (const server of [ws, wss]) {
      server.on('upgrade', (request, socket, head) => {
        webSockets.handleUpgrade(request, socket, head, (webSocket) => {
          onConnection({ peer: streamPeer(createWebSocketStream(webSocket)), stream: socket });
        });
      });
    }
    this.#servers = {
      tcp: createServer({ allowHalfOpen: true }, plain),
      tls: createTlsServer({ ...tls, allowHalfOpen: true }, plain),
      ws,
      wss,
    };
    for (const server of Object.values(this.#servers)) {
      server.on('connection', (socket: Socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        socket.on('error', () => {});
      });
    }
  }

  async listen(): Promise<void> {
    for (const server of Object.values(this.#servers)) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
  }

  url(transport: Transport): string {
    const scheme = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws', wss: 'wss' }[transport];
    return `${scheme}://127.0.0.1:${(this.#servers[transport].address() as AddressInfo).port}`;
  }

  /** Breaks off whatever connection is left. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    for (const server of Object.values(this.#servers)) {
      server.close();
      await once(server, 'close');
    }
  }
}
