import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { streamPeer } from '@minimq/testkit/node';
import type { IoPeer } from '@minimq/testkit';
import { createWebSocketStream, WebSocketServer, type WebSocket } from 'ws';
import { Commanded } from './commanded.ts';

const CLOSE_NORMAL = 1000;

/**
 * The other end of the streams that a page opens: a WebSocket at `/stream/NAME`, and the one at `/peer/NAME`, opened
 * before it, over which the page commands it.
 */
export class PeerServer {
  readonly #server: Server = createServer();
  readonly #streams = new WebSocketServer({ noServer: true, handleProtocols: () => 'mqtt' });
  readonly #commands = new WebSocketServer({ noServer: true });
  readonly #waiting = new Map<string, (peer: IoPeer) => void>();
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<PeerServer> {
    const self = new PeerServer();
    self.#server.listen(0, '127.0.0.1');
    await once(self.#server, 'listening');
    return self;
  }

  private constructor() {
    this.#server.on('upgrade', (request, stream, head) => this.#upgrade(request, stream as Socket, head));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    const [, kind, name = ''] = (request.url ?? '').split('/');
    if (kind === 'peer') {
      this.#commands.handleUpgrade(request, socket, head, (webSocket) => this.#command(webSocket, name));
    } else if (kind === 'stream' && this.#waiting.has(name)) {
      this.#streams.handleUpgrade(request, socket, head, (webSocket) => {
        this.#waiting.get(name)?.(peerOf(webSocket, socket));
        this.#waiting.delete(name);
      });
    } else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }

  #command(webSocket: WebSocket, name: string): void {
    const peer = new Promise<IoPeer>((resolve) => this.#waiting.set(name, resolve));
    const commanded = new Commanded(peer, (answer) => webSocket.send(answer));
    webSocket.on('error', () => {});
    webSocket.on('message', (data) => commanded.obey(Uint8Array.from(data as Buffer)));
    webSocket.on('close', () => {
      this.#waiting.delete(name);
      void peer.then((each) => each.close());
    });
  }
}

/** Its end begins with a Close frame, and does not wait for the other one; a reset is one of the TCP connection. */
function peerOf(webSocket: WebSocket, socket: Socket): IoPeer {
  return {
    ...streamPeer(createWebSocketStream(webSocket)),
    end: () => webSocket.close(CLOSE_NORMAL),
    async reset() {
      const closed = once(socket, 'close');
      socket.resetAndDestroy();
      await closed;
    },
  };
}
