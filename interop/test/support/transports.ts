import type { Io } from '@minimq/core';
import { mosquittoTls, testCertificates, tlsClientOptions } from '@minimq/testkit/certificates';
import { connectTcp } from '@minimq/transport-node';
import { connectTls } from '@minimq/transport-tls';
import { connectWebSocket } from '@minimq/transport-ws';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A way to mosquitto: what its listener is told, and how it is reached. */
export interface Transport {
  readonly name: string;
  /** Lines that follow the `listener` line; files that they name go into the folder. */
  readonly listener: (folder: string) => readonly string[] | Promise<readonly string[]>;
  readonly open: (address: Address) => Promise<Io>;
}

export const tcp: Transport = { name: 'TCP', listener: () => [], open: ({ host, port }) => connectTcp({ host, port }) };

const tls: Transport = {
  name: 'TLS',
  listener: mosquittoTls,
  open: ({ host, port }) => connectTls({ host, port, ...tlsClientOptions() }),
};

export const mutualTls: Transport = {
  name: 'TLS with a client certificate',
  listener: (folder) => mosquittoTls(folder, { requireClientCertificate: true }),
  open: ({ host, port }) => connectTls({ host, port, ...tlsClientOptions({ certificate: testCertificates().client }) }),
};

// By default mosquitto's listeners for WebSockets are on every interface.
const WEB_SOCKETS = ['protocol websockets', 'socket_domain ipv4'];

const webSocket: Transport = {
  name: 'WebSocket',
  listener: () => WEB_SOCKETS,
  open: ({ host, port }) => connectWebSocket(`ws://${host}:${port}/mqtt`),
};

const secureWebSocket: Transport = {
  name: 'secure WebSocket',
  listener: async (folder) => [...WEB_SOCKETS, ...(await mosquittoTls(folder))],
  open: ({ host, port }) => connectWebSocket(`wss://${host}:${port}/mqtt`, tlsClientOptions()),
};

export const transports: readonly Transport[] = [tcp, tls, mutualTls, webSocket, secureWebSocket];
