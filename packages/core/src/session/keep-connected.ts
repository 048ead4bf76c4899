import { ReasonCode } from '../codec/reason-code.ts';
import { ConfigError, DisconnectedError, InvalidRequestError, PeerError } from '../errors.ts';
import type { Io } from '../io.ts';
import { BACKOFF_STABLE_MS_DEFAULT, backoffMs, type Backoff } from './backoff.ts';
import type { ConnectEvent } from './connect-event.ts';
import { closeIo } from './driver.ts';
import type { ConnectOptions, Session } from './session.ts';
import type { AbortSignalLike, PlatformAbortSignal } from './wait.ts';

/** The longest time that platforms can wait for. */
const TIMER_MS_MAX = 2_147_483_647;

export interface OpenContext {
  /** Counts attempts since the last stable connection, from 1. */
  readonly attempt: number;
  /** Where the broker has sent its clients (reason codes 0x9C and 0x9D), until a connection succeeds. */
  readonly serverReference: string | undefined;
  /** Aborts when the attempt is given up; a stream that is open by then is disconnected in good order. */
  readonly signal: PlatformAbortSignal;
}

/** A stream with the credentials of this attempt: tokens that expire, say. */
export interface OpenResult extends Omit<ConnectOptions, 'signal'> {
  /** An open stream; the session's from here on. */
  readonly io: Io;
}

export interface KeepConnectedOptions {
  /** Opens a stream. A rejection counts as a failed attempt. */
  open(context: OpenContext): Io | OpenResult | Promise<Io | OpenResult>;
  /**
   * Called once for each connection; `signal` aborts when that connection ends. If it returns, the connection goes on; if
   * it throws because the connection ended, the next one is opened; any other error ends everything.
   */
  run(event: ConnectEvent, signal: PlatformAbortSignal): unknown;
  /** How long to wait between attempts. Default: its own defaults. */
  readonly backoff?: Backoff | undefined;
  /** Told before each wait: how long it takes, and why. */
  onWait?(wait: { readonly delayMs: number; readonly attempt: number; readonly error: unknown }): void;
  /** Aborting disconnects gracefully. */
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * Connects, and connects again whenever the connection is lost, until something ends it for good:
 *
 * - the application's own `session.disconnect()`: resolves;
 * - `signal`: disconnects, and rejects with `signal.reason`;
 * - a refusal that would come again (`PeerError` with `permanent`), another client under the same identifier
 *   (`DisconnectedError` with 0x8E), or a configuration that cannot work: rejects with that error;
 * - an error of `run` that is not the connection's: disconnects, and rejects with it.
 */
export async function keepConnected(session: Session, options: KeepConnectedOptions): Promise<void> {
  const { signal } = options;
  if (isAborted(signal)) throw signal!.reason;
  const stop = new AbortController();
  const onAbort = (): void => {
    stop.abort(signal!.reason);
    void session.disconnect();
  };
  signal?.addEventListener('abort', onAbort);
  const onDisconnect = (): void => stop.abort(new DisconnectedError('local', 'The application disconnected'));
  session.delay(Number.POSITIVE_INFINITY, stop.signal).then(onDisconnect, () => {});
  try {
    await new KeepConnected(session, options, stop.signal).loop();
  } catch (error) {
    if (!isAborted(signal)) throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    stop.abort();
  }
  if (isAborted(signal)) throw signal!.reason;
}

function isAborted(signal: AbortSignalLike | undefined): boolean {
  return signal?.aborted === true;
}

class KeepConnected {
  readonly #session: Session;
  readonly #options: KeepConnectedOptions;
  /** Aborts with the caller's signal, and with `disconnect()`. */
  readonly #stop: AbortSignalLike;
  #attempt = 1;
  #serverReference: string | undefined;

  constructor(session: Session, options: KeepConnectedOptions, stop: AbortSignalLike) {
    this.#session = session;
    this.#options = options;
    this.#stop = stop;
  }

