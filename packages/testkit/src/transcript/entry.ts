import type { Packet } from '@minimq/core/codec';
import type { DirectionName } from '../link/direction.ts';

/** What every line of a transcript has. */
interface Line {
  /** Counted from 1. */
  readonly connection: number;
  readonly atMs: number;
}

/** A packet that has passed whole. */
export interface PacketEntry extends Line {
  readonly kind: 'packet';
  readonly direction: DirectionName;
  /** Undefined where the bytes are no packet that this side may send; `problem` then says why. */
  readonly packet: Packet | undefined;
  readonly problem: string | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The beginning of a packet whose rest never came. */
export interface PartEntry extends Line {
  readonly kind: 'part';
  readonly direction: DirectionName;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What happened to a connection besides packets: `client closes`, `cut`, `reset`, `stall`. */
export interface MarkEntry extends Line {
  readonly kind: 'mark';
  readonly label: string;
  readonly detail: string;
}

export type TranscriptEntry = PacketEntry | PartEntry | MarkEntry;
