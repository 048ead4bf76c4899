import {
  ioConformance,
  LINK_CAPACITY_BYTES,
  linkPair,
  memoryLink,
  Transcript,
  type IoPair,
  type MemoryLinkOptions,
} from '@minimq/testkit';
import { describeCases } from '@minimq/testkit/vitest';

describeCases('a link in memory', ioConformance({ name: 'a link in memory', open: () => linkPair(memoryLink()) }));

const clock = { defer: (fn: () => void): void => void setImmediate(fn) };
const others: Readonly<Record<string, MemoryLinkOptions>> = {
  'a link that rejects reads after close': { readsAfterClose: 'reject' },
  'a link that answers in a microtask': { answers: 'microtask' },
  'a link that answers in a turn': { clock, client: { answers: 'turn' } },
  'a link of 1,000 bytes with short reads and writes': { capacityBytes: 1_000, readMaxBytes: 77, writeMaxBytes: 99 },
};
for (const [name, options] of Object.entries(others)) {
  const limits = { inTransitMaxBytes: options.capacityBytes ?? LINK_CAPACITY_BYTES, volumeBytes: 1_000_000 };
  describeCases(name, ioConformance({ name, open: () => linkPair(memoryLink(options)), ...limits }));
}

const recorded = (): IoPair => linkPair(memoryLink(), (client) => new Transcript().record(client, 'client'));
const recordedLimits = { inTransitMaxBytes: LINK_CAPACITY_BYTES, volumeBytes: 1_000_000 };
describeCases('a link that is recorded', ioConformance({ name: 'RecordedIo', open: recorded, ...recordedLimits }));
