import {
  Buffers,
  DisconnectedError,
  keepConnected,
  Session,
  type Op,
  type OwnedPublish,
  type Publication,
} from '@minimq/core';
import { connectWebSocket } from '@minimq/transport-ws';
import { PAGE_CLIENT_ID } from '../streams.ts';

/** Seconds that the broker keeps the session for a page that is gone, or cut off. */
const SESSION_EXPIRY_INTERVAL = 300;
/** Somebody is watching: short waits between the attempts. */
const BACKOFF = { firstMs: 400, mostMs: 1_000 };

/** `lost`: the session is still there, and the next attempt to connect is about to come. */
export type Phase = 'off' | 'connecting' | 'connected' | 'lost';

/** What a connection tells the page. */
export interface ConnectionWatcher {
  onPhase(phase: Phase): void;
  onMessage(message: OwnedPublish): void;
  /** Something to tell the reader, as a sentence. */
  onNews(text: string): void;
}

/** The page's session: connected when the reader wants it to be, over as many WebSockets as that takes. */
export class Connection {
  /** How many connections have begun. */
  connectedCount = 0;
  /** How many of them went on with the session of the one before. */
  resumedCount = 0;
  /** Milliseconds from the last loss to the connection after it. */
  lastGapMs: number | undefined;
  readonly #url: string;
  readonly #watcher: ConnectionWatcher;
  readonly #session = new Session({
    buffers: Buffers.allocate({ rx: 64 * 1024, tx: 64 * 1024 }),
    clientId: `${PAGE_CLIENT_ID}${crypto.randomUUID().slice(0, 8)}`,
    sessionExpiryInterval: SESSION_EXPIRY_INTERVAL,
  });
  #phase: Phase = 'off';
  #lostAtMs: number | undefined;

  constructor(url: string, watcher: ConnectionWatcher) {
    this.#url = url;
    this.#watcher = watcher;
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** QoS 1 and 2 publishes that the session keeps until the broker has acknowledged them. */
  get pendingCount(): number {
    return this.#session.pending.length;
  }

  /** Connects, and connects again whenever the connection is lost, until `disconnect()`. Never rejects. */
  async connect(): Promise<void> {
    if (this.#phase !== 'off') return;
    this.#enter('connecting');
    try {
      await keepConnected(this.#session, {
        open: ({ signal }) => {
          this.#enter(this.#lostAtMs === undefined ? 'connecting' : 'lost');
          return connectWebSocket(this.#url, { signal });
        },
        run: (event) => {
          this.#onConnected(event.kind === 'reconnected');
          void event.closed.then((error) => this.#onClosed(error));
          return this.#receive(event.kind === 'reconnected');
        },
        backoff: BACKOFF,
      });
      this.#watcher.onNews('Disconnected. The broker keeps the session, and the messages for it.');
    } catch (error) {
      this.#watcher.onNews(`Ended for good: ${messageOf(error)}`);
    }
    this.#lostAtMs = undefined;
    this.#enter('off');
  }

  /** Resolves when the broker knows. */
  async disconnect(): Promise<void> {
    await this.#session.disconnect();
  }

  /** The reader goes: the broker need not keep anything. */
  leave(): void {
    void this.#session.disconnect({ properties: { sessionExpiryInterval: 0 } });
  }

  /** Rejects as `Session.publish()` does, also where there is no connection. */
  publish(publication: Publication): Promise<Op> {
    return this.#session.publish(publication);
  }

  async #receive(isResumed: boolean): Promise<void> {
    // A resumed session still has its subscription.
    if (!isResumed) await this.#session.subscribe([{ topicFilter: '#', qos: 2 }]);
    for await (const message of this.#session.messages()) this.#watcher.onMessage(message);
  }

  #onConnected(isResumed: boolean): void {
    this.connectedCount += 1;
    if (isResumed) this.resumedCount += 1;
    if (this.#lostAtMs !== undefined) this.lastGapMs = Math.round(performance.now() - this.#lostAtMs);
    const gap = this.#lostAtMs === undefined ? '' : ` after ${((this.lastGapMs ?? 0) / 1_000).toFixed(1)} s`;
    this.#watcher.onNews(isResumed ? `Connected again${gap}. The session goes on.` : 'Connected. It is a new session.');
    this.#lostAtMs = undefined;
    this.#enter('connected');
  }

  #onClosed(error: DisconnectedError): void {
    if (error.by === 'local') return;
    this.#lostAtMs = performance.now();
    this.#watcher.onNews(error.message);
    this.#enter('lost');
  }

  #enter(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#watcher.onPhase(phase);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
