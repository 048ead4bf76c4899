import type { Target } from './client.ts';

/** A session of small buffers that does nothing once it is connected. */
export interface IdleClient {
  /** What it resolves with has to be kept for as long as the session shall live. */
  readonly open: (target: Target) => Promise<unknown>;
  /** Bytes of the buffers that its caller chooses, for each session. */
  readonly callerBytes: number;
}

/**
 * Fills the session with `inFlight` publishes of QoS 1, has the peer cut the connection, and resolves with the
 * milliseconds from opening the next one until all are acknowledged.
 */
export type Resume = (target: Target, inFlight: number) => Promise<number>;

/** Connects; the function that it resolves with subscribes, and then the application takes nothing. */
export type StoppedConsumer = (target: Target) => Promise<() => Promise<void>>;
