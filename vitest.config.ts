import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { aliases } from './vitest.aliases.ts';

const project = (name: string, include: string) => ({ extends: true as const, test: { name, include: [include] } });

export default defineConfig({
  resolve: { alias: aliases },
  test: {
    // Nothing waits for real time; this is for slow machines.
    testTimeout: 60_000,
    // By default one core is left to others, which is half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      project('core', 'packages/core/test/**/*.test.ts'),
      project('transport-node', 'packages/transport-node/test/**/*.test.ts'),
      project('transport-tls', 'packages/transport-tls/test/**/*.test.ts'),
      project('transport-ws', 'packages/transport-ws/test/**/*.test.ts'),
      project('open-io', 'packages/open-io/test/**/*.test.ts'),
      project('testkit', 'packages/testkit/test/**/*.test.ts'),
      project('examples', 'apps/examples/{test,scripts}/**/*.test.ts'),
      project('bench', 'bench/test/**/*.test.ts'),
      project('conformance', 'conformance/test/**/*.test.ts'),
      project('tools', 'tools/**/*.test.mjs'),
    ],
  },
});
