import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { createWebSocketStream, WebSocket, type ClientOptions } from 'ws';
import { tlsClientOptions } from '@minimq/testkit/certificates';
import { bytesOf, hexOf } from '../broker-helpers.ts';

/** A client that is nothing but bytes, over whatever the address names. */
export interface Dialled {
  readonly stream: Duplex;
  readonly errors: readonly Error[];
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  readonly send: (...packets: string[]) => void;
  /** The next `length` bytes. */
  readonly take: (length: number) => Promise<string>;
  /** What has come and was not taken. */
  readonly rest: () => string;
}

/** Rejects with the error where there is no connection. */
export async function dial(url: string): Promise<Dialled> {
  const stream = await open(new URL(url));
  let received: Buffer[] = [];
  let receivedBytes = 0;
  let wanted: { readonly length: number; readonly done: () => void } | undefined;
  const errors: Error[] = [];
  const ended = new Promise<void>((resolve) => stream.once('close', () => resolve()));
  stream.on('error', (error) => errors.push(error));
  stream.on('data', (chunk: Buffer) => {
    received.push(chunk);
    receivedBytes += chunk.length;
    if (wanted !== undefined && receivedBytes >= wanted.length) wanted.done();
  });
  return {
    stream,
    errors,
    ended,
    send: (...packets) => void stream.write(bytesOf(packets.join(' '))),
    async take(length) {
      if (receivedBytes < length) await new Promise<void>((done) => (wanted = { length, done }));
      wanted = undefined;
      const all = Buffer.concat(received);
      received = [all.subarray(length)];
      receivedBytes -= length;
      return hexOf(all.subarray(0, length));
    },
    rest: () => hexOf(Buffer.concat(received)),
  };
}

async function open({ protocol, hostname, port, href }: URL): Promise<Duplex> {
  const address = { host: hostname, port: Number(port), noDelay: true };
  switch (protocol) {
    case 'mqtt:': {
      const socket = connectTcp(address);
      await once(socket, 'connect');
      return socket;
    }
    case 'mqtts:': {
      const socket = connectTls({ ...address, ...tlsClientOptions() });
      await once(socket, 'secureConnect');
      return socket;
    }
    default: {
      const webSocket = dialWebSocket(href);
      const stream = createWebSocketStream(webSocket);
      // The WebSocket tells of it as well.
      stream.on('error', () => {});
      stream.on('end', () => stream.destroy());
      await once(webSocket, 'open');
      return stream;
    }
  }
}

export function dialWebSocket(url: string, subprotocols: string[] = ['mqtt'], options: ClientOptions = {}): WebSocket {
  return new WebSocket(url, subprotocols, { ...tlsClientOptions(), ...options });
}
