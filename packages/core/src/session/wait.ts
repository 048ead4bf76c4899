import type { Clock } from '../clock.ts';
import { InvalidRequestError, TimeoutError, type MqttError } from '../errors.ts';
import { LinkedList } from '../protocol/linked-list.ts';

/** What a session uses of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The platform's own `AbortSignal`, where its types are loaded. */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : AbortSignalLike;

/** Taken by every call that may wait. Giving up loses nothing: the same call can be made again. */
export interface WaitOptions {
  /** Ends the wait with `signal.reason`. Already aborted: the call does nothing at all. */
  readonly signal?: AbortSignalLike | undefined;
  /** Milliseconds on the session's clock, then a `TimeoutError`; default: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

/** What else ends a wait. */
export interface WaitKind {
  /** Whether only a packet of the broker can end it, so that it would never end while nobody reads. */
  readonly needsInput: boolean;
  /** Whether it outlasts the connection. */
  readonly survives: boolean;
}

/** One call that waits: a promise, and all that may settle it. */
export class Wait<T> {
  readonly promise: Promise<T>;
  readonly kind: WaitKind;
  readonly signal: AbortSignalLike | undefined;
  readonly dueMs: number;
  /** What to do where it ends without an answer: the caller gave up, or the connection is gone. */
  onCancel: (() => void) | undefined = undefined;
  /** What to do when its time is over, in place of rejecting with a `TimeoutError`; has to settle it. */
  onTimeout: (() => void) | undefined = undefined;
  isPending = true;
  /** For `Waits`: its neighbours in the order of the calls. */
  previous: Wait<unknown> | null = null;
  following: Wait<unknown> | null = null;
  readonly #waits: Waits;
  #resolve!: (value: T | PromiseLike<T>) => void;
  #reject!: (reason: unknown) => void;

  constructor(waits: Waits, kind: WaitKind, signal: AbortSignalLike | undefined, dueMs: number) {
    this.#waits = waits;
    this.kind = kind;
    this.signal = signal;
    this.dueMs = dueMs;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  resolve(value: T | PromiseLike<T>): void {
    this.#waits.remove(this as Wait<unknown>);
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    this.#waits.remove(this as Wait<unknown>);
    this.#reject(reason);
  }

  /** The caller gave up, or its time is over. */
  cancel(reason: unknown): void {
    if (!this.isPending) return;
    this.reject(reason);
    this.onCancel?.();
  }

  timeOut(): void {
    if (this.onTimeout !== undefined) this.onTimeout();
    else this.cancel(new TimeoutError('The time given for this call is over; nothing was lost by it'));
  }
}

interface SignalEntry {
  readonly waits: Set<Wait<unknown>>;
  readonly listener: () => void;
}

interface WaitsListener {
  /** No wait has a time limit any more. */
  onUntimed(): void;
  /** A signal has ended waits: others may have waited behind them. */
  onAborted(): void;
}

/** All waits of one session. However many share a signal, it has one listener of ours. */
export class Waits {
  readonly #all = new LinkedList<Wait<unknown>>();
  readonly #listener: WaitsListener;
  /** Made with the first signal: most waits have none. */
  #signals: Map<AbortSignalLike, SignalEntry> | undefined;
  /** No wait is due before; an earlier one may have settled since. */
  #earliestMs = Number.POSITIVE_INFINITY;
  #timedCount = 0;

  constructor(listener: WaitsListener) {
    this.#listener = listener;
  }

  add<T>(kind: WaitKind, options: WaitOptions, clock: Clock): Wait<T> {
    const { signal, timeoutMs } = options;
    const dueMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
    const wait = new Wait<T>(this, kind, signal, dueMs);
    this.#all.push(wait as Wait<unknown>);
    if (dueMs < Number.POSITIVE_INFINITY) this.#timedCount++;
    this.#earliestMs = Math.min(this.#earliestMs, dueMs);
    if (signal !== undefined) this.#listen(signal, wait as Wait<unknown>);
    return wait;
  }

  remove(wait: Wait<unknown>): void {
    if (!wait.isPending) return;
    wait.isPending = false;
    this.#all.remove(wait);
    if (wait.dueMs < Number.POSITIVE_INFINITY && --this.#timedCount === 0) {
      this.#earliestMs = Number.POSITIVE_INFINITY;
      this.#listener.onUntimed();
    }
    const { signal } = wait;
    if (signal === undefined) return;
    const entry = this.#signals!.get(signal)!;
    entry.waits.delete(wait);
    if (entry.waits.size > 0) return;
    this.#signals!.delete(signal);
    signal.removeEventListener('abort', entry.listener);
  }

  /** Those of one kind, in the order of their calls. */
  ofKind<T>(kind: WaitKind): Wait<T>[] {
    return this.#where((wait) => wait.kind === kind) as Wait<unknown>[] as Wait<T>[];
  }

  /** When `expire` has to run next. */
  get deadlineMs(): number {
    return this.#earliestMs;
  }

  expire(nowMs: number): void {
    if (nowMs < this.#earliestMs) return;
    this.#earliestMs = Number.POSITIVE_INFINITY;
    for (const wait of this.#where(({ dueMs }) => dueMs < Number.POSITIVE_INFINITY)) {
      if (wait.dueMs > nowMs) this.#earliestMs = Math.min(this.#earliestMs, wait.dueMs);
      else if (wait.isPending) wait.timeOut();
    }
  }

  /** The connection is gone: ends every wait that does not outlast it. */
  connectionEnded(error: MqttError): void {
    for (const wait of this.#where(({ kind }) => !kind.survives)) wait.cancel(error);
  }

  /** Nothing is being read: ends every wait that only a packet of the broker could end. */
  inputStalled(makeError: () => MqttError): void {
    const waits = this.#where(({ kind }) => kind.needsInput);
    if (waits.length === 0) return;
    const error = makeError();
    for (const wait of waits) wait.cancel(error);
  }

  /** An array of its own: what one of them brings about may end others. */
  #where(applies: (wait: Wait<unknown>) => boolean): Wait<unknown>[] {
    return [...this.#all].filter(applies);
  }

  #listen(signal: AbortSignalLike, wait: Wait<unknown>): void {
    const signals = (this.#signals ??= new Map());
    let entry = signals.get(signal);
    if (entry === undefined) {
      const waits = new Set<Wait<unknown>>();
      const listener = (): void => {
        for (const each of waits) each.cancel(signal.reason);
        this.#listener.onAborted();
      };
      entry = { waits, listener };
      signals.set(signal, entry);
      signal.addEventListener('abort', listener);
    }
    entry.waits.add(wait);
  }
}

/** Throws where `options` cannot be waited with: an aborted signal's reason, or an `InvalidRequestError`. */
export function checkWaitOptions({ signal, timeoutMs }: WaitOptions): void {
  if (signal?.aborted === true) throw signal.reason;
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
    throw new InvalidRequestError('invalid-argument', 'timeoutMs has to be a number of milliseconds from 0 on');
  }
}
