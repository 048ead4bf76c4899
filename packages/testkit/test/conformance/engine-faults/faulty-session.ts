import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type * as SessionModule from '../../../src/conformance/clients/session.ts';
import type { ClientUnderTest } from '@minimq/testkit/conformance';
import { withFault, type EngineFault } from './engine-fault.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const core = path('../../../../core/src');

/** Our session from sources of its own, with that fault in them. The broker and the suite have none of it. */
export async function sessionWith(fault?: EngineFault): Promise<ClientUnderTest> {
  const { outputFiles } = await build({
    entryPoints: [path('../../../src/conformance/clients/session.ts')],
    write: false,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    logLevel: 'silent',
    // What stack traces call it, rather than by all of its bytes.
    footer: { js: '//# sourceURL=faulty-session.js' },
    alias: { '@minimq/core': join(core, 'index.ts') },
    plugins: fault === undefined ? [] : [await faultIn(fault)],
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString('base64');
  const module = (await import(/* @vite-ignore */ `data:text/javascript;base64,${code}`)) as typeof SessionModule;
  return module.sessionUnderTest();
}

async function faultIn(fault: EngineFault): Promise<Plugin> {
  const file = join(core, fault.file);
  const contents = withFault(await readFile(file, 'utf8'), fault);
  return {
    name: 'fault',
    setup(bundle) {
      bundle.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
        loaded === file ? { contents, loader: 'ts' } : undefined,
      );
    },
  };
}
