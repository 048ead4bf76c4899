import type { ClientName, Target } from '../clients/client.ts';
import { openIdle } from '../clients/open-special.ts';
import type { Metrics } from '../run/contest.ts';
import { collectedMemory } from './memory.ts';
import { openEach } from './sessions.ts';

/** Opened before, so that code and caches that all sessions share are not counted. */
const WARM_UP = 20;

/** Memory per connected session that has nothing to do. */
export async function measureIdle(name: ClientName, target: Target, sessions: number): Promise<Metrics> {
  const { give, open, readBytes } = await openIdle(name);
  const kept: unknown[] = await openEach(WARM_UP, () => open(target, give?.()));
  const given = Array.from({ length: sessions }, () => give?.());
  let next = 0;
  const before = collectedMemory();
  kept.push(await openEach(sessions, () => open(target, given[next++])));
  const after = collectedMemory();
  if (kept.length !== WARM_UP + 1) throw new Error('The sessions have to be kept until they are measured');
  return {
    heapBytesPerSession: (after.heap - before.heap) / sessions,
    bufferBytesPerSession: (after.buffers - before.buffers) / sessions - readBytes(target.transport),
    residentBytesPerSession: (after.resident - before.resident) / sessions,
  };
}
