import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { aliases } from './vitest.aliases.ts';

/** Each file in a process of its own. */
const isolated = (name: string, include: string) => ({ extends: true as const, test: { name, include: [include] } });

/**
 * One process for many files, which loads and compiles the sources once: a third less work. For tests that replace no
 * module and do not count what their process holds.
 */
const shared = (name: string, include: string) => ({
  extends: true as const,
  test: { name, include: [include], isolate: false },
});

export default defineConfig({
  resolve: { alias: aliases },
  test: {
    // Nothing waits for real time; this is for slow machines.
    testTimeout: 60_000,
    // By default one core is left to others, which is half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      shared('core', 'packages/core/test/**/*.test.ts'),
      isolated('transport-node', 'packages/transport-node/test/**/*.test.ts'),
      isolated('transport-tls', 'packages/transport-tls/test/**/*.test.ts'),
      isolated('transport-ws', 'packages/transport-ws/test/**/*.test.ts'),
      shared('open-io', 'packages/open-io/test/**/*.test.ts'),
      shared('testkit', 'packages/testkit/test/**/*.test.ts'),
      isolated('examples', 'apps/examples/test/**/*.test.ts'),
      shared('examples/scripts', 'apps/examples/scripts/**/*.test.ts'),
      shared('bench', 'bench/test/**/*.test.ts'),
      shared('conformance', 'conformance/test/**/*.test.ts'),
      shared('tools', 'tools/**/*.test.mjs'),
    ],
  },
});
