import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The files of the page, as they are served. */
export interface Page {
  /** Has `{{brokerUrl}}` where the address of the broker belongs. */
  readonly html: string;
  readonly css: string;
  readonly script: string;
}

/** Bundles the page in `folder` with the built packages. Rejects where it does not compile. */
export async function bundlePage(folder: URL): Promise<Page> {
  const [html, css, { outputFiles }] = await Promise.all([
    readFile(new URL('index.html', folder), 'utf8'),
    readFile(new URL('style.css', folder), 'utf8'),
    build({
      entryPoints: [fileURLToPath(new URL('main.ts', folder))],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      write: false,
      logLevel: 'silent',
    }),
  ]);
  return { html, css, script: outputFiles[0]!.text };
}
