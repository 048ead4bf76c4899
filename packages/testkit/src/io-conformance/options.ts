import { nextMacrotask } from '../clock/macrotask.ts';
import type { IoPair } from './pair.ts';

/** Bytes that may be under way while nobody reads; two sockets of one Linux machine hold about ten million. */
export const IN_TRANSIT_MAX_BYTES: number = 32 * 1024 * 1024;
/** Bytes carried in each direction by the cases about bounded memory. */
export const VOLUME_BYTES: number = 64 * 1024 * 1024;
/** What one wait may take: less than the 5 s that test runners allow by default. */
export const CALL_LIMIT_MS = 4_000;

/** What a peer may be unable to do. */
export type IoPeerAbility = 'end' | 'reset';

export interface IoConformanceOptions {
  /** What messages call the transport. */
  readonly name: string;
  /** A freshly connected pair, asked for once by each case, which closes both ends. */
  readonly open: () => IoPair | Promise<IoPair>;
  /** What the peer cannot do; the cases that need it are left out. Default: none. */
  readonly without?: readonly IoPeerAbility[] | undefined;
  /**
   * Bytes that may be under way in each direction while the receiver does not read: the buffers of both ends and of
   * what lies between. A sender that gets rid of more has found somebody who does not hold it back. Default
   * `IN_TRANSIT_MAX_BYTES`.
   */
  readonly inTransitMaxBytes?: number | undefined;
  /** Default `VOLUME_BYTES`; to notice anything it has to be more than `inTransitMaxBytes`. */
  readonly volumeBytes?: number | undefined;
  /**
   * For a transport with `inboundFlowControl: 'none'`, and only for one: the bytes that it holds at most while nobody
   * reads. Instead of backpressure it is asked to fail past them.
   */
  readonly inboundCapBytes?: number | undefined;
  /** Real time that one wait may take before the case fails, in milliseconds. Default `CALL_LIMIT_MS`. */
  readonly limitMs?: number | undefined;
  /**
   * One turn of whatever moves the bytes; what has not come after a hundred of them is taken not to come. Default: a
   * turn of the event loop. Where the peer lives elsewhere, a round trip to it.
   */
  readonly turn?: (() => Promise<void>) | undefined;
  /** Of the random sizes. Default 1. */
  readonly seed?: number | undefined;
}

/** The options with their defaults. */
export interface IoConformanceSettings {
  readonly inTransitMaxBytes: number;
  readonly volumeBytes: number;
  readonly inboundCapBytes: number | undefined;
  readonly limitMs: number;
  readonly turn: () => Promise<void>;
  readonly seed: number;
}

/** Throws a `RangeError` for a number that makes no sense. */
export function settingsOf(options: IoConformanceOptions): IoConformanceSettings {
  return {
    inTransitMaxBytes: wholeNumber('inTransitMaxBytes', options.inTransitMaxBytes ?? IN_TRANSIT_MAX_BYTES),
    volumeBytes: wholeNumber('volumeBytes', options.volumeBytes ?? VOLUME_BYTES),
    inboundCapBytes:
      options.inboundCapBytes === undefined ? undefined : wholeNumber('inboundCapBytes', options.inboundCapBytes),
    limitMs: wholeNumber('limitMs', options.limitMs ?? CALL_LIMIT_MS),
    turn: options.turn ?? nextMacrotask,
    seed: options.seed ?? 1,
  };
}

function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
}
