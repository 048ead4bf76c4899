import { build } from 'esbuild';
import type { Metafile, Platform, Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** Finds the packages of the repository by their own `exports`, and in them the sources instead of what is built. */
function sources(conditions: readonly string[]): Plugin {
  return {
    name: 'sources',
    setup(bundler) {
      bundler.onResolve({ filter: /^@minimq\// }, ({ path }) => {
        const [, name = '', ...rest] = path.split('/');
        const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as {
          readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
        };
        const choices = Object.entries(manifest.exports[['.', ...rest].join('/')] ?? {});
        const choice = choices.find(([condition]) => condition === 'default' || conditions.includes(condition));
        if (choice === undefined) return { errors: [{ text: `${path}: no export` }] };
        const file = choice[1].replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts');
        return { path: join(packages, name, file), sideEffects: false };
      });
    },
  };
}

interface Bundle {
  /** What the first request brings, with all that is loaded with it. */
  readonly entryFiles: readonly string[];
  /** The files of each chunk that is loaded later, if at all. */
  readonly laterChunks: readonly (readonly string[])[];
  readonly files: readonly string[];
  /** What is left to the platform. */
  readonly leftOver: readonly string[];
}

async function bundle(platform: Platform, conditions: readonly string[], splitting: boolean): Promise<Bundle> {
  const { metafile } = await build({
    stdin: { contents: "export { openIo } from '@minimq/open-io';", resolveDir: packages, sourcefile: 'app.js' },
    bundle: true,
    format: 'esm',
    splitting,
    outdir: 'out',
    platform,
    conditions: [...conditions],
    plugins: [sources(conditions)],
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]?.entryPoint?.endsWith('app.js'));
  if (entry === undefined) throw new Error('There is no bundle');
  const atOnce = loadedWith(metafile, entry);
  const later = Object.keys(metafile.outputs).filter((path) => !atOnce.has(path));
  const outputs = Object.values(metafile.outputs);
  return {
    entryFiles: [...atOnce].flatMap((path) => inputsOf(metafile, path)),
    laterChunks: later.map((path) => [...loadedWith(metafile, path)].flatMap((each) => inputsOf(metafile, each))),
    files: outputs.flatMap(({ inputs }) => Object.keys(inputs)),
    leftOver: outputs.flatMap(({ imports }) => imports.filter((each) => each.external).map((each) => each.path)),
  };
}

/** An output and all that it imports statically. */
function loadedWith(metafile: Metafile, path: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const each of metafile.outputs[path]?.imports ?? []) {
    if (each.kind === 'import-statement' && !each.external) loadedWith(metafile, each.path, found);
  }
  return found;
}

function inputsOf(metafile: Metafile, path: string): string[] {
  return Object.keys(metafile.outputs[path]?.inputs ?? {});
}

const ofWs = /node_modules\/ws\//;
const ofTransport = /packages\/transport-(\w+)\/src\//;

function transportsOf(files: readonly string[]): string[] {
  return [...new Set(files.flatMap((file) => ofTransport.exec(file)?.[1] ?? []))].sort();
}

describe.each([
  ['a browser', ['browser', 'import']],
  ['workerd with Node compatibility', ['workerd', 'node', 'import']],
  ['an edge runtime', ['edge-light', 'import']],
])('a bundle for %s', (_name, conditions) => {
  it.each([true, false])('has neither ws nor anything of Node (split: %s)', async (splitting) => {
    const { files, leftOver } = await bundle('browser', conditions, splitting);
    expect(files.filter((file) => ofWs.test(file))).toEqual([]);
    expect(leftOver).toEqual([]);
    expect(transportsOf(files)).toEqual(['ws']);
  });

  it('loads the transport when it is asked for', async () => {
    const { entryFiles, laterChunks } = await bundle('browser', conditions, true);
    expect(transportsOf(entryFiles)).toEqual([]);
    expect(laterChunks.map(transportsOf)).toContainEqual(['ws']);
  });
});

describe('a bundle for Node', () => {
  it('loads only the transport of the URL', async () => {
    const { entryFiles, laterChunks, leftOver } = await bundle('node', ['node', 'import'], true);
    expect(transportsOf(entryFiles)).toEqual([]);
    const transports = laterChunks.map(transportsOf).filter((names) => names.length > 0);
    expect(transports).toContainEqual(['node']);
    expect(transports).toContainEqual(['ws']);
    expect(transports).toContainEqual(['node', 'tls']);
    expect(transports.filter((names) => names.includes('ws') && names.length > 1)).toEqual([]);
    for (const files of laterChunks) {
      if (files.some((file) => ofWs.test(file))) expect(transportsOf(files)).not.toContain('tls');
    }
    // `ws` asks for these two and does without where they are not installed.
    const optional = ['bufferutil', 'utf-8-validate'];
    expect(leftOver.filter((name) => !isBuiltin(name) && !optional.includes(name))).toEqual([]);
  });
});

describe.each(['deno', 'bun'])('a bundle for %s, which also claims node', (runtime) => {
  it("has sockets and the platform's own WebSocket", async () => {
    const { files } = await bundle('node', [runtime, 'node', 'import'], true);
    expect(files.filter((file) => ofWs.test(file))).toEqual([]);
    expect(transportsOf(files)).toEqual(['node', 'tls', 'ws']);
  });
});
