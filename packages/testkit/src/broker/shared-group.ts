import type { Granted, Subscriber } from './subscription.ts';

/** A shared subscription (section 4.8.2): its members take turns. */
export class SharedGroup {
  readonly #members: Granted[] = [];
  #next = 0;

  /** Adds a member, or gives it the new options in its old place. */
  add(granted: Granted): void {
    const place = this.#placeOf(granted.subscriber);
    if (place < 0) this.#members.push(granted);
    else this.#members[place] = granted;
  }

  /** Returns how many members are left. */
  remove(subscriber: Subscriber): number {
    const place = this.#placeOf(subscriber);
    if (place >= 0) this.#members.splice(place, 1);
    if (place >= 0 && place < this.#next) this.#next -= 1;
    return this.#members.length;
  }

  /** The next member that is connected; where none is, the next one, for whom the message then waits. */
  pick(): Granted {
    const count = this.#members.length;
    let place = this.#next % count;
    for (let i = 0; i < count; i += 1) {
      const candidate = (this.#next + i) % count;
      if (!this.#members[candidate]!.subscriber.isConnected) continue;
      place = candidate;
      break;
    }
    this.#next = place + 1;
    return this.#members[place]!;
  }

  #placeOf(subscriber: Subscriber): number {
    return this.#members.findIndex((member) => member.subscriber === subscriber);
  }
}
