import type { DirectionName } from '../link/direction.ts';
import type { PacketEntry, PartEntry, TranscriptEntry } from './entry.ts';
import { Framer } from './framer.ts';

/** Where a lane writes its entries, and by which time. */
export interface LaneKeeper {
  nowMs(): number;
  add(entry: TranscriptEntry): void;
}

/** One connection in a transcript: takes the bytes of both directions and writes down the packets. */
export class TranscriptLane {
  /** Counted from 1. */
  readonly connection: number;
  readonly #keeper: LaneKeeper;
  readonly #framers: Readonly<Record<DirectionName, Framer>> = {
    toServer: new Framer('client'),
    toClient: new Framer('server'),
  };
  #isOver = false;

  constructor(connection: number, keeper: LaneKeeper) {
    this.connection = connection;
    this.#keeper = keeper;
  }

  /** Writes down the packets that are whole with these bytes, and returns them. */
  take(direction: DirectionName, bytes: Uint8Array): readonly PacketEntry[] {
    const { connection } = this;
    const atMs = this.#keeper.nowMs();
    const framed = this.#framers[direction].add(bytes);
    const entries = framed.map((frame): PacketEntry => ({ kind: 'packet', connection, atMs, direction, ...frame }));
    for (const entry of entries) this.#keeper.add(entry);
    return entries;
  }

  /** Something that is no packet. */
  mark(label: string, detail = ''): void {
    this.#keeper.add({ kind: 'mark', connection: this.connection, atMs: this.#keeper.nowMs(), label, detail });
  }

  /** The last thing about a connection; what is left of packets is written down before it. Only the first one counts. */
  end(label: string, detail?: string): void {
    if (this.#isOver) return;
    for (const part of this.parts) this.#keeper.add(part);
    this.#isOver = true;
    this.mark(label, detail);
  }

  /** What has passed of packets that are not whole. */
  get parts(): readonly PartEntry[] {
    if (this.#isOver) return [];
    return (['toServer', 'toClient'] as const).flatMap((direction) => {
      const bytes = this.#framers[direction].rest;
      if (bytes.length === 0) return [];
      return [{ kind: 'part', connection: this.connection, atMs: this.#keeper.nowMs(), direction, bytes }];
    });
  }
}
