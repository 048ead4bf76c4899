import { VirtualTime, type VirtualTimeOptions } from '../clock/virtual-time.ts';
import { MemoryLink, type MemoryLinkOptions } from '../link/memory-link.ts';
import { Transcript } from '../transcript/transcript.ts';

/** What one run of an exchange has for its own: nothing is left of the run before. */
export interface Bench {
  /** Clocks for whoever takes part. The driver moves the time as far as the exchange needs. */
  readonly time: VirtualTime;
  /** What has passed on all connections. */
  readonly transcript: Transcript;
  /** Opens another connection: a link, whose `client` end is for the client and whose `server` end is for the broker. */
  readonly open: () => MemoryLink;
}

/**
 * What is tried out, from its beginning to its end: it resolves when all is done, and throws where something is not as it
 * should be. It takes its clocks and links from the bench and does the same each time.
 */
export type Exchange<B extends Bench = Bench> = (bench: B) => Promise<unknown>;

/** What all drivers take. */
export interface DriverOptions {
  /** The connection that gets the trouble, counted from 1 in the order of `open()`. Default the first one. */
  readonly connection?: number | undefined;
  /** How links are made. */
  readonly link?: Omit<MemoryLinkOptions, 'clock'> | undefined;
  /** Virtual time after which a run fails. Default `TIME_LIMIT_MS`. */
  readonly limitMs?: number | undefined;
}

interface BenchSetup extends DriverOptions {
  readonly time?: VirtualTimeOptions | undefined;
  /** Called with the link that gets the trouble, before anyone else has it. */
  readonly prepare?: ((link: MemoryLink, time: VirtualTime) => void) | undefined;
}

export class RecordingBench implements Bench {
  readonly time: VirtualTime;
  readonly transcript: Transcript;
  /** The connection that gets the trouble, once it has been opened. */
  troubled: MemoryLink | undefined;
  readonly #setup: BenchSetup;
  #openedCount = 0;

  constructor(setup: BenchSetup) {
    this.#setup = setup;
    this.time = new VirtualTime(setup.time);
    this.transcript = new Transcript({ clock: { now: () => this.time.nowMs } });
  }

  readonly open = (): MemoryLink => {
    const { connection = 1, link: options, prepare } = this.#setup;
    this.#openedCount += 1;
    const link = new MemoryLink({ ...options, clock: this.time.clock(`link ${this.#openedCount}`) });
    this.#record(link);
    if (this.#openedCount === connection) {
      this.troubled = link;
      prepare?.(link, this.time);
    }
    return link;
  };

  #record(link: MemoryLink): void {
    const lane = this.transcript.connection();
    link.tap((event) => {
      if (event.kind === 'written') lane.take(event.direction, event.bytes);
      else if (event.kind === 'ended') lane.end('end');
    });
  }
}
