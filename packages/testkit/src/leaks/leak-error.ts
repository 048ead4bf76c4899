/** One thing that is left where nothing should be. */
export interface Leak {
  readonly kind: 'timer' | 'listener' | 'operation' | 'unread-bytes' | 'tx-bytes';
  readonly text: string;
}

/** What a `LeakCheck` rejects with. */
export class LeakError extends Error {
  override readonly name = 'LeakError';
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    const count = leaks.length === 1 ? 'Something is' : `${leaks.length} things are`;
    super([`${count} left at the end:`, ...leaks.map(({ kind, text }) => `  ${kind.padEnd(12)}  ${text}`)].join('\n'));
    this.leaks = leaks;
  }
}

/** `1 listener`, `2 listeners`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
