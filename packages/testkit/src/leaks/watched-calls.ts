/** Sees which calls of an object have not settled. */
export class WatchedCalls {
  readonly #pending = new Map<Promise<unknown>, string>();

  /** Their names, in the order in which they were made. */
  get pending(): readonly string[] {
    return [...this.#pending.values()];
  }

  /** Stands for `target`, with everything that it can do; so do the iterators that it returns. */
  watch<T extends object>(target: T, name: string): T {
    return new Proxy(target, {
      get: (_, key): unknown => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        const call = value as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => this.#note(`${name}.${String(key)}()`, call.apply(target, args));
      },
    });
  }

  #note(name: string, result: unknown): unknown {
    if (typeof result !== 'object' || result === null) return result;
    if (Symbol.asyncIterator in result) return this.watch(result, name);
    if (!(result instanceof Promise)) return result;
    // What the caller gets is what was noted, so that a rejection which nobody handles stays one.
    const noted: Promise<unknown> = result.finally(() => this.#pending.delete(noted));
    this.#pending.set(noted, name);
    return noted;
  }
}
