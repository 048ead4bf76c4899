import type { ObservedPacket } from '../broker/hooks.ts';
import type { TranscriptLane } from './lane.ts';

/** Sorts what a broker's `onPacket` sees by its connections. */
export class ObservedLanes {
  readonly #lanes = new Map<number, TranscriptLane>();
  readonly #begin: () => TranscriptLane;

  constructor(begin: () => TranscriptLane) {
    this.#begin = begin;
  }

  take({ connection, direction, bytes }: ObservedPacket): void {
    let lane = this.#lanes.get(connection);
    if (lane === undefined) {
      lane = this.#begin();
      this.#lanes.set(connection, lane);
    }
    // Decoded anew: the packet that is observed still lies in the broker's memory.
    lane.take(direction, bytes);
  }
}
