import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = '<!doctype html><meta charset="utf-8"><title>minimq</title><script type="module" src="/page.js"></script>';

/** Serves an empty page with its scripts on a local port. */
export class PageServer {
  readonly #server: Server;

  static async start(scripts: ReadonlyMap<string, Uint8Array>): Promise<PageServer> {
    const server = createServer(({ url = '/' }, response) => {
      const script = scripts.get(url);
      if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
      else if (url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
      else response.writeHead(404).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
