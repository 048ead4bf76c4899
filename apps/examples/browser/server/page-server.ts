import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from './bundle.ts';

const HOST = '127.0.0.1';

export interface PageServerOptions {
  /** Where the page finds the broker. */
  readonly brokerUrl: string;
  /** The page asks for its connection to be cut: `POST /cut`. */
  readonly onCut: () => void;
}

export interface PageServer {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Resolves when all its connections are closed. */
  close(): Promise<void>;
}

/** Serves the page on a free port, to this machine and to nothing but its own address. */
export async function servePage(page: Page, { brokerUrl, onCut }: PageServerOptions): Promise<PageServer> {
  const files: ReadonlyMap<string, readonly [type: string, text: string]> = new Map([
    ['/', ['text/html', page.html.replaceAll('{{brokerUrl}}', brokerUrl)]],
    ['/style.css', ['text/css', page.css]],
    ['/main.js', ['text/javascript', page.script]],
  ]);
  const headers = {
    'content-security-policy':
      `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; ` +
      `connect-src 'self' ${brokerUrl}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const end = (status: number, type = 'text/plain', text = ''): void => {
      response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8` });
      response.end(request.method === 'HEAD' ? '' : text);
    };
    // A name that somebody made to point here is not ours.
    if (request.headers.host !== authority) return end(421);
    if (request.url === '/cut') {
      if (request.method !== 'POST') return end(405);
      // No other page may press our buttons.
      if (request.headers.origin !== `http://${authority}`) return end(403);
      onCut();
      return end(204);
    }
    const file = files.get(request.url ?? '');
    if (file === undefined) return end(404, 'text/plain', 'There is no such page');
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(405);
    return end(200, ...file);
  };
  const server = createServer(answer);
  server.listen(0, HOST);
  await once(server, 'listening');
  const authority = `${HOST}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${authority}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
