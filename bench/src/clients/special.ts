import type { Transport } from '../wire/transport.ts';
import type { Target } from './client.ts';

/** A session of small buffers that does nothing once it is connected. */
export interface IdleClient {
  /** What its caller gives to one session, `rx` and `tx`: there before anything is measured. */
  readonly give?: () => unknown;
  /** What it resolves with has to be kept for as long as the session shall live. */
  readonly open: (target: Target, given: unknown) => Promise<unknown>;
  /** Bytes of each session's buffer to read into, whose length its caller chooses. */
  readonly readBytes: (transport: Transport) => number;
}

/**
 * Fills the session with `inFlight` publishes of QoS 1, has the peer cut the connection, and resolves with the
 * milliseconds from opening the next one until all are acknowledged.
 */
export type Resume = (target: Target, inFlight: number) => Promise<number>;

/** Connects; the function that it resolves with subscribes, and then the application takes nothing. */
export type StoppedConsumer = (target: Target) => Promise<() => Promise<void>>;
