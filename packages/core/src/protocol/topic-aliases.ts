/** The aliases that this side has given to the broker (section 3.3.2.3.4). They end with the connection. */
export class OutboundAliases {
  /** The broker's Topic Alias Maximum. */
  readonly maximum: number;
  /** How many to give out by themselves, the least recently used one first; 0: only the caller's. */
  readonly #automatic: number;
  readonly #topics: string[] = [];
  // In the order of use, oldest first.
  readonly #aliases = new Map<string, number>();

  constructor(maximum: number, automatic: number) {
    this.maximum = maximum;
    this.#automatic = Math.min(maximum, automatic);
  }

  /** The alias that a publish to `topic` goes under; 0: none. `chosen` is the caller's own wish. */
  choose(topic: string, chosen: number | undefined): number {
    if (chosen !== undefined) return chosen;
    if (this.#automatic === 0) return 0;
    const alias = this.#aliases.get(topic);
    if (alias !== undefined) return alias;
    if (this.#aliases.size < this.#automatic) return this.#aliases.size + 1;
    const [oldest] = this.#aliases.values();
    return oldest!;
  }

  knows(alias: number, topic: string): boolean {
    return this.#topics[alias] === topic;
  }

  /** A packet that uses `alias` for `topic` is on its way. */
  used(alias: number, topic: string): void {
    const before = this.#topics[alias];
    if (before !== undefined) this.#aliases.delete(before);
    this.#topics[alias] = topic;
    if (this.#automatic > 0) this.#aliases.set(topic, alias);
  }
}