  /** Returns when it was stopped, and throws where going on is pointless. */
  async loop(): Promise<void> {
    for (;;) {
      const error = await this.#connectAndRun().catch((failure: unknown) => {
        if (failure instanceof FailedAttempt) return failure.cause;
        throw failure;
      });
      if (this.#stop.aborted) return;
      if (isFinal(error)) throw error;
      await this.#pause(error);
      if (this.#stop.aborted) return;
    }
  }

  /** One connection, from its opening to its end. */
  async #connectAndRun(): Promise<DisconnectedError> {
    const { clock } = this.#session;
    const event = await this.#connect();
    const startedMs = clock.now();
    const running = new AbortController();
    const closed = event.closed.then((error) => {
      const { stableMs = BACKOFF_STABLE_MS_DEFAULT } = this.#options.backoff ?? {};
      if (clock.now() - startedMs >= stableMs) this.#attempt = 1;
      this.#serverReference = error.serverReference;
      running.abort(error);
      return error;
    });
    await this.#run(event, running.signal);
    return closed;
  }

  async #connect(): Promise<ConnectEvent> {
    try {
      const { io, ...options } = await this.#open();
      return await this.#session.connect(io, { ...options, signal: this.#stop });
    } catch (cause) {
      if (cause instanceof PeerError) this.#serverReference = cause.serverReference;
      throw new FailedAttempt(cause);
    }
  }

  /** Opens a stream. One that comes when nobody wants it any more is closed. */
  async #open(): Promise<OpenResult> {
    const stop = this.#stop;
    const giveUp = new AbortController();
    const context = { attempt: this.#attempt, serverReference: this.#serverReference, signal: giveUp.signal };
    const opening = openWith(this.#options, context as OpenContext);
    let onStop!: () => void;
    const stopped = new Promise<never>((_, reject) => {
      onStop = () => {
        giveUp.abort(stop.reason);
        reject(stop.reason);
      };
    });
    stop.addEventListener('abort', onStop);
    try {
      return await Promise.race([opening, stopped]);
    } catch (error) {
      opening.then(({ io }) => closeIo(io)).catch(() => {});
      throw error;
    } finally {
      stop.removeEventListener('abort', onStop);
    }
  }

  async #run(event: ConnectEvent, signal: AbortSignalLike): Promise<void> {
    try {
      await this.#options.run(event, signal as PlatformAbortSignal);
    } catch (error) {
      // Node's own functions wrap the reason of a signal: it is then the cause of what they throw.
      const isReason = error === signal.reason || (error instanceof Error && error.cause === signal.reason);
      if (signal.aborted && (isReason || error instanceof DisconnectedError)) return;
      // The connection's own end may be known to `run` a moment before `closed` has told everyone.
      if (error instanceof DisconnectedError && this.#session.state !== 'connected') return;
      await this.#session.disconnect();
      throw error;
    }
  }

  async #pause(error: unknown): Promise<void> {
    const attempt = this.#attempt++;
    const delayMs = backoffMs(this.#options.backoff ?? {}, attempt, this.#session.clock.random());
    this.#options.onWait?.({ delayMs, attempt, error });
    // The clock's timer keeps no process alive, but a program that waits to connect again has not ended.
    const alive = setTimeout(() => {}, TIMER_MS_MAX);
    try {
      await this.#session.delay(delayMs, this.#stop);
    } catch (reason) {
      if (!this.#stop.aborted) throw reason;
    } finally {
      clearTimeout(alive);
    }
  }
}

async function openWith(options: KeepConnectedOptions, context: OpenContext): Promise<OpenResult> {
  const opened = await options.open(context);
  return 'io' in opened ? opened : { io: opened };
}

/** Marks a failure of `open` or `connect`, which is worth another attempt unless it is final. */
class FailedAttempt extends Error {
  constructor(cause: unknown) {
    super('attempt failed', { cause });
  }
}

function isFinal(error: unknown): boolean {
  // Pointless at this broker, but it says where else to go.
  if (error instanceof PeerError) return error.permanent && error.serverReference === undefined;
  if (error instanceof InvalidRequestError || error instanceof ConfigError) return true;
  if (error instanceof DisconnectedError) return error.reasonCode === ReasonCode.sessionTakenOver;
  return false;
}
