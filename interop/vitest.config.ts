import { defineConfig } from 'vitest/config';
import { aliases } from '../vitest.aliases.ts';

export default defineConfig({
  resolve: { alias: aliases },
  test: {
    name: 'interop',
    include: ['test/**/*.test.ts'],
    passWithNoTests: false,
  },
});
