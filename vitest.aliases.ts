import { fileURLToPath } from 'node:url';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Tests import the packages by name and get their sources, so that no build is needed. Same names as in tsconfig.test.base.json. */
export const aliases: { find: RegExp; replacement: string }[] = [
  { find: /^@minimq\/core$/, replacement: source('./packages/core/src/index.ts') },
  { find: /^@minimq\/core\/codec$/, replacement: source('./packages/core/src/codec/index.ts') },
  { find: /^@minimq\/core\/protocol$/, replacement: source('./packages/core/src/protocol/index.ts') },
  { find: /^@minimq\/testkit$/, replacement: source('./packages/testkit/src/index.ts') },
  { find: /^@minimq\/testkit\/node$/, replacement: source('./packages/testkit/src/node/index.ts') },
  { find: /^@minimq\/testkit\/vitest$/, replacement: source('./packages/testkit/src/vitest/index.ts') },
  { find: /^@minimq\/testkit\/certificates$/, replacement: source('./packages/testkit/src/certificates/index.ts') },
  { find: /^@minimq\/testkit\/conformance$/, replacement: source('./packages/testkit/src/conformance/index.ts') },
  { find: /^@minimq\/open-io$/, replacement: source('./packages/open-io/src/index.ts') },
  { find: /^@minimq\/transport-tls$/, replacement: source('./packages/transport-tls/src/index.ts') },
  { find: /^@minimq\/transport-ws$/, replacement: source('./packages/transport-ws/src/node.ts') },
  { find: /^@minimq\/transport-node\/internal$/, replacement: source('./packages/transport-node/src/internal.ts') },
  { find: /^@minimq\/transport-node$/, replacement: source('./packages/transport-node/src/index.ts') },
];
