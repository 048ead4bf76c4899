import type { BenchClient, OpenOptions, Target } from './client.ts';
import { minimqOver } from './minimq.ts';
import { openIo } from './open-io.ts';

export async function openMinimq(target: Target, options: OpenOptions): Promise<BenchClient> {
  return minimqOver(await openIo(target, options.readBytes), options);
}
