import { defineConfig } from 'vitest/config';
import { aliases } from '../vitest.aliases.ts';

export default defineConfig({
  resolve: { alias: aliases },
  test: {
    name: 'interop',
    include: ['test/**/*.test.ts'],
    passWithNoTests: false,
    // Real brokers, real time, and machines that have other things to do.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
