import { TransportError } from '@minimq/core';
import type { Io } from '@minimq/core';
import { invalid } from './options.ts';
import type { WebSocketRequest } from './options.ts';

/** Starts to connect, and returns what gives up. What it throws is an argument that the platform refuses. */
export type Start = (succeed: (io: Io) => void, fail: (reason: unknown) => void) => () => void;

/**
 * One attempt to connect, within its time and its signal. Whatever the outcome, its timer and its listener are gone
 * with it, and so is the connection unless the attempt succeeded.
 */
export function attempt(request: WebSocketRequest, start: Start): Promise<Io> {
  const { target, signal, connectTimeoutMs } = request;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let giveUp: (() => void) | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => fail(signal?.reason);
    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const succeed = (io: Io): void => {
      release();
      resolve(io);
    };
    const fail = (reason: unknown): void => {
      release();
      reject(reason);
      giveUp?.();
    };
    signal?.addEventListener('abort', onAbort);
    if (connectTimeoutMs) {
      timer = setTimeout(
        () =>
          fail(new TransportError('connect-timeout', `Could not connect to ${target} within ${connectTimeoutMs} ms`)),
        connectTimeoutMs,
      );
    }
    try {
      giveUp = start(succeed, fail);
    } catch (cause) {
      fail(invalid(`Cannot connect to ${target}: ${withoutSecrets(request, String(cause))}`, cause));
    }
  });
}

export function connectFailed(target: string, why: string, cause?: unknown): TransportError {
  return new TransportError('connect-failed', `Could not connect to ${target}: ${why}`, { cause });
}

/** [MQTT-6.0.0-4]: the server has to choose `mqtt`. Checked before any byte of MQTT is sent. */
export function wrongProtocol(request: WebSocketRequest, protocol: string): TransportError | undefined {
  if (protocol === 'mqtt') return undefined;
  const chosen = request.protocols.includes(protocol)
    ? 'another one of the subprotocols offered'
    : `the subprotocol ${JSON.stringify(withoutSecrets(request, protocol))}`;
  return connectFailed(request.target, `the server chose ${chosen}, not mqtt [MQTT-6.0.0-4]`);
}

/** What a platform says, which may repeat the URL with its query, or a token that was offered as a subprotocol. */
export function withoutSecrets({ url, target, protocols }: WebSocketRequest, text: string): string {
  const clean = text.replaceAll(url, target).replaceAll(/\?[^\s'"]*/g, '');
  return protocols.reduce((rest, each) => (each === 'mqtt' || each === '' ? rest : rest.replaceAll(each, '…')), clean);
}
