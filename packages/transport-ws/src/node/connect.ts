import type { Io } from '@minimq/core';
import { STATUS_CODES } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { attempt, connectFailed, withoutSecrets, wrongProtocol } from '../attempt.ts';
import type { WebSocketNodeOptions, WebSocketRequest } from '../options.ts';
import { generateMask } from './mask.ts';
import { SocketIo } from './socket-io.ts';

/** A message of 64 kB in fragments of one byte is fine; what a fragment costs (some 100 bytes) is bounded by this. */
const FRAGMENT_COUNT_MAX = 131_072;

export function connect(request: WebSocketRequest, options: WebSocketNodeOptions): Promise<Io> {
  const { url, target, protocols, closeTimeoutMs } = request;
  return attempt(request, (succeed, fail) => {
    const socket = new WebSocket(url, protocols, {
      ...nodeOptions(options),
      // `ws` would wait 30 s for a server that has closed, and left the stream open.
      ...(closeTimeoutMs === undefined ? {} : { closeTimeout: closeTimeoutMs }),
      autoPong: false,
      followRedirects: false,
      generateMask,
      maxFragments: FRAGMENT_COUNT_MAX,
      maxPayload: request.inboundBytesMax,
      perMessageDeflate: false,
    });
    let stream: Duplex;
    const onUnexpected = (_: unknown, { statusCode = 0 }: { readonly statusCode?: number | undefined }): void =>
      fail(connectFailed(target, `the server answered HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd()));
    const onError = (error: Error): void => fail(connectFailed(target, withoutSecrets(request, explain(error)), error));
    const onClose = (): void => fail(connectFailed(target, 'the connection was closed'));
    const onOpen = (): void => {
      const wrong = wrongProtocol(request, socket.protocol);
      if (wrong) {
        fail(wrong);
        return;
      }
      release();
      succeed(new SocketIo(socket, stream, request));
    };
    const release = (): void => {
      socket.off('unexpected-response', onUnexpected).off('open', onOpen).off('error', onError).off('close', onClose);
    };
    socket.once('upgrade', (response) => {
      stream = response.socket;
    });
    socket.on('unexpected-response', onUnexpected).on('open', onOpen).on('error', onError).on('close', onClose);
    return () => {
      release();
      socket.on('error', () => {}); // Nobody is left to hear of what else goes wrong with it.
      socket.terminate();
    };
  });
}

/** Those that were given. Certificates are checked whatever the environment says; only an agent may say otherwise. */
function nodeOptions(options: WebSocketNodeOptions): ClientRequestArgs & ConnectionOptions {
  const { headers, agent, ca, cert, key, passphrase, servername } = options;
  const given = { headers, agent, ca, cert, key, passphrase, servername };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    rejectUnauthorized: true,
  };
}

function explain(error: Error): string {
  // What the race of the addresses reports where all of them failed.
  if (!(error instanceof AggregateError)) return error.message;
  return error.errors.map((each) => (each instanceof Error ? each.message : String(each))).join('; ');
}
