/** What a passenger waits for, while somebody else moves the time. */
export interface Ride {
  /**
   * `moment`: until the time has come, and all that is due then has happened. `event`: until `done` settles; the time of
   * the event is a limit, and a passenger of this kind can be told earlier that there is nothing to wait for.
   */
  readonly to: 'moment' | 'event';
  /** The moment, or the latest time of the event, in milliseconds on the time line. */
  readonly atMs: number;
  /** The ride is over when this settles. */
  readonly done?: Promise<unknown> | undefined;
}

/**
 * How a ride ended: `done` has settled; its moment has come; its event can only come too late, or nothing is left that
 * could bring it, or whoever moves the time has reached a limit; or nobody moves the time any more.
 */
export type RideEnd = 'done' | 'arrived' | 'too-late' | 'nothing-left' | 'limit-reached' | 'halt';

interface Passenger extends Ride {
  readonly getOff: (how: RideEnd) => void;
}

/** All who wait while somebody else moves the time. They run nothing: whoever moves the time tells them. */
export class Passengers {
  readonly #aboard = new Set<Passenger>();

  ride(ride: Ride): Promise<RideEnd> {
    return new Promise((resolve) => {
      const getOff = (how: RideEnd): void => {
        this.#aboard.delete(passenger);
        resolve(how);
      };
      const passenger: Passenger = { ...ride, getOff };
      this.#aboard.add(passenger);
      const done = (): void => getOff('done');
      ride.done?.then(done, done);
    });
  }

  /** When the next moment is that somebody waits for; undefined where nobody does. */
  get nextMomentMs(): number | undefined {
    return this.#first('moment')?.atMs;
  }

  /** Everything that is due at `nowMs` has happened: lets one passenger off who waits for that. False: there is none. */
  arrive(nowMs: number): boolean {
    const first = this.#first('moment');
    if (first === undefined || first.atMs > nowMs) return false;
    first.getOff('arrived');
    return true;
  }

  /** Nothing happens before `nextMs`: lets one passenger off whose event would come too late. False: there is none. */
  giveUpBefore(nextMs: number): boolean {
    const first = this.#first('event');
    if (first === undefined || first.atMs >= nextMs) return false;
    first.getOff('too-late');
    return true;
  }

  /** The time does not move on: lets one passenger off who waits for an event. False: there is none. */
  giveUp(why: 'nothing-left' | 'limit-reached'): boolean {
    const first = this.#first('event');
    first?.getOff(why);
    return first !== undefined;
  }

  /** Nobody moves the time any more. */
  halt(): void {
    for (const { getOff } of this.#aboard) getOff('halt');
  }

  #first(to: Ride['to']): Passenger | undefined {
    let first: Passenger | undefined;
    for (const passenger of this.#aboard) {
      if (passenger.to === to && (first === undefined || passenger.atMs < first.atMs)) first = passenger;
    }
    return first;
  }
}
