import type { Io } from '@minimq/core';
import type { DirectionName } from '../link/direction.ts';
import type { TranscriptLane } from './lane.ts';

/** Whose end of the connection it is. */
export type Side = 'client' | 'broker';

/** Passes everything on and writes it down. */
export class RecordedIo implements Io {
  readonly #io: Io;
  readonly #lane: TranscriptLane;
  readonly #side: Side;

  constructor(io: Io, lane: TranscriptLane, side: Side) {
    this.#io = io;
    this.#lane = lane;
    this.#side = side;
    if (io.inboundFlowControl !== undefined) this.inboundFlowControl = io.inboundFlowControl;
  }

  declare readonly inboundFlowControl?: 'none';

  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const direction: DirectionName = this.#side === 'client' ? 'toClient' : 'toServer';
    const note = (count: number): number => {
      if (count > 0) this.#lane.take(direction, buffer.subarray(0, count));
      else this.#lane.end(this.#side === 'client' ? 'broker closes' : 'client closes');
      return count;
    };
    const lost = (error: unknown): never => {
      this.#lane.end('lost', error instanceof Error ? error.message : String(error));
      throw error;
    };
    try {
      const answer = this.#io.read(buffer);
      return typeof answer === 'number' ? note(answer) : answer.then(note, lost);
    } catch (error) {
      return lost(error);
    }
  }

  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const direction: DirectionName = this.#side === 'client' ? 'toServer' : 'toClient';
    const note = (count: number, taken: Uint8Array): number => {
      this.#lane.take(direction, taken.subarray(0, count));
      return count;
    };
    const answer = this.#io.write(bytes);
    if (typeof answer === 'number') return note(answer, bytes);
    // The caller may overwrite them as soon as the answer is there. (The slice() of a Node Buffer copies nothing.)
    const lent = new Uint8Array(bytes);
    return answer.then((count) => note(count, lent));
  }

  flush(): void | Promise<void> {
    return this.#io.flush();
  }

  close(): void | Promise<void> {
    this.#lane.end(`${this.#side} closes`);
    return this.#io.close();
  }
}
