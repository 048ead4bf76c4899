import { ioConformance, type IoPair, type IoPeerAbility } from '@minimq/testkit';
import { streamPeer } from '@minimq/testkit/node';
import { describeCases } from '@minimq/testkit/vitest';
import { links } from './support.ts';

/** Nobody at the other end of a pair in memory hears of its being destroyed. */
const without: Readonly<Record<string, readonly IoPeerAbility[]>> = { 'fromDuplex over a pair in memory': ['reset'] };

for (const { name, open } of links) {
  const openPair = async (): Promise<IoPair> => {
    const { io, peer } = await open();
    return { io, peer: streamPeer(peer) };
  };
  describeCases(name, ioConformance({ name, open: openPair, without: without[name], limitMs: 20_000 }));
}
