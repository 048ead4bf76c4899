import { once } from 'node:events';
import { Agent as HttpAgent, createServer, request } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { HOST, listenForTest } from './support.ts';

/** The stream is left out where there is an error. */
type Created = (error: Error | null, ...stream: Duplex[]) => void;
interface Destination {
  readonly host?: string | null | undefined;
  readonly port?: string | number | null | undefined;
}

export interface Proxy {
  readonly port: number;
  /** The authorities that tunnels were asked for. */
  readonly asked: readonly string[];
  /** Resolves when a tunnel is asked for. */
  readonly whenAsked: Promise<unknown>;
  /** How many bytes have come through tunnels, from either side. */
  carriedBytes(): number;
}

/** An HTTP proxy for one test. It opens the tunnels that it is asked for, or answers with another status, or never. */
export async function listenProxy(answer: 200 | 407 | 'silence' = 200): Promise<Proxy> {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  let carriedBytes = 0;
  const server = createServer();
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => {})));
  server.on('connect', ({ url = '' }, client: Duplex) => {
    asked.push(url);
    if (answer === 'silence') return;
    if (answer !== 200) {
      client.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = url.split(':');
    const onward = connect({ host, port: Number(port) }, () => client.write('HTTP/1.1 200 Tunnel\r\n\r\n'));
    sockets.push(onward.on('error', () => {}));
    for (const end of [client, onward]) end.on('data', ({ length }: Buffer) => void (carriedBytes += length));
    client.pipe(onward).pipe(client);
  });
  const whenAsked = once(server, 'connect');
  const port = await listenForTest(server, sockets);
  return { port, asked, whenAsked, carriedBytes: () => carriedBytes };
}

/** For `ws:`, what packages for this do: the connection is a tunnel of the proxy's. */
export class TunnelAgent extends HttpAgent {
  readonly #proxyPort: number;

  constructor(proxyPort: number) {
    super();
    this.#proxyPort = proxyPort;
  }

  override createConnection(options: Destination, created?: Created): undefined {
    openTunnel(this.#proxyPort, options, created!);
  }
}

/** For `wss:`, with TLS inside the tunnel. */
export class SecureTunnelAgent extends HttpsAgent {
  readonly #proxyPort: number;

  constructor(proxyPort: number) {
    super();
    this.#proxyPort = proxyPort;
  }

  override createConnection(options: Destination, created?: Created): undefined {
    openTunnel(this.#proxyPort, options, (error, socket) => {
      if (error) created!(error);
      else created!(null, super.createConnection({ ...options, socket } as object)!);
    });
  }
}

function openTunnel(proxyPort: number, { host, port }: Destination, opened: Created): void {
  const path = `${host}:${port}`;
  request({ host: HOST, port: proxyPort, method: 'CONNECT', path, agent: false })
    .on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) opened(null, socket);
      else {
        socket.destroy();
        opened(new Error(`the proxy answered HTTP ${statusCode}`));
      }
    })
    .on('error', opened)
    .end();
}
