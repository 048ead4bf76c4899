import { keepConnected, QoS, type ConnectEvent, type DisconnectedError, type Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import type { Line } from './line.ts';
import { Publisher } from './publisher.ts';
import type { Screen } from './screen.ts';
import { Subscriber } from './subscriber.ts';
import { QOS_ALL, type Tally } from './tally.ts';

/** How long the line stays cut. */
const CUT_MS = 250;
/** Without a message for so long, something is lost for good. */
const STALL_MS = 10_000;
/** The demo is impatient: short waits between the attempts to connect. */
const BACKOFF = { firstMs: 50, mostMs: 150 };

type Side = 'publisher' | 'subscriber';

/**
 * A publisher and a subscriber, each kept connected over `line`, until all messages of the tally have been sent. When
 * the subscriber has half of them, the line is cut under both.
 */
export class Exchange {
  /** Milliseconds from the loss of a connection to the next one; the longest where there were several. */
  readonly gapMs: Record<Side, number> = { publisher: 0, subscriber: 0 };
  readonly #line: Line;
  readonly #tally: Tally;
  readonly #screen: Screen;
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  readonly #stop = new AbortController();
  #watchdog: NodeJS.Timeout | undefined;
  #mending: NodeJS.Timeout | undefined;
  #isCut = false;
  #isResumed = true;

  /** `name` is in the client identifiers and the topics, and has to be this run's alone. */
  constructor(line: Line, tally: Tally, screen: Screen, name: string) {
    this.#line = line;
    this.#tally = tally;
    this.#screen = screen;
    this.#publisher = new Publisher(name, tally);
    this.#subscriber = new Subscriber(name, tally, () => this.#onMessage());
  }

  /** Whether the broker has kept the sessions over every gap. */
  get isResumed(): boolean {
    return this.#isResumed;
  }

  /** Rejects where it could not be brought to its end; the tally says how far it came. */
  async run(): Promise<void> {
    const { session: publishing } = this.#publisher;
    const { session: receiving } = this.#subscriber;
    const sides: Promise<void>[] = [];
    this.#watchdog = setTimeout(() => this.#stalled(), STALL_MS);
    try {
      sides.push(this.#keep('subscriber', receiving, (event) => this.#subscriber.run(event)));
      // Whoever subscribes too late misses what was published before.
      await Promise.race([this.#subscriber.subscribed, ...sides]);
      sides.push(this.#keep('publisher', publishing, (_, signal) => this.#publisher.run(signal)));
      await Promise.all(sides);
    } catch (error) {
      this.#stop.abort(error);
      await Promise.allSettled(sides);
      throw error;
    } finally {
      clearTimeout(this.#watchdog);
      clearTimeout(this.#mending);
      this.#screen.endProgress();
    }
  }

  #keep(side: Side, session: Session, run: (event: ConnectEvent, signal: AbortSignal) => Promise<void>): Promise<void> {
    let lostAtMs: number | undefined;
    return keepConnected(session, {
      open: ({ signal }) => connectTcp({ host: '127.0.0.1', port: this.#line.port, signal }),
      run: async (event, signal) => {
        if (lostAtMs === undefined) this.#screen.print(`${side}: connected`);
        else this.#onBack(side, event, performance.now() - lostAtMs);
        void event.closed.then((error) => {
          if (error.by === 'local') return;
          lostAtMs = performance.now();
          this.#onLost(side, error);
        });
        await run(event, signal);
      },
      backoff: BACKOFF,
      signal: this.#stop.signal,
    });
  }

  #onLost(side: Side, error: DisconnectedError): void {
    this.#screen.print(`${side}: ${error.message}`);
    if (side === 'subscriber') return;
    const { unacknowledged, givenBack } = this.#publisher.takeStock();
    this.#screen.print(
      `${side}: ${unacknowledged} messages of QoS 1 and 2 are not acknowledged; the session keeps them`,
    );
    if (givenBack === 0) return;
    this.#screen.print(`${side}: ${givenBack} messages of QoS 0 had not left yet; they are published again`);
  }

  #onBack(side: Side, { kind }: ConnectEvent, gapMs: number): void {
    this.gapMs[side] = Math.max(this.gapMs[side], gapMs);
    if (kind === 'connected') this.#isResumed = false;
    const session = kind === 'reconnected' ? 'the session goes on' : 'THE BROKER HAS NOT KEPT THE SESSION';
    this.#screen.print(`${side}: connected again after ${Math.round(gapMs)} ms; ${session}`);
    const isBothBack = [this.#publisher, this.#subscriber].every(({ session: { state } }) => state === 'connected');
    if (isBothBack) this.#tally.bothBack(this.#publisher.nextNumber);
  }

  #onMessage(): void {
    this.#watchdog?.refresh();
    const counts = QOS_ALL.map((qos) => this.#tally.distinctCount(qos));
    const [atMostOnce, atLeastOnce, exactlyOnce] = counts;
    const done = counts[QoS.exactlyOnce]!;
    const { total } = this.#tally;
    this.#screen.progress(
      done,
      total,
      () => `received ${atMostOnce} / ${atLeastOnce} / ${exactlyOnce} at QoS 0 / 1 / 2`,
    );
    if (!this.#isCut && done >= total / 2) this.#cut();
  }

  #cut(): void {
    this.#isCut = true;
    this.#screen.print(`--- the line is cut, for ${CUT_MS} ms`);
    this.#line.cut();
    this.#mending = setTimeout(() => {
      this.#screen.print('--- the line is mended');
      this.#line.mend();
    }, CUT_MS);
  }

  #stalled(): void {
    this.#stop.abort(new Error(`No message has arrived for ${STALL_MS / 1_000} seconds`));
  }
}
