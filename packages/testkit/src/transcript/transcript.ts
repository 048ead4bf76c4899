import { SystemClock, type Io } from '@minimq/core';
import type { Packet, PacketName } from '@minimq/core/codec';
import type { ObservedPacket } from '../broker/hooks.ts';
import type { DirectionName } from '../link/direction.ts';
import { diagramOf } from './diagram.ts';
import { diffLines } from './diff.ts';
import type { PacketEntry, TranscriptEntry } from './entry.ts';
import { entryFromJson, entryToJson, lineForComparison, type TranscriptJson } from './json.ts';
import { TranscriptLane } from './lane.ts';
import { ObservedLanes } from './observed.ts';
import { RecordedIo, type Side } from './recorded-io.ts';

/** A transcript keeps this many entries and forgets the oldest: a test that runs for hours does not fill the memory. */
export const TRANSCRIPT_ENTRIES_MAX = 100_000;

export interface TranscriptOptions {
  /** The time of the entries: a clock of a `VirtualTime`, or anything else with a `now()`. Default: real time from 0 on. */
  readonly clock?: { now(): number } | undefined;
  /** Default `TRANSCRIPT_ENTRIES_MAX`. */
  readonly entriesMax?: number | undefined;
}

/** Which packets; what is left out is any. */
export interface PacketFilter {
  readonly type?: PacketName | undefined;
  readonly direction?: DirectionName | undefined;
  readonly connection?: number | undefined;
}

export interface ComparisonOptions {
  /** Whether the times count as well. Default false. */
  readonly times?: boolean | undefined;
}

/** Every packet of any number of connections, both ways, with its time. */
export class Transcript {
  readonly #entries: TranscriptEntry[] = [];
  readonly #lanes: TranscriptLane[] = [];
  readonly #now: () => number;
  readonly #entriesMax: number;
  #forgottenCount = 0;
  readonly #observed: ObservedLanes = new ObservedLanes(() => this.connection());

  constructor({ clock, entriesMax = TRANSCRIPT_ENTRIES_MAX }: TranscriptOptions = {}) {
    this.#now = clock === undefined ? fromZero() : () => clock.now();
    this.#entriesMax = entriesMax;
  }

  get entries(): readonly TranscriptEntry[] {
    return this.#entries;
  }

  /** The entries, and what has passed so far of packets that are not whole. */
  get present(): readonly TranscriptEntry[] {
    return [...this.#entries, ...this.#lanes.flatMap((lane) => lane.parts)];
  }

  /** Entries that had to make room for later ones. */
  get forgottenCount(): number {
    return this.#forgottenCount;
  }

  /** The packets that could be decoded, in their order. */
  packets(filter: PacketFilter = {}): readonly (PacketEntry & { readonly packet: Packet })[] {
    const { type, direction, connection } = filter;
    return this.#entries.filter(
      (entry): entry is PacketEntry & { readonly packet: Packet } =>
        entry.kind === 'packet' &&
        entry.packet !== undefined &&
        (type ?? entry.packet.type) === entry.packet.type &&
        (direction ?? entry.direction) === entry.direction &&
        (connection ?? entry.connection) === entry.connection,
    );
  }

  /** Begins another connection, for whoever has its bytes. */
  connection(): TranscriptLane {
    const lane = new TranscriptLane(this.#lanes.length + 1, {
      nowMs: this.#now,
      add: (entry) => this.#add(entry),
    });
    this.#lanes.push(lane);
    return lane;
  }

  /** An Io that passes everything on and writes it down as another connection; `side`: whose end it is. */
  record(io: Io, side: Side = 'client'): Io {
    return new RecordedIo(io, this.connection(), side);
  }

  /** For a broker's `onPacket`: `new MemoryBroker({ onPacket: transcript.observe })`. */
  readonly observe = (observed: ObservedPacket): void => this.#observed.take(observed);

  /** A sequence diagram; `last`: of so many entries at most. */
  toString({ last, connection }: { readonly last?: number; readonly connection?: number } = {}): string {
    const all = this.present.filter((entry) => (connection ?? entry.connection) === entry.connection);
    return diagramOf(last === undefined ? all : all.slice(-last));
  }

  toJSON(): readonly TranscriptJson[] {
    return this.#entries.map(entryToJson);
  }

  /** Takes what `toJSON()` gave. */
  static fromJSON(list: readonly TranscriptJson[]): Transcript {
    const transcript = new Transcript({ clock: { now: () => 0 } });
    for (const item of list) transcript.#add(entryFromJson(item));
    return transcript;
  }

  /** Whether both say the same, connection by connection, in the same order. */
  equals(other: Transcript, options: ComparisonOptions = {}): boolean {
    return this.diff(other, options) === '';
  }

  /** How `other` differs: `-` is here only, `+` is there only. Empty where it does not. */
  diff(other: Transcript, { times = false }: ComparisonOptions = {}): string {
    const lines = ({ entries }: Transcript): readonly string[] =>
      entries.map((entry) => lineForComparison(entry, times));
    return diffLines(lines(this), lines(other));
  }

  #add(entry: TranscriptEntry): void {
    if (this.#entries.length >= this.#entriesMax) {
      const forgotten = Math.ceil(this.#entriesMax / 10);
      this.#entries.splice(0, forgotten);
      this.#forgottenCount += forgotten;
    }
    this.#entries.push(entry);
  }
}

function fromZero(): () => number {
  const clock = new SystemClock();
  const startMs = clock.now();
  return () => clock.now() - startMs;
}
