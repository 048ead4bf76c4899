const PAGE_SIZE = 256;
const PACKET_ID_MAX = 65_535;

interface Page<T> {
  readonly slots: (T | undefined)[];
  used: number;
}

/**
 * Packet identifiers in use and who holds each (section 2.2.1). Taking, finding and freeing one costs the same whatever
 * the number in use, and pages without one in use take no memory.
 */
export class PacketIds<T> {
  /** How many are in use. */
  size = 0;
  /** The identifier that was taken last; the search for the next begins behind it. */
  last = 0;
  readonly #pages: (Page<T> | undefined)[] = [];
  #spare: Page<T> | undefined;

  /** Takes the next identifier that nobody holds; 0: all 65,535 are in use. */
  take(holder: T): number {
    if (this.size === PACKET_ID_MAX) return 0;
    let packetId = this.last === PACKET_ID_MAX ? 1 : this.last + 1;
    for (;;) {
      const page = this.#pages[packetId >> 8];
      if (page === undefined || page.slots[packetId & 0xff] === undefined) break;
      // A full page is passed in one step, so that the search is short however many are in use.
      packetId = page.used === PAGE_SIZE ? (packetId | 0xff) + 1 : packetId + 1;
      if (packetId > PACKET_ID_MAX) packetId = 1;
    }
    this.hold(packetId, holder);
    this.last = packetId;
    return packetId;
  }

  /** Marks one identifier as in use, as a snapshot names it. */
  hold(packetId: number, holder: T): void {
    const index = packetId >> 8;
    let page = this.#pages[index];
    if (page === undefined) {
      // oxlint-disable-next-line unicorn/no-new-array -- Array.from takes twenty times as long
      page = this.#spare ?? { slots: new Array<T | undefined>(PAGE_SIZE).fill(undefined), used: 0 };
      this.#spare = undefined;
      // There is no identifier 0, but it has a slot.
      page.used = index === 0 ? 1 : 0;
      this.#pages[index] = page;
    }
    page.slots[packetId & 0xff] = holder;
    page.used++;
    this.size++;
  }

  get(packetId: number): T | undefined {
    return this.#pages[packetId >> 8]?.slots[packetId & 0xff];
  }

  free(packetId: number): void {
    const page = this.#pages[packetId >> 8];
    if (page === undefined || page.slots[packetId & 0xff] === undefined) return;
    page.slots[packetId & 0xff] = undefined;
    page.used--;
    this.size--;
    if (page.used === (packetId < PAGE_SIZE ? 1 : 0)) {
      this.#pages[packetId >> 8] = undefined;
      this.#spare = page;
    }
  }

  /** The identifiers that `holder` holds. */
  heldBy(holder: T): number[] {
    const held: number[] = [];
    for (const [index, page] of this.#pages.entries()) {
      for (const [slot, each] of page?.slots.entries() ?? []) if (each === holder) held.push((index << 8) | slot);
    }
    return held;
  }
}
