import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  /** By path on the server: `/page.js`, `/worker.js`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The file of `@minimq/transport-ws` that a browser's conditions choose. */
  readonly webSocketEntry: string;
}

/** Bundles the built packages as an application for browsers is bundled. Rejects where something of Node is in it. */
export async function bundle(): Promise<Bundle> {
  const page = (name: string): string => fileURLToPath(new URL(`../page/${name}.js`, import.meta.url));
  const { outputFiles, metafile } = await build({
    entryPoints: { page: page('page'), worker: page('worker') },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: '/',
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  const ofNode = inputs.filter((path) => /\/node_modules\/ws\/|transport-ws\/dist\/node/.test(path));
  if (ofNode.length > 0) throw new Error(`A bundle for browsers has this in it: ${ofNode.join(', ')}`);
  const [entry] = inputs.filter((path) => /transport-ws\/dist\/[^/]*$/.test(path) && /\/(index|node)\.js$/.test(path));
  return {
    files: new Map(outputFiles.map(({ path, contents }) => [path, contents])),
    webSocketEntry: entry?.replace(/^.*\//, '') ?? 'none',
  };
}
