import type { DirectionName } from '../link/direction.ts';
import type { MemoryLink } from '../link/memory-link.ts';
import { countBytes } from '../transcript/hex.ts';
import type { Leak } from './leak-error.ts';

const readers = { toServer: 'server', toClient: 'client' } as const;

/** Sees what nobody reads, and which calls get no answer. */
export class WatchedLink {
  readonly #link: MemoryLink;
  readonly #name: string;
  /** Lost because their reader closed its end; a cut that loses bytes is what a test wants. */
  readonly #unreadBytes: Record<DirectionName, number> = { toServer: 0, toClient: 0 };

  constructor(link: MemoryLink, name: string) {
    this.#link = link;
    this.#name = name;
    link.tap((event) => {
      if (event.kind !== 'ended' || !link[readers[event.direction]].isClosed) return;
      this.#unreadBytes[event.direction] += event.lostBytes;
    });
  }

  leaks(): readonly Leak[] {
    return (['toServer', 'toClient'] as const).flatMap((direction) => this.#leaksOf(direction));
  }

  #leaksOf(direction: DirectionName): readonly Leak[] {
    const reader = readers[direction];
    const link = this.#link;
    const leaks: Leak[] = link[reader].outstanding.map((operation) => ({
      kind: 'operation',
      text: `a ${operation} of the ${reader} without an answer, on ${this.#name}`,
    }));
    const unreadBytes = this.#unreadBytes[direction] + link[direction].inFlightBytes;
    if (unreadBytes > 0) {
      const text = `${countBytes(unreadBytes)} that the ${reader} has not read, on ${this.#name}`;
      leaks.push({ kind: 'unread-bytes', text });
    }
    return leaks;
  }
}
