import { counted, type Leak } from './leak-error.ts';

/** Sees the listeners of a signal, from now on. */
export class WatchedSignal {
  readonly #signal: AbortSignal;
  readonly #name: string;
  readonly #listeners = new Set<unknown>();

  constructor(signal: AbortSignal, name: string) {
    this.#signal = signal;
    this.#name = name;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      if (args[0] === 'abort') this.#listeners.add(args[1]);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      if (args[0] === 'abort') this.#listeners.delete(args[1]);
      remove(...args);
    };
  }

  leaks(): readonly Leak[] {
    // An abort happens once: afterwards nothing holds on to anything.
    if (this.#signal.aborted || this.#listeners.size === 0) return [];
    return [{ kind: 'listener', text: `${counted(this.#listeners.size, 'listener')} on the signal '${this.#name}'` }];
  }
}
