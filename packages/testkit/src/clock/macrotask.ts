/** As browsers have it; the types of Node leave `onmessage` out. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
}

/**
 * Calls `fn` in a later turn of the platform's event loop. Before that, every microtask has run that is queued now, and
 * every one that these queue in turn: a chain of promises of any length. What is chosen when this module is loaded is
 * kept, so fake timers that a test installs later do not hold it up.
 */
export const macrotask: (fn: () => void) => void = chooseMacrotask();

export function nextMacrotask(): Promise<void> {
  return new Promise(macrotask);
}

function chooseMacrotask(): (fn: () => void) => void {
  if (typeof setImmediate === 'function') {
    const schedule = setImmediate;
    return (fn) => void schedule(fn);
  }
  // Browsers hold back nested timers by 4 ms; a message to oneself is a turn without that.
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel() as unknown as Record<'port1' | 'port2', Port>;
  port1.onmessage = () => waiting.shift()?.();
  return (fn) => {
    waiting.push(fn);
    port2.postMessage(0);
  };
}
