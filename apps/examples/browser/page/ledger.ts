/** Gaps that are remembered. Each is one loss; a page that has seen more of them counts on without the oldest. */
const GAPS_MAX = 1_000;

interface Gap {
  first: number;
  last: number;
}

/**
 * Keeps the account of a stream of numbered messages: `sent` = `received` - `doubled` + `lost`. Nothing is filtered
 * here: whatever the session hands over is counted.
 */
export class Ledger {
  /** Copies that arrived. */
  received = 0;
  /** Copies of what had arrived before. */
  doubled = 0;
  /** Numbers that have not arrived though later ones have; one that still comes is lost no more. */
  lost = 0;
  #first = 0;
  #last = 0;
  /** In their order. */
  readonly #gaps: Gap[] = [];

  /** Messages from the first that arrived to the newest: those that the publisher must have sent. */
  get sent(): number {
    return this.#last === 0 ? 0 : this.#last - this.#first + 1;
  }

  /** A message with this number, 1 or above, has arrived. */
  add(number: number): void {
    this.received += 1;
    if (this.#last === 0) this.#first = this.#last = number;
    else if (number > this.#last) {
      this.#miss(this.#gaps.length, this.#last + 1, number - 1);
      this.#last = number;
    } else if (number < this.#first) {
      this.#miss(0, number + 1, this.#first - 1);
      this.#first = number;
    } else this.#fill(number);
  }

  #miss(at: number, first: number, last: number): void {
    if (last < first) return;
    this.#gaps.splice(at, 0, { first, last });
    this.lost += last - first + 1;
    if (this.#gaps.length > GAPS_MAX) this.#gaps.shift();
  }

  #fill(number: number): void {
    const at = this.#gaps.findIndex(({ first, last }) => first <= number && number <= last);
    const gap = this.#gaps[at];
    if (gap === undefined) {
      this.doubled += 1;
      return;
    }
    this.lost -= 1;
    const { first, last } = gap;
    const rest = [
      { first, last: number - 1 },
      { first: number + 1, last },
    ];
    this.#gaps.splice(at, 1, ...rest.filter((part) => part.first <= part.last));
  }
}
