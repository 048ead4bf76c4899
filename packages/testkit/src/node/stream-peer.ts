import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { IoPeer } from '../io-conformance/pair.ts';
import { resetSocket } from './reset-socket.ts';

/**
 * A raw stream as the peer of a transport under test: an accepted socket (made with `allowHalfOpen`), or the other end
 * of any stream. Reads ahead no more than the stream's `readableHighWaterMark`. `reset` resets a TCP socket; any other stream is
 * destroyed, which is what the end of a process does to it.
 */
export function streamPeer(stream: Duplex): IoPeer {
  // What goes wrong shows in the calls; an 'error' that nobody listens to would end the process.
  stream.on('error', () => {});
  return {
    read: (buffer) => readFrom(stream, buffer),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve(bytes.length)));
      }),
    end: () => new Promise((resolve) => stream.end(resolve)),
    reset() {
      const closed = untilEvent(stream, ['close']);
      if (isTcp(stream)) resetSocket(stream);
      else stream.destroy();
      return closed;
    },
    close: () => void stream.destroy(),
  };
}

/** Node resets nothing else: neither Unix sockets nor TLS. */
function isTcp(stream: Duplex): stream is Socket {
  return stream instanceof Socket && !(stream instanceof TLSSocket) && stream.remoteFamily !== undefined;
}

async function readFrom(stream: Duplex, buffer: Uint8Array<ArrayBuffer>): Promise<number> {
  for (;;) {
    // Reading where there is nothing lets the end of the stream come up.
    const chunk = stream.read(Math.min(buffer.length, stream.readableLength)) as Buffer | null;
    if (chunk !== null) {
      buffer.set(chunk);
      return chunk.length;
    }
    if (stream.readableEnded) return 0;
    if (stream.destroyed) throw stream.errored ?? new Error('The stream was destroyed');
    await untilEvent(stream, ['readable', 'end', 'close']);
  }
}

function untilEvent(stream: Duplex, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const onEvent = (): void => {
      for (const event of events) stream.off(event, onEvent);
      resolve();
    };
    for (const event of events) stream.on(event, onEvent);
  });
}
