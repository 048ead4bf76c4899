import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { StreamWire } from '../wire/stream-wire.ts';
import { WebSocketWire } from '../wire/web-socket-wire.ts';
import type { Wire } from '../wire/wire.ts';
import type { Target } from './client.ts';

/** As much as libuv reads in one go. */
const READ_BYTES = 64 * 1024;

/** The fastest way that Node has to speak over each transport. Nobody looks at the peer's certificate. */
export function openWire({ transport, port }: Target, readBytes: number = READ_BYTES): Promise<Wire> {
  if (transport === 'ws') return openWebSocket(port);
  return openSocket(readBytes, (onread) => {
    const options: NetConnectOpts = { host: '127.0.0.1', port, noDelay: true, onread };
    return transport === 'tcp' ? connect(options) : connectTls({ ...options, rejectUnauthorized: false });
  });
}

function openSocket(readBytes: number, open: (onread: OnReadOpts) => Socket): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafeSlow(readBytes);
    const socket = open({
      buffer,
      callback: (count) => {
        wire.onBytes(buffer.subarray(0, count));
        return true;
      },
    });
    const wire = new StreamWire(socket, false);
    // Of a TLS socket 'connect' comes before the handshake, and what is sent waits for it.
    socket.once('connect', () => resolve(wire));
    socket.once('error', reject);
  });
}

function openWebSocket(port: number): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, ['mqtt'], { perMessageDeflate: false });
    const wire = new WebSocketWire(socket);
    socket.on('open', () => resolve(wire)).on('error', reject);
  });
}
