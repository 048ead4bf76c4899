import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly exports: { readonly '.': Readonly<Record<string, string>> };
};

/** As the resolvers do it: the first key that is a condition of the runtime. */
function entryFor(conditions: readonly string[]): string | undefined {
  const choices = Object.entries(manifest.exports['.']);
  return choices.find(([condition]) => condition === 'default' || conditions.includes(condition))?.[1];
}

it.each([
  ['Node', ['node', 'import', 'node-addons'], './dist/node.js'],
  ['a bundle for a browser', ['browser', 'import'], './dist/index.js'],
  ['a bundle for a desktop shell', ['browser', 'node', 'import'], './dist/index.js'],
  ['Deno', ['deno', 'node', 'import'], './dist/index.js'],
  ['Bun', ['bun', 'node', 'import'], './dist/index.js'],
  ['workerd', ['workerd', 'worker', 'browser', 'import'], './dist/index.js'],
  ['workerd with Node compatibility', ['workerd', 'node', 'import'], './dist/index.js'],
  ['whatever names no runtime', ['import'], './dist/index.js'],
])('%s gets its face', (_name, conditions, file) => {
  expect(entryFor(conditions)).toBe(file);
});
