import { defineConfig } from 'vitest/config';
import { aliases } from '../../../vitest.aliases.ts';

// Beside the ordinary tests, which need no browser.
export default defineConfig({
  resolve: { alias: aliases },
  test: {
    name: 'browser',
    include: ['test/**/*.test.ts'],
    passWithNoTests: false,
    // A real browser, real time, and machines that have other things to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
