import type { Contest } from '../run/contest.ts';
import { codecContests } from './codec.ts';
import { connectingContests } from './connecting.ts';
import { growthContests } from './growth.ts';
import { latencyContests } from './latency.ts';
import { memoryContests } from './memory.ts';
import type { Pace } from './pace.ts';
import { throughputContests } from './throughput.ts';

/** Every group of benchmarks by its name, in the order of a whole run. */
export const GROUPS: ReadonlyMap<string, (pace: Pace) => Contest[]> = new Map([
  ['codec', codecContests],
  ['throughput', throughputContests],
  ['latency', latencyContests],
  ['connecting', connectingContests],
  ['memory', memoryContests],
  ['growth', growthContests],
]);
