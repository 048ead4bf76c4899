import { tlsServerOptions } from '@minimq/testkit/certificates';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { StreamWire } from '../wire/stream-wire.ts';
import type { Transport } from '../wire/transport.ts';
import { WebSocketWire } from '../wire/web-socket-wire.ts';
import type { Wire } from '../wire/wire.ts';

const HOST = '127.0.0.1';
/** More than the sessions of any benchmark. */
const BACKLOG = 16_384;

export interface Listener {
  readonly port: number;
  /** Takes no more connections; those that are open stay. */
  close(): void;
}

/** Listens on a port of the system's choice, on the loopback interface. */
export async function listen(transport: Transport, onWire: (wire: Wire) => void): Promise<Listener> {
  if (transport === 'ws') return listenWebSocket(onWire);
  const server = transport === 'tcp' ? tcpServer(onWire) : tlsServer(onWire);
  server.listen({ port: 0, host: HOST, backlog: BACKLOG });
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

function tcpServer(onWire: (wire: Wire) => void): Server {
  return createServer({ noDelay: true }, (socket) => onWire(new StreamWire(socket, true)));
}

function tlsServer(onWire: (wire: Wire) => void): Server {
  return createTlsServer({ ...tlsServerOptions(), noDelay: true }, (socket) => onWire(new StreamWire(socket, true)));
}

async function listenWebSocket(onWire: (wire: Wire) => void): Promise<Listener> {
  const server = new WebSocketServer({ port: 0, host: HOST, backlog: BACKLOG, perMessageDeflate: false });
  server.on('connection', (socket) => onWire(new WebSocketWire(socket)));
  await new Promise<void>((resolve, reject) => server.on('listening', resolve).on('error', reject));
  return { port: server.address().port, close: () => server.close() };
}
