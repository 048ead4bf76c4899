import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type ConnectionOptions, type TLSSocket, type TlsOptions } from 'node:tls';

/** What came of a handshake, by common names and codes of errors. */
export interface Handshake {
  /** Whom the client saw, where it had nothing against it. */
  readonly server?: string | undefined;
  /** Whom the server saw. */
  readonly client?: string | undefined;
  readonly clientError?: string | undefined;
  readonly serverError?: string | undefined;
}

/** A handshake of node:tls on this machine, with the server's options and the client's. */
export async function handshake(
  serverOptions: TlsOptions,
  clientOptions: ConnectionOptions,
  host = '127.0.0.1',
): Promise<Handshake> {
  const listener = createServer(serverOptions);
  const onServer = new Promise<Handshake>((resolve) => {
    listener.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.end('.');
      resolve({ client: nameOf(socket) });
    });
    listener.on('tlsClientError', (error: NodeJS.ErrnoException) => resolve({ serverError: error.code }));
  });
  listener.listen(0, host);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const onClient = new Promise<Handshake>((resolve) => {
    const socket = connect({ port, host, ...clientOptions });
    let outcome: Handshake = {};
    socket.on('secureConnect', () => (outcome = { server: nameOf(socket) }));
    socket.on('error', (error: NodeJS.ErrnoException) => (outcome = { clientError: error.code }));
    socket.on('close', () => resolve(outcome));
    socket.resume();
  });
  const outcome = { ...(await onServer), ...(await onClient) };
  await new Promise((resolve) => listener.close(resolve));
  return outcome;
}

/** Undefined where the peer has shown no certificate. */
function nameOf(socket: TLSSocket): string | undefined {
  const { subject } = socket.getPeerCertificate() as Partial<ReturnType<TLSSocket['getPeerCertificate']>>;
  return subject === undefined ? undefined : String(subject.CN);
}
