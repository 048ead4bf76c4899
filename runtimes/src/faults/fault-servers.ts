import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Certificate } from '@minimq/testkit/certificates';

/** Servers that no client can come to terms with, each on a port of its own. */
export class FaultServers {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #spokenCount = 0;

  /** Connections on which something came through TLS, though their server could not be trusted. */
  get spokenCount(): number {
    return this.#spokenCount;
  }

  /** Speaks TLS with this certificate. */
  presenting(certificate: Certificate): Promise<number> {
    const server = createTlsServer({ ...certificate });
    server.on('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => {});
      socket.once('data', () => (this.#spokenCount += 1));
    });
    return this.#listen(server);
  }

  /** Refuses whatever comes first, as an MQTT broker without TLS does. */
  plain(): Promise<number> {
    // CONNACK, malformed packet.
    const answer = Uint8Array.of(0x20, 0x03, 0x00, 0x81, 0x00);
    return this.#listen(createServer((socket) => socket.once('data', () => socket.end(answer))));
  }

  /** Answers an upgrade to WebSocket with HTTP 401. */
  unauthorized(): Promise<number> {
    const server = createHttpServer();
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    return this.#listen(server);
  }

  /** A port that nothing listens on. */
  async deserted(): Promise<number> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) {
      server.close();
      await once(server, 'close');
    }
  }

  async #listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
}
