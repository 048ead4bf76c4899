import { ioConformance, type IoPair } from '@minimq/testkit';
import { streamPeer } from '@minimq/testkit/node';
import { describeCases } from '@minimq/testkit/vitest';
import { links } from './support.ts';

/** A little more than may be under way by default: encryption takes its time. */
const VOLUME_BYTES = 36 * 1_048_576;

for (const { name, open } of links) {
  const openPair = async (): Promise<IoPair> => {
    const { io, peer } = await open();
    return { io, peer: streamPeer(peer) };
  };
  describeCases(name, ioConformance({ name, open: openPair, volumeBytes: VOLUME_BYTES, limitMs: 20_000 }));
}
