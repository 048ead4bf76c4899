import type { IoPeer } from '@minimq/testkit';
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Link } from './support.ts';

/** A pause for each frame would make the peer the slow one. */
const HELD_FRAMES_MAX = 16;

/** The server's end as the conformance suite wants it. Reads a few frames ahead, and what `ws` delivers after a pause. */
export function webSocketPeer({ peer, socket }: Link): IoPeer {
  const held: Buffer[] = [];
  let arrived = (): void => {};
  let gone: number | undefined;
  peer.pause();
  peer.on('message', (data: Buffer) => {
    if (data.length > 0) held.push(data);
    if (held.length > HELD_FRAMES_MAX) peer.pause();
    arrived();
  });
  peer.on('close', (code) => {
    gone = code;
    arrived();
  });
  return {
    async read(buffer) {
      for (;;) {
        const [first] = held;
        if (first !== undefined) {
          const count = Math.min(first.length, buffer.length);
          buffer.set(first.subarray(0, count));
          if (count === first.length) held.shift();
          else held[0] = first.subarray(count);
          return count;
        }
        if (gone === 1006) throw new Error('No closing handshake');
        if (gone !== undefined) return 0;
        const change = new Promise<void>((resolve) => (arrived = resolve));
        peer.resume();
        await change;
      }
    },
    write: (bytes) => sent(peer, bytes),
    async end() {
      peer.close(1000);
      peer.resume();
    },
    async reset() {
      const closed = once(socket, 'close');
      socket.resetAndDestroy();
      await closed;
    },
    close: () => peer.terminate(),
  };
}

function sent(peer: WebSocket, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    peer.send(Buffer.from(bytes), (error) => (error ? reject(error) : resolve(bytes.length)));
  });
}
