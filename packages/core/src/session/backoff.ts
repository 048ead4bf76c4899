/** How long to wait before the next attempt to connect. */
export interface Backoff {
  /** Milliseconds, the upper end of the first wait; default 500. */
  readonly firstMs?: number | undefined;
  /** Milliseconds, the upper end of any wait; default 30,000. */
  readonly mostMs?: number | undefined;
  /** How much longer each wait may be than the one before; default 2. */
  readonly factor?: number | undefined;
  /** Milliseconds that a connection has to last before the next wait is a first one again; default 10,000. */
  readonly stableMs?: number | undefined;
}

/** Soon enough that a short failure is hardly noticed. */
export const BACKOFF_FIRST_MS_DEFAULT = 500;
/** Rare enough that a broker that comes back is not overrun. */
export const BACKOFF_MOST_MS_DEFAULT = 30_000;
/** Twice as long after every failure: the seventh wait is as long as any. */
export const BACKOFF_FACTOR_DEFAULT = 2;
/** A connection that is lost sooner counts as one more failure, or a broker that drops everyone would be hammered. */
export const BACKOFF_STABLE_MS_DEFAULT = 10_000;

/** Milliseconds before attempt number `attempt` after a failure, counted from 1: exponential, with full jitter. */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const {
    firstMs = BACKOFF_FIRST_MS_DEFAULT,
    mostMs = BACKOFF_MOST_MS_DEFAULT,
    factor = BACKOFF_FACTOR_DEFAULT,
  } = backoff;
  return random * Math.min(mostMs, firstMs * factor ** (attempt - 1));
}
