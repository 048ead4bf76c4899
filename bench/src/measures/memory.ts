/** Bytes of this process after a garbage collection, where node runs with --expose-gc. */
export interface Memory {
  readonly heap: number;
  readonly buffers: number;
  readonly resident: number;
}

export function collectedMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('Memory is measured with node --expose-gc');
  globalThis.gc();
  globalThis.gc();
  return presentMemory();
}

/** The same without a garbage collection. */
export function presentMemory(): Memory {
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers, resident: rss };
}
