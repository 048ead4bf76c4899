import { testCertificates } from '@minimq/testkit/certificates';
import type { Io } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { connectTls, wrapTls } from '@minimq/transport-tls';
import type { TlsIo, TlsOptions, WrapTlsOptions } from '@minimq/transport-tls';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer } from 'node:tls';
import type { Server, TlsOptions as ServerOptions, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { HOST, untilStill } from '../../transport-node/test/support.ts';

export const certificates = testCertificates();

/** What a client needs to trust `certificates.server`. */
export const trusting = { host: HOST, ca: certificates.ca.cert } as const;

export interface TlsListener {
  readonly server: Server;
  readonly port: number;
  /** The next connection whose handshake is done. */
  accepted(): Promise<TLSSocket>;
}

/** A TLS server for one test, on a port of its own; its sockets do not read by themselves, and go with it. */
export async function listenTls(options: ServerOptions = certificates.server): Promise<TlsListener> {
  const server = createServer({ allowHalfOpen: true, ...options });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // Tests that mean to break the connection break it for the peer as well.
  });
  server.on('secureConnection', (socket) => void socket.on('error', () => {}));
  server.listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async accepted() {
      const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
      return socket;
    },
  };
}

export interface TlsLink {
  readonly io: TlsIo;
  readonly peer: TLSSocket;
}

/** Both ends of a connection of `connectTls`. */
export async function meetTls(listener: TlsListener, options: Partial<TlsOptions> = {}): Promise<TlsLink> {
  const accepted = listener.accepted();
  const io = await connectTls({ ...trusting, port: listener.port, closeTimeoutMs: 100, ...options });
  const peer = await accepted;
  onTestFinished(async () => {
    peer.destroy();
    await io.close();
  });
  return { io, peer };
}

/** What would keep this process from ending, once nothing changes any more. */
export async function handles(): Promise<string[]> {
  await untilStill(() => process.getActiveResourcesInfo().length);
  return process.getActiveResourcesInfo().sort();
}

/** What TLS is put inside of, connected to a port. */
export const wrappable: readonly { readonly name: string; readonly open: (port: number) => Promise<Io | Duplex> }[] = [
  { name: 'an Io', open: (port) => connectTcp({ host: HOST, port, closeTimeoutMs: 100 }) },
  {
    name: 'a socket',
    async open(port) {
      const socket = connect({ host: HOST, port, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    },
  },
  {
    name: 'a Duplex',
    async open(port) {
      const socket = connect({ host: HOST, port, allowHalfOpen: true });
      await once(socket, 'connect');
      return Duplex.from({ readable: socket, writable: socket });
    },
  },
];

/** Both ends of a connection of `wrapTls`. */
export async function meetWrapped(
  listener: TlsListener,
  open: (port: number) => Promise<Io | Duplex>,
  options: Partial<WrapTlsOptions> = {},
): Promise<TlsLink> {
  const accepted = listener.accepted();
  const io = await wrapTls(await open(listener.port), { ...trusting, closeTimeoutMs: 100, ...options });
  const peer = await accepted;
  onTestFinished(async () => {
    peer.destroy();
    await io.close();
  });
  return { io, peer };
}

/** Every kind of stream that this package makes an `Io` of. */
export const links: readonly { readonly name: string; readonly open: () => Promise<TlsLink> }[] = [
  { name: 'connectTls', open: async () => meetTls(await listenTls()) },
  ...wrappable.map(({ name, open }) => ({
    name: `wrapTls over ${name}`,
    open: async () => meetWrapped(await listenTls(), open),
  })),
];
