import type { Target } from '../clients/client.ts';
import type { StoppedConsumer } from '../clients/special.ts';
import type { Metrics } from '../run/contest.ts';
import { collectedMemory, presentMemory } from './memory.ts';

const LOOK_EVERY_MS = 20;

/** How much memory grows while the peer floods and nobody receives. */
export async function measureStopped(open: StoppedConsumer, target: Target, floodMs: number): Promise<Metrics> {
  const start = await open(target);
  const before = collectedMemory();
  let heap = before.heap;
  let buffers = before.buffers;
  let resident = before.resident;
  await start();
  const end = performance.now() + floodMs;
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const now = presentMemory();
    heap = Math.max(heap, now.heap);
    buffers = Math.max(buffers, now.buffers);
    resident = Math.max(resident, now.resident);
  }
  return {
    heapGrowthBytes: heap - before.heap,
    bufferGrowthBytes: buffers - before.buffers,
    residentGrowthBytes: resident - before.resident,
  };
}
