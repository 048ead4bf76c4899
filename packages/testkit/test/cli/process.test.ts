import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../broker-helpers.ts';
import { atEnd } from '../node/closing.ts';
import { dial } from '../node/dial.ts';

// The program as the system runs it: its first line, signals, pipes.

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
// Inside the package, so that it finds what the package depends on.
const cache = path('../../node_modules/.cache');
let folder: string;
let program: string;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'cli-'));
  program = join(folder, 'main.mjs');
  await build({
    entryPoints: [path('../../src/cli/main.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    external: ['commander', 'node-forge', 'ws'],
    alias: {
      '@minimq/core': path('../../../core/src/index.ts'),
      '@minimq/core/codec': path('../../../core/src/codec/index.ts'),
    },
  });
  chmodSync(program, 0o755);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function launch(...args: string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  // By its first line, as npx starts it.
  const child: ChildProcess = spawn(program, args, { env });
  let out = '';
  let err = '';
  let written: () => void = () => {};
  child.stdout!.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    written();
  });
  child.stderr!.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const exit = once(child, 'close').then(([code, signal]) => ({ code, signal, err }));
  atEnd(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const url = async (): Promise<string> => {
    for (;;) {
      const match = /mqtt:\S+/.exec(out);
      if (match !== null) return match[0];
      const ended = await Promise.race([exit, new Promise<void>((resolve) => (written = resolve))]);
      if (ended !== undefined) throw new Error(`It has ended: ${JSON.stringify(ended)}`);
    }
  };
  return { child, exit, url };
}

describe('minimq-testkit', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s', async (signal) => {
    const { child, exit, url } = launch('broker', '--port', '0', '--tls', '0', '--ws', '0');
    const client = await dial(await url());
    client.send(connect());
    await client.take(5);
    child.kill(signal);
    expect(await client.take(3)).toBe('e0 01 8b');
    expect(await exit).toEqual({ code: 0, signal: null, err: '' });
    await client.ended;
  });

  it('stops when nobody reads what it prints', async () => {
    const { child, exit, url } = launch('broker', '--port', '0', '--print');
    const client = await dial(await url());
    child.stdout!.destroy();
    client.send(connect());
    client.send('c0 00');
    expect(await exit).toEqual({ code: 0, signal: null, err: '' });
    await client.ended;
  });

  it('exits with 2 for a wrong option', async () => {
    const { exit } = launch('broker', '--port', 'x');
    expect(await exit).toMatchObject({ code: 2, err: expect.stringMatching(/^minimq-testkit: .*\n$/) as string });
  });

  it('is the bin of the package', () => {
    const manifest = JSON.parse(readFileSync(path('../../package.json'), 'utf8')) as { bin: Record<string, string> };
    expect(manifest.bin).toEqual({ 'minimq-testkit': './dist/cli/main.js' });
    expect(readFileSync(path('../../src/cli/main.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
