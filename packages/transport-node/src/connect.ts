import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Socket } from 'node:net';
import { connectError } from './connect-error.ts';
import { CONNECT_TIMEOUT_MS_DEFAULT, timerMs } from './options.ts';
import type { ConnectOptions } from './options.ts';

export interface ConnectAttempt<T> {
  /** The peer, as an error message names it. */
  readonly target: string;
  readonly options: ConnectOptions;
  /** Makes the socket; not called at all where the signal is already aborted. */
  readonly create: () => Socket;
  /** Starts to connect it; what this throws is an argument that Node refuses. */
  readonly start: (socket: Socket) => void;
  /** Called in the event that says so, so that no later event of the socket is missed. */
  readonly connected: (socket: Socket) => T;
}

/**
 * One attempt to connect, within its time and its signal. It owns its listeners and its timer: whatever the outcome
 * they are gone with it, and so is the socket unless the attempt succeeded.
 */
export function connectSocket<T>({ target, options, create, start, connected }: ConnectAttempt<T>): Promise<T> {
  const { signal } = options;
  const connectTimeoutMs = timerMs('connectTimeoutMs', options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS_DEFAULT, 1);

  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    const socket = create();

    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect).off('error', onError).off('close', onClose);
    };
    const fail = (reason: unknown): void => {
      release();
      socket.on('error', ignore); // Nobody is left to hear of what else goes wrong with it.
      socket.destroy();
      reject(reason);
    };
    const onConnect = (): void => {
      const result = connected(socket);
      release();
      resolve(result);
    };
    const onError = (error: Error): void => fail(connectError(target, error));
    const onClose = (): void => fail(new TransportError('connect-failed', `${target}: the socket was closed`));
    const onAbort = (): void => fail(signal?.reason);
    const onTimeout = (): void =>
      fail(new TransportError('connect-timeout', `Could not connect to ${target} within ${connectTimeoutMs} ms`));

    socket.on('connect', onConnect).on('error', onError).on('close', onClose);
    signal?.addEventListener('abort', onAbort);
    if (connectTimeoutMs !== undefined) timer = setTimeout(onTimeout, connectTimeoutMs);
    try {
      start(socket);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      fail(new InvalidRequestError('invalid-argument', `Cannot connect to ${target}: ${why}`, { cause }));
    }
  });
}

function ignore(): void {}
