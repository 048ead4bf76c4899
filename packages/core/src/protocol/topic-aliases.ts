/** The aliases that this side has given to the broker (section 3.3.2.3.4). They end with the connection. */
export class OutboundAliases {
  /** The broker's Topic Alias Maximum. */
  readonly maximum: number;
  /** Aliases from 1 to this one are given out without being asked for; 0: only the caller's are used. */
  readonly #automatic: number;
  /** What each alias stands for. */
  readonly #topics: string[] = [];
  /** The alias that was used last for each topic, unless it stands for another one by now. */
  readonly #aliases = new Map<string, number>();
  /** The automatic ones in the order of use, oldest first. */
  readonly #recent = new Set<number>();
  /** All before this one stand for something. */
  #unused = 1;

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
    while (this.#topics[this.#unused] !== undefined) this.#unused++;
    if (this.#unused <= this.#automatic) return this.#unused;
    const [oldest] = this.#recent;
    return oldest!;
  }

  knows(alias: number, topic: string): boolean {
    return this.#topics[alias] === topic;
  }

  /** A packet that uses `alias` for `topic` is on its way. */
  used(alias: number, topic: string): void {
    const before = this.#topics[alias];
    this.#topics[alias] = topic;
    if (this.#automatic === 0) return;
    if (before !== undefined && this.#aliases.get(before) === alias) this.#aliases.delete(before);
    this.#aliases.set(topic, alias);
    if (alias > this.#automatic) return;
    this.#recent.delete(alias);
    this.#recent.add(alias);
  }
}
