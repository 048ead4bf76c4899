import { InvalidRequestError, TransportError } from '@minimq/core';
import type { Socket } from 'node:net';
import { CONNECT_TIMEOUT_MS_DEFAULT, timerMs } from './options.ts';
import type { ConnectOptions } from './options.ts';

export interface ConnectAttempt<S extends Socket, T> {
  /** The peer, as an error message names it. */
  readonly target: string;
  readonly options: ConnectOptions;
  /** Makes the socket; not called at all where the signal is already aborted. What this throws Node has refused. */
  readonly create: () => S;
  /** Starts to connect it, where `create` does not; what this throws is an argument that Node refuses. */
  readonly start?: (socket: S) => void;
  /** The event that says that it is connected. */
  readonly event: 'connect' | 'secureConnect';
  /** Called in that event, so that no later event of the socket is missed. What this throws ends the attempt. */
  readonly connected: (socket: S) => T;
  /** What the error of the socket means. */
  readonly explain: (error: Error) => Error;
  /** What it is about to do, after "Could not". Default: connect. */
  readonly doing?: () => string;
}

/**
 * One attempt to connect, within its time and its signal. It owns its listeners and its timer: whatever the outcome
 * they are gone with it, and so is the socket unless the attempt succeeded.
 */
export function connectSocket<S extends Socket, T>(attempt: ConnectAttempt<S, T>): Promise<T> {
  const { target, options, create, start, event, connected, explain, doing = () => `connect to ${target}` } = attempt;
  const { signal } = options;
  const connectTimeoutMs = timerMs('connectTimeoutMs', options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS_DEFAULT, 1);

  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    const socket = orRefused(target, create);

    const release = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off(event, onConnect).off('error', onError).off('close', onClose);
    };
    const fail = (reason: unknown): void => {
      release();
      socket.on('error', ignore); // Nobody is left to hear of what else goes wrong with it.
      socket.destroy();
      reject(reason);
    };
    const onConnect = (): void => {
      try {
        const result = connected(socket);
        release();
        resolve(result);
      } catch (reason) {
        fail(reason);
      }
    };
    const onError = (error: Error): void => fail(explain(error));
    const onClose = (): void => fail(new TransportError('connect-failed', `${target}: the socket was closed`));
    const onAbort = (): void => fail(signal?.reason);
    const onTimeout = (): void =>
      fail(new TransportError('connect-timeout', `Could not ${doing()} within ${connectTimeoutMs} ms`));

    socket.on(event, onConnect).on('error', onError).on('close', onClose);
    signal?.addEventListener('abort', onAbort);
    if (connectTimeoutMs !== undefined) timer = setTimeout(onTimeout, connectTimeoutMs);
    try {
      orRefused(target, () => start?.(socket));
    } catch (reason) {
      fail(reason);
    }
  });
}

/** What Node throws at once is about its arguments. */
function orRefused<R>(target: string, call: () => R): R {
  try {
    return call();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidRequestError('invalid-argument', `Cannot connect to ${target}: ${why}`, { cause });
  }
}

function ignore(): void {}
