import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ioConformance, linkPair, memoryLink } from '@minimq/testkit';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The kit needs no particular test runner: the same scripts under node:test.

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'minimq-node-test-'));
let output: string;
let status: number | null;

beforeAll(async () => {
  const outfile = join(folder, 'sample.test.mjs');
  await build({
    entryPoints: [path('./node-test-sample.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'silent',
    alias: {
      '@minimq/core': path('../../../core/src/index.ts'),
      '@minimq/core/codec': path('../../../core/src/codec/index.ts'),
      '@minimq/testkit': path('../../src/index.ts'),
      '@minimq/testkit/node': path('../../src/node/index.ts'),
    },
  });
  const { NODE_OPTIONS: _, ...env } = process.env;
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-reporter=tap', outfile], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  ({ status } = run);
  output = run.stdout + run.stderr;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('under node:test', () => {
  it('a script that is right passes', () => {
    expect(output).toMatch(/^ *ok \d+ - a script that is right$/m);
    expect(output).toMatch(/^ *ok \d+ - a script over TCP$/m);
  });

  it('a transport that is right passes its suite', () => {
    for (const { name } of ioConformance({ name: 'a link', open: () => linkPair(memoryLink()) })) {
      expect(output).toMatch(new RegExp(`^ *ok \\d+ - ${name}$`, 'm'));
    }
  });

  it('a script that is wrong fails, with its message and its line', () => {
    expect(status).toBe(1);
    expect(output).toMatch(/^ *not ok \d+ - a script that is wrong$/m);
    expect(output).toContain('PUBLISH came, and it is not as the script wants it: topic');
    expect(output).toContain("> topic     'b'      'a'");
    const source = readFileSync(path('./node-test-sample.ts'), 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('expect.publish({ topic })')) + 1;
    expect(output).toMatch(new RegExp(`at {6}\\S*node-test-sample\\.ts:${line}:\\d+$`, 'm'));
  });
});
