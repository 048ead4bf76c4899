/** One level of all filters that begin alike. `+` and `#` are levels like any other: no topic has a level of that name. */
interface Level<T> {
  readonly children: Map<string, Level<T>>;
  value: T | undefined;
}

/**
 * Values by topic filter, found by topic (section 4.7). Levels are compared as they are, without normalization
 * [MQTT-4.7.3-4].
 */
export class TopicTree<T> {
  readonly #root: Level<T> = newLevel();

  /** Whether nothing is left of any filter. */
  get isEmpty(): boolean {
    return this.#root.children.size === 0;
  }

  get(filter: string): T | undefined {
    let level: Level<T> | undefined = this.#root;
    for (const name of filter.split('/')) level = level?.children.get(name);
    return level?.value;
  }

  set(filter: string, value: T): void {
    let level = this.#root;
    for (const name of filter.split('/')) {
      let child = level.children.get(name);
      if (child === undefined) level.children.set(name, (child = newLevel()));
      level = child;
    }
    level.value = value;
  }

  delete(filter: string): void {
    const names = filter.split('/');
    const path = [this.#root];
    for (const name of names) {
      const child = path.at(-1)?.children.get(name);
      if (child === undefined) return;
      path.push(child);
    }
    path.at(-1)!.value = undefined;
    for (let depth = names.length; depth > 0; depth -= 1) {
      const { value, children } = path[depth]!;
      if (value !== undefined || children.size > 0) return;
      path[depth - 1]!.children.delete(names[depth - 1]!);
    }
  }

  /** The values of all filters that match `topic`. */
  match(topic: string): T[] {
    const found: T[] = [];
    collect(this.#root, topic.split('/'), 0, found);
    return found;
  }
}

function collect<T>(level: Level<T>, names: readonly string[], depth: number, found: T[]): void {
  const { children } = level;
  if (children.size === 0 && depth < names.length) return;
  // Topics that begin with $ are not for filters that begin with a wildcard [MQTT-4.7.2-1].
  const wildcardsMatch = depth > 0 || !names[0]!.startsWith('$');
  if (wildcardsMatch) take(children.get('#'), found);
  if (depth === names.length) {
    take(level, found);
    return;
  }
  const exact = children.get(names[depth]!);
  if (exact !== undefined) collect(exact, names, depth + 1, found);
  const plus = wildcardsMatch ? children.get('+') : undefined;
  if (plus !== undefined) collect(plus, names, depth + 1, found);
}

function take<T>(level: Level<T> | undefined, found: T[]): void {
  if (level?.value !== undefined) found.push(level.value);
}

function newLevel<T>(): Level<T> {
  return { children: new Map(), value: undefined };
}
