import type { LinkFaults } from '../faults/faults.ts';
import { LinkFaultsInForce, type LinkClock } from '../faults/link-faults.ts';
import { Direction, type DirectionListener, type EndOptions, type LinkDirection, type LinkEvent } from './direction.ts';
import { LinkEnd, type LinkEndOptions } from './end.ts';

/** What may be under way in each direction, about as much as between two sockets of one machine. */
export const LINK_CAPACITY_BYTES: number = 64 * 1024;

/** The options of both ends; `client` and `server` hold what differs. */
export interface MemoryLinkOptions extends LinkEndOptions {
  /** Bytes under way in each direction before a writer has to wait. Default `LINK_CAPACITY_BYTES`. */
  readonly capacityBytes?: number | undefined;
  /**
   * Needed for answers in a `turn` and for faults that take time: a clock of a `VirtualTime`, or of the platform. Such
   * faults set its timer, so it has to be the link's own then.
   */
  readonly clock?: LinkClock | undefined;
  /** What is wrong with it from the beginning; `setFaults()` changes it. Default nothing. */
  readonly faults?: LinkFaults | undefined;
  /** Decides all that the faults draw: the same seed and the same calls give the same run. Default 1. */
  readonly seed?: number | undefined;
  /** What is different at the client's end. Default: nothing. */
  readonly client?: LinkEndOptions | undefined;
  /** What is different at the server's end. Default: nothing. */
  readonly server?: LinkEndOptions | undefined;
}

/** Two ends joined in memory: what one writes the other reads, in order, with backpressure and trouble on demand. */
export class MemoryLink {
  /** The `Io` of the client. */
  readonly client: LinkEnd;
  /** The `Io` of the server. */
  readonly server: LinkEnd;
  /** What the client writes. */
  readonly toServer: LinkDirection;
  /** What the server writes. */
  readonly toClient: LinkDirection;
  readonly #directions: readonly Direction[];
  readonly #clock: LinkClock | undefined;
  readonly #seed: number;
  #faults: LinkFaultsInForce | undefined;
  readonly #taps = new Set<(event: LinkEvent) => void>();

  constructor(options: MemoryLinkOptions = {}) {
    const { capacityBytes = LINK_CAPACITY_BYTES, clock, client, server, faults, seed = 1, ...both } = options;
    if (!(Number.isSafeInteger(capacityBytes) && capacityBytes >= 1)) {
      throw new RangeError(`capacityBytes must be a whole number from 1, not ${capacityBytes}`);
    }
    const listener: DirectionListener = {
      onEvent: (event) => this.#tell(event),
      onCut: (cutOptions) => this.cut(cutOptions),
    };
    const toServer = new Direction('toServer', capacityBytes, listener);
    const toClient = new Direction('toClient', capacityBytes, listener);
    this.client = new LinkEnd('client', toClient, toServer, clock, { ...both, ...client });
    this.server = new LinkEnd('server', toServer, toClient, clock, { ...both, ...server });
    this.toServer = toServer;
    this.toClient = toClient;
    this.#directions = [toServer, toClient];
    this.#clock = clock;
    this.#seed = seed;
    if (faults !== undefined) this.setFaults(faults);
  }

  /**
   * From now on these faults and no others, also for the bytes that are under way; `{}`: none. Throws a RangeError for a
   * number out of its range and a `LinkError` where a fault needs a clock; nothing has changed then.
   */
  setFaults(faults: LinkFaults): void {
    this.#faults ??= new LinkFaultsInForce(this.#directions, this.#clock, this.#seed);
    this.#faults.set(faults);
  }

  /** Ends both directions. By default what is under way is still read, then both ends read 0; writes reject at once. */
  cut(options: EndOptions = {}): void {
    for (const direction of this.#directions) direction.end(options);
  }

  /** Ends both directions as a TCP reset does: what is under way is lost, reads and writes reject. */
  reset(error?: unknown): void {
    this.cut({ inFlight: 'lost', reads: 'reset', error });
  }

  /** Calls `observe` with everything that passes from now on, until the function that it returns is called. */
  tap(observe: (event: LinkEvent) => void): () => void {
    this.#taps.add(observe);
    return () => void this.#taps.delete(observe);
  }

  #tell(event: () => LinkEvent): void {
    if (this.#taps.size === 0) return;
    const told = event();
    for (const observe of this.#taps) observe(told);
  }
}

/** Joins two ends: `const { client, server } = memoryLink()`. */
export function memoryLink(options: MemoryLinkOptions = {}): MemoryLink {
  return new MemoryLink(options);
}
