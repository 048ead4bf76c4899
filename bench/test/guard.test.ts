import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Counts, Flow } from '../src/guard/counts.ts';
import { bundle } from './bundle.ts';

// Numbers that are the same on every machine, for the hot paths: what one message allocates, and how many messages one
// read and one write carry. The limits are a little above what was counted, so that nothing grows unseen.

const run = promisify(execFile);

/** The young generation takes what the counted messages allocate, and nothing is collected in between. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];

interface Limit {
  readonly flow: Flow;
  readonly reads: number;
  readonly writes: number;
  /** Of the heap, for each message. */
  readonly bytes: number;
}

const publish = (
  qos: 0 | 1 | 2,
  style: 'publish' | 'tryPublish',
  reads: number,
  writes: number,
  bytes: number,
): Limit => ({
  flow: { direction: 'publish', qos, style },
  reads,
  writes,
  bytes,
});
const receive = (
  qos: 0 | 1 | 2,
  style: 'recv' | 'drive' | 'messages',
  reads: number,
  writes: number,
  bytes: number,
): Limit => ({ flow: { direction: 'receive', qos, style }, reads, writes, bytes });

const LIMITS: readonly Limit[] = [
  publish(0, 'publish', 0.2, 1, 560),
  publish(0, 'tryPublish', 0.2, 1, 310),
  publish(1, 'publish', 1.5, 1.5, 570),
  publish(1, 'tryPublish', 1.5, 1.5, 320),
  publish(2, 'publish', 3, 3, 580),
  publish(2, 'tryPublish', 3, 3, 330),
  receive(0, 'recv', 5, 0, 520),
  receive(0, 'drive', 5, 0, 270),
  receive(0, 'messages', 5, 0, 750),
  receive(1, 'recv', 5, 2, 520),
  receive(1, 'drive', 5, 2, 270),
  receive(1, 'messages', 5, 2, 750),
  receive(2, 'recv', 7, 4, 670),
  receive(2, 'drive', 7, 4, 410),
  receive(2, 'messages', 7, 4, 900),
];

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'minimq-bench-'));
  program = join(folder, 'guard.mjs');
  await bundle('guard/main.ts', program);
});

afterAll(() => rm(folder, { recursive: true }));

async function count(flow: Flow): Promise<Counts> {
  const { stdout } = await run(process.execPath, [...NODE_OPTIONS, program, JSON.stringify(flow)]);
  return JSON.parse(stdout) as Counts;
}

describe('per thousand messages of 64 bytes, a thousand in flight', () => {
  test.each(LIMITS)('$flow.direction QoS $flow.qos, $flow.style', async ({ flow, reads, writes, bytes }) => {
    const counts = await count(flow);
    expect(counts.readsPerThousand).toBeLessThanOrEqual(reads);
    expect(counts.writesPerThousand).toBeLessThanOrEqual(writes);
    expect(counts.allocatedBytes).toBeLessThanOrEqual(bytes);
    // Each message is an object at least: less than this was not measured but collected.
    expect(counts.allocatedBytes).toBeGreaterThan(16);
  });
});
