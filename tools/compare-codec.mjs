// Compares our codec with mqtt-packet on random valid packets: what either writes, the other has to read as the same.
// Exits with 1 where they differ. What they differ in on purpose is listed in compare-mqtt-packet.test.ts of the core.
// Usage: node tools/compare-codec.mjs [PACKETS] [SEED]   default: 1000000 packets, and always the same seed
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const PACKETS_DEFAULT = 1_000_000;
const SEED_DEFAULT = 5_000_312;
const PROGRESS_EVERY = 10_000;

const [packetCount = PACKETS_DEFAULT, seed = SEED_DEFAULT] = process.argv.slice(2).map(Number);
if (![packetCount, seed].every(Number.isSafeInteger) || packetCount < 1) {
  process.stderr.write('Usage: npm run conformance:codec -- [PACKETS] [SEED]\n');
  process.exit(2);
}

const { comparisons, findDifference } = await comparison();
const each = Math.ceil(packetCount / comparisons.length);
const total = each * comparisons.length;
let doneCount = 0;
const startMs = performance.now();
/** @type {string[]} */
const differences = [];
for (const one of comparisons) {
  const difference = findDifference(one, { seed, packetCount: each, onPacket });
  const outcome = difference === undefined ? 'no difference' : 'DIFFERENT';
  process.stdout.write(`${one.name}: ${outcome}\n`);
  if (difference !== undefined) differences.push(`${one.name}\n${difference}\n`);
}
for (const difference of differences) process.stderr.write(`\n${difference}`);
process.stdout.write(
  `${doneCount} packets in ${seconds()} s, seed ${seed}: ` +
    (differences.length === 0 ? 'the codecs agree\n' : `${differences.length} of ${comparisons.length} differ\n`),
);
process.exitCode = differences.length === 0 ? 0 : 1;

function onPacket() {
  doneCount += 1;
  if (doneCount % PROGRESS_EVERY !== 0) return;
  const line = `${doneCount} of ${total}, ${seconds()} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}\r`);
  else if (doneCount % (10 * PROGRESS_EVERY) === 0) process.stderr.write(`${line}\n`);
}

function seconds() {
  return Math.round((performance.now() - startMs) / 1000);
}

/**
 * The sources as they are, the core's included; where they are put the packages of the core's tests are found.
 * @returns {Promise<typeof import('../packages/core/test/codec/comparison.ts')>}
 */
async function comparison() {
  const core = fileURLToPath(new URL('../packages/core', import.meta.url));
  const outfile = join(core, 'node_modules/.cache/compare-codec.mjs');
  await build({
    entryPoints: [join(core, 'test/codec/comparison.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { '@minimq/core/codec': join(core, 'src/codec/index.ts') },
  });
  return import(pathToFileURL(outfile).href);
}
