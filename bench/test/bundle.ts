import { build as bundleFiles } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { aliases } from '../../vitest.aliases.ts';

/** Makes one file of a module of `src` and of the packages' sources, that the running Node takes without a build. */
export async function bundle(module: string, outfile: string): Promise<void> {
  await bundleFiles({
    entryPoints: [fileURLToPath(new URL(`../src/${module}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    plugins: [
      {
        name: 'sources',
        setup(build) {
          build.onResolve({ filter: /^@minimq\// }, ({ path }) => {
            const alias = aliases.find(({ find }) => find.test(path));
            return alias === undefined ? undefined : { path: alias.replacement };
          });
        },
      },
    ],
  });
}
