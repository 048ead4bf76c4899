import { StreamWriter, tcpRequest } from '@minimq/transport-node/internal';
import type { TcpNetConnectOpts } from 'node:net';
import { CappedReader } from './capped-reader.ts';
import { shakeHands } from './handshake.ts';
import { canHoldPeerBack } from './inbound-flow.ts';
import { inboundLimit } from './options.ts';
import type { TlsOptions } from './options.ts';
import type { TlsIo } from './tls-io.ts';
import { TlsReader } from './tls-reader.ts';

/**
 * Opens a TCP connection and TLS on it. Resolves once the handshake is complete and the server has proved who it is.
 *
 * Rejects with a `TransportError`, whose `code` names the fault: `connect-failed` before there was a connection;
 * `certificate-expired`, `certificate-not-yet-valid`, `certificate-wrong-host`, `certificate-unknown-authority`,
 * `certificate-self-signed`, `certificate-refused`; `client-certificate-missing`, `client-certificate-refused`;
 * `tls-not-spoken`, `tls-version-unsupported`, `tls-alpn-refused`, `tls-handshake-failed`; `connect-timeout`; `cause` is
 * Node's own error. Rejects with `signal.reason` itself where the signal ended it, and with an `InvalidRequestError`
 * (`invalid-argument`) where the options cannot work. Whatever the outcome, nothing is left open.
 *
 * With TLS 1.3, a server looks at the client's certificate only when the handshake is over for us: the first read then
 * rejects with `client-certificate-missing` or `client-certificate-refused`.
 */
export async function connectTls(options: TlsOptions): Promise<TlsIo> {
  const { alpnProtocols, sessions, dangerouslyAcceptAnyCertificate, checkServerIdentity, inboundBytesMax, ...tcp } =
    options;
  const maxBytes = inboundLimit({ inboundBytesMax });
  const { target, options: ours, ...request } = tcpRequest(tcp);
  const net: TcpNetConnectOpts = request.net;
  const reader = canHoldPeerBack() ? new TlsReader() : undefined;
  return shakeHands({
    host: net.host!,
    target,
    choices: { ...net, alpnProtocols, sessions, dangerouslyAcceptAnyCertificate, checkServerIdentity },
    options: ours,
    // Half open: the end of the peer's stream must not end ours by itself, or a write in progress would be cut off.
    over: { allowHalfOpen: true, ...(reader && { onread: reader.onread }) },
    onTcp(socket) {
      // tls.connect leaves these out.
      socket.setNoDelay(net.noDelay);
      if (net.keepAlive === true) socket.setKeepAlive(true, net.keepAliveInitialDelay);
    },
    reader(socket) {
      reader?.attach(socket);
      return reader ?? new CappedReader(socket, maxBytes);
    },
    writer: (socket) => new StreamWriter(socket, 'lent'),
  });
}
