import type { Io } from '@minimq/core';
import { attempt, connectFailed, withoutSecrets, wrongProtocol } from '../attempt.ts';
import type { Start } from '../attempt.ts';
import type { WebSocketRequest } from '../options.ts';
import type { Platform } from './platform.ts';
import { SocketIo } from './socket-io.ts';
import { StreamIo } from './stream-io.ts';

export function connect(request: WebSocketRequest, { WebSocket, WebSocketStream }: Platform): Promise<Io> {
  const { url, target, protocols } = request;
  const overStream: Start = (succeed, fail) => {
    const stream = new WebSocketStream!(url, { protocols });
    stream.opened.then(
      (opened) => {
        const wrong = wrongProtocol(request, opened.protocol);
        if (wrong) fail(wrong);
        else succeed(new StreamIo(stream, opened, request));
      },
      (cause: unknown) => fail(connectFailed(target, withoutSecrets(request, String(cause)), cause)),
    );
    stream.closed.catch(() => {}); // Of a connection that never was, `opened` has told.
    return () => stream.close();
  };
  const overSocket: Start = (succeed, fail) => {
    const socket = new WebSocket!(url, protocols);
    let why = 'the platform does not say why';
    socket.binaryType = 'arraybuffer';
    socket.onerror = ({ message }) => {
      why = message || why;
    };
    socket.onclose = ({ code }) => fail(connectFailed(target, `${withoutSecrets(request, why)} (${code})`));
    socket.onopen = () => {
      const wrong = wrongProtocol(request, socket.protocol);
      if (wrong) fail(wrong);
      else succeed(new SocketIo(socket, request));
    };
    return () => {
      socket.onopen = socket.onclose = null;
      socket.close();
    };
  };
  return attempt(request, WebSocketStream && request.preferWebSocketStream ? overStream : overSocket);
}
