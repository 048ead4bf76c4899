import type { Clock } from '@minimq/core';
import { seededRandom } from '../clock/random.ts';
import type { Direction } from '../link/direction.ts';
import { LinkError } from '../link/link-error.ts';
import { DirectionFaults } from './direction-faults.ts';
import { faultsOf, type Faults, type LinkFaults } from './faults.ts';

/** What links use of a clock: faults that take time also need `now` and `wake`. */
export type LinkClock = Pick<Clock, 'defer'> & Partial<Pick<Clock, 'now' | 'wake'>>;

/** The faults of both directions of a link, with one timer for both. */
export class LinkFaultsInForce {
  readonly #clock: LinkClock | undefined;
  readonly #directions: readonly DirectionFaults[];
  readonly #names: readonly Direction['name'][];
  #isTimed = false;
  #armedForMs: number = Number.POSITIVE_INFINITY;

  constructor(directions: readonly Direction[], clock: LinkClock | undefined, seed: number) {
    this.#clock = clock;
    this.#names = directions.map(({ name }) => name);
    this.#directions = directions.map(
      (direction, stream) =>
        new DirectionFaults(direction, seededRandom(seed, stream + 1), {
          nowMs: () => this.#nowMs(),
          onDue: () => this.#arm(),
        }),
    );
  }

  /** Throws where these faults cannot be had; nothing has changed then. */
  set(faults: LinkFaults): void {
    const each = this.#names.map((name) => faultsOf(faults, name));
    if (each.some(takesTime)) {
      if (this.#clock?.wake === undefined || this.#clock.now === undefined) {
        throw new LinkError('misuse', 'faults that take time need a link with a clock of its own');
      }
      this.#isTimed = true;
    }
    for (const [index, direction] of this.#directions.entries()) direction.set(each[index]!);
    this.#arm();
  }

  #nowMs(): number {
    return this.#isTimed ? this.#clock!.now!() : 0;
  }

  #arm(): void {
    const dueMs = Math.min(...this.#directions.map((direction) => direction.dueMs));
    if (dueMs === this.#armedForMs) return;
    this.#armedForMs = dueMs;
    this.#clock!.wake!(dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs, () => {
      this.#armedForMs = Number.POSITIVE_INFINITY;
      for (const direction of this.#directions) direction.advance();
      this.#arm();
    });
  }
}

function takesTime({ latencyMs = 0, jitterMs = 0, bytesPerSecond }: Faults): boolean {
  return latencyMs > 0 || jitterMs > 0 || bytesPerSecond !== undefined;
}
