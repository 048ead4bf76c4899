import type { Io } from '@minimq/core';
import type { MemoryLink } from '../link/memory-link.ts';
import type { IoPair } from './pair.ts';

/** A link as a pair: its client's end is the `Io`, or what `wrap` makes of that: an `Io` that stands on another one. */
export function linkPair(link: MemoryLink, wrap: (client: Io) => Io = (client) => client): IoPair {
  const { client, server } = link;
  return {
    io: wrap(client),
    peer: {
      read: (buffer) => server.read(buffer),
      write: (bytes) => server.write(bytes),
      end: () => link.toClient.halfClose(),
      reset: () => link.reset(),
      close: () => server.close(),
    },
  };
}
