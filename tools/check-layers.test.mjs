import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLayers } from './check-layers.mjs';

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'layers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** @param {Record<string, string>} files */
function plant(files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('check:layers', () => {
  test('sees every source file and lets the arrows pass', () => {
    plant({
      'packages/core/src/index.ts': "export * from './session/session.ts';",
      'packages/core/src/errors.ts': "import type { R } from './codec/r.ts';",
      'packages/core/src/session/session.ts': "import '../protocol/engine.ts'; import '../codec/r.ts';",
      'packages/core/src/protocol/engine.ts': "import '../codec/r.ts'; import '../errors.ts';",
      'packages/core/src/codec/r.ts': "import './other.ts'; // import 'node:fs';",
      'packages/transport-node/src/index.ts': "import 'node:net'; import '@minimq/core';",
      'packages/testkit/src/broker.ts': "import '@minimq/core/codec';",
      'packages/testkit/test/broker.test.ts': "import '@minimq/transport-node';",
      'apps/examples/src/demo.ts': "import '@minimq/core'; import '@minimq/testkit'; import '@minimq/transport-node';",
    });
    expect(checkLayers(root)).toEqual({ files: 8, violations: [] });
  });

  test.each([
    ['packages/core/src/session/a.ts', "import 'node:fs';"],
    ['packages/core/src/session/a.ts', "import fs = require('fs');"],
    ['packages/core/src/session/a.ts', "const fs = require('fs');"],
    ['packages/core/src/session/a.ts', "const fs = await import('node:fs');"],
    ['packages/core/src/session/a.ts', 'const m = await import(name);'],
    ['packages/core/src/session/a.ts', "import type { X } from '@minimq/testkit';"],
    ['packages/core/src/session/a.ts', "import { X } from '@minimq/core/codec';"],
    ['packages/core/src/session/a.ts', "import '../../../testkit/src/index.ts';"],
    ['packages/core/src/session/a.ts', "import '../../test/helper.ts';"],
    ['packages/core/src/session/a.ts', '/// <reference types="node" />'],
    ['packages/core/src/session/a.ts', "import '../index.ts';"],
    ['packages/core/src/protocol/a.ts', "import '../session/x.ts';"],
    ['packages/core/src/protocol/a.ts', "export type { X } from '../session/x.ts';"],
    ['packages/core/src/protocol/deep/a.ts', "export * from '../../session/x.ts';"],
    ['packages/core/src/codec/a.ts', "import '../protocol/x.ts';"],
    ['packages/core/src/codec/a.ts', "import type { X } from '../session/x.ts';"],
    ['packages/core/src/codec/a.ts', "type X = import('../session/x.ts').X;"],
    ['packages/core/src/errors.ts', "import type { X } from './session/x.ts';"],
    ['packages/core/src/elsewhere/a.ts', "import './b.ts';"],
    ['packages/transport-node/src/a.ts', "import '@minimq/testkit';"],
    ['packages/transport-tls/src/a.ts', "import '@minimq/transport-ws';"],
    ['packages/testkit/src/a.ts', "import '@minimq/transport-node';"],
    ['packages/testkit/src/a.ts', "import '@minimq/examples';"],
  ])('catches in %s: %s', (path, text) => {
    plant({ [path]: text });
    const { files, violations } = checkLayers(root);
    expect(files).toBe(1);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(`${path}:1: imports`);
  });

  test('catches a dependency of the core, and a dependency against the arrows', () => {
    plant({
      'packages/core/package.json': '{ "dependencies": { "ws": "1" } }',
      'packages/testkit/package.json': '{ "peerDependencies": { "@minimq/transport-node": "1" } }',
    });
    expect(checkLayers(root).violations).toHaveLength(2);
  });

  test('catches a package that has no rule', () => {
    plant({ 'packages/new/src/a.ts': '' });
    expect(checkLayers(root).violations).toHaveLength(1);
  });

  test('the command fails on a violation and where there is nothing to check', () => {
    const run = () =>
      spawnSync(process.execPath, [fileURLToPath(new URL('check-layers.mjs', import.meta.url)), root], {
        encoding: 'utf8',
      });
    const empty = run();
    expect(empty.status).toBe(1);
    expect(empty.stderr).toContain('no source file found');

    plant({ 'packages/core/src/io.ts': 'export {};' });
    const clean = run();
    expect(clean.status).toBe(0);
    expect(clean.stdout).toBe('check:layers: 1 source files, 0 violations\n');

    plant({ 'packages/core/src/io.ts': "import 'node:net';" });
    const broken = run();
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain('packages/core/src/io.ts:1');
  });
});
