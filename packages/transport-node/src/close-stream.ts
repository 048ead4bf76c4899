import type { Duplex } from 'node:stream';

/**
 * Ends our side, waits for the peer to end its own, and destroys the stream at the latest after `timeoutMs` (0: now;
 * undefined: never). Resolves once the stream is closed.
 *
 * Why wait: a socket that is closed while unread bytes are in it resets its connection, and a reset throws away what
 * the peer has not received yet. The reader of the stream has to go on taking (and dropping) what arrives.
 */
export function closeStream(stream: Duplex, timeoutMs: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const onClose = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const destroy = (): void => {
      stream.destroy();
      // One turn, for a socket to give its handle back. Some streams never tell that they are closed, others have.
      setImmediate(onClose);
    };
    stream.once('close', onClose);
    if (timeoutMs === 0 || stream.closed) {
      destroy();
      return;
    }
    if (timeoutMs !== undefined) timer = setTimeout(destroy, timeoutMs);
    stream.end();
  });
}
