import type { DirectionName } from '../link/direction.ts';

/** So many bytes, 1 at least; or from so many to so many, drawn anew each time. */
export type ByteRange = number | readonly [leastBytes: number, mostBytes: number];

/** Where a fault ends the stream. */
export interface FaultEnd {
  /** Bytes of this direction that pass, counted from the beginning of the connection. Passed already: at once. */
  readonly afterBytes: number;
  /**
   * `cut` (default): both directions end; what is under way still arrives. `half-close`: only this direction does.
   * `reset`: both end, what is under way is lost, and both sides get an error.
   */
  readonly how?: 'cut' | 'half-close' | 'reset' | undefined;
}

/** What is wrong with one direction of a connection, as data. What is left out is not wrong. */
export interface Faults {
  /** Milliseconds that every byte, and the end, is under way. Default 0. */
  readonly latencyMs?: number | undefined;
  /** Up to so many milliseconds more, drawn for each write; the order is kept all the same. Default 0. */
  readonly jitterMs?: number | undefined;
  /** Bandwidth. Default without a bound. */
  readonly bytesPerSecond?: number | undefined;
  /** Bytes that arrive in one piece at most. Default all that there are. */
  readonly chunkBytes?: ByteRange | undefined;
  /** Bytes that one write takes at most: short writes. Default all that there is room for. */
  readonly writeMaxBytes?: ByteRange | undefined;
  /** Writes answer 0, which no `Io` may: a session reports it as a `TransportError`. Default false. */
  readonly zeroWrites?: boolean | undefined;
  /** Nothing arrives until this is taken back; the writer goes on while there is room. Default false. */
  readonly stalled?: boolean | undefined;
  /**
   * What is written from now on is taken and never arrives, nor does an end of the writer's. A connection that has lost
   * a byte in this way stays dark, since no network delivers a stream with a hole. Default false.
   */
  readonly blackHole?: boolean | undefined;
  /** Where the stream ends. Default: nowhere. */
  readonly end?: FaultEnd | undefined;
}

/** The faults of both directions. What one direction names counts more than what `both` does. */
export interface LinkFaults {
  /** Of both directions. Default: none. */
  readonly both?: Faults | undefined;
  /** Of what the client sends. Default: none but those of `both`. */
  readonly toServer?: Faults | undefined;
  /** Of what the server sends. Default: none but those of `both`. */
  readonly toClient?: Faults | undefined;
}

/** The faults of one direction. Throws a RangeError for a number that is none of the kind. */
export function faultsOf(faults: LinkFaults, direction: DirectionName): Faults {
  const merged: Faults = { ...faults.both, ...faults[direction] };
  for (const name of ['latencyMs', 'jitterMs'] as const) check(direction, name, merged[name] ?? 0, 0, false);
  check(direction, 'bytesPerSecond', merged.bytesPerSecond ?? 1, Number.MIN_VALUE, false);
  for (const name of ['chunkBytes', 'writeMaxBytes'] as const) {
    const [leastBytes, mostBytes] = rangeOf(merged[name] ?? 1);
    check(direction, name, leastBytes, 1, true);
    check(direction, name, mostBytes, leastBytes, true);
  }
  check(direction, 'end.afterBytes', merged.end?.afterBytes ?? 0, 0, true);
  return merged;
}

/** How many bytes it is this time. */
export function drawBytes(range: ByteRange, random: () => number): number {
  const [leastBytes, mostBytes] = rangeOf(range);
  if (leastBytes === mostBytes) return leastBytes;
  return leastBytes + Math.floor(random() * (mostBytes - leastBytes + 1));
}

function rangeOf(range: ByteRange): readonly [number, number] {
  return typeof range === 'number' ? [range, range] : range;
}

function check(direction: DirectionName, name: string, value: number, least: number, whole: boolean): void {
  if (value >= least && (whole ? Number.isSafeInteger(value) : value < Number.POSITIVE_INFINITY)) return;
  const kind = whole ? 'a whole number' : 'a finite number';
  throw new RangeError(
    `${name} ${direction} has to be ${kind}, ${least === Number.MIN_VALUE ? 'above 0' : `${least} or more`}, not ${value}`,
  );
}
