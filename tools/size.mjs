// Prints the size of the core's main entry, minified and gzipped, and fails above the limit. Every public entry must
// bundle without an import that is left over: the core imports no platform module. Needs `build` first.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// What it is now, so that it does not grow unseen. The goal is 15,000: lower this with every step towards it.
const LIMIT_BYTES = 27_500;

const core = fileURLToPath(new URL('../packages/core', import.meta.url));
const manifest = JSON.parse(readFileSync(join(core, 'package.json'), 'utf8'));

for (const [entry, { default: file }] of Object.entries(manifest.exports)) {
  const result = await build({
    entryPoints: [join(core, file)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    write: false,
    metafile: true,
  });
  const output = result.outputFiles[0];
  const meta = Object.values(result.metafile.outputs)[0];
  if (output === undefined || meta === undefined) throw new Error(`${entry}: nothing was bundled`);
  if (meta.exports.length === 0) fail(`${entry}: exports nothing, so there is nothing to measure`);
  for (const left of meta.imports) fail(`${entry}: imports '${left.path}', which is outside the core`);

  const gzipped = gzipSync(output.contents, { level: 9 }).length;
  const main = entry === '.';
  const limit = main ? `, limit ${LIMIT_BYTES} bytes gzipped` : '';
  console.log(
    `${manifest.name}${entry.slice(1)}: ${gzipped} bytes gzipped, ${output.contents.length} minified${limit}`,
  );
  if (main && gzipped > LIMIT_BYTES) fail(`${entry}: ${gzipped - LIMIT_BYTES} bytes over the limit`);
}

/** @param {string} message */
function fail(message) {
  console.error(`size: ${message}`);
  process.exitCode = 1;
}
