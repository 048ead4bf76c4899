// Packs every public package as it would be published and checks the tarball: publint, are-the-types-wrong, the files
// that must and must not be there, and source maps that lead to sources inside the tarball. Then a project of its own
// installs all tarballs with npm, compiles and runs what the READMEs show. Needs `build` first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConsumer } from './consumer/check-consumer.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'minimq-pack-'));
let failures = 0;
let checked = 0;
/** @type {import('./consumer/check-consumer.mjs').Packed[]} */
const packed = [];

try {
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    if (!existsSync(join(folder, 'package.json'))) continue;
    if (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private === true) continue;
    checked++;
    console.log(`\n# ${name}`);
    check(name, folder);
  }
  console.log('\n# a project that installs them');
  for (const message of checkConsumer(packed, join(scratch, 'consumer'))) problem(message);
} finally {
  rmSync(scratch, { recursive: true });
}

console.log(`\ncheck:packages: ${checked} packages, ${failures} problems`);
if (checked === 0 || failures > 0) process.exitCode = 1;

/**
 * @param {string} name
 * @param {string} folder
 */
function check(name, folder) {
  const tarball = join(scratch, `${name}.tgz`);
  if (!run(folder, 'pnpm', ['pack', '--out', tarball])) return;
  run(root, 'publint', ['run', tarball, '--strict']);
  run(root, 'attw', ['--profile', 'esm-only', tarball]);

  const unpacked = join(scratch, name);
  mkdirSync(unpacked);
  if (!run(root, 'tar', ['-xzf', tarball, '-C', unpacked])) return;
  const top = join(unpacked, 'package');
  const files = readdirSync(top, { recursive: true, encoding: 'utf8' });
  const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
  packed.push({ folder, tarball, manifest });

  for (const required of ['LICENSE', 'README.md', 'package.json'])
    if (!files.includes(required)) problem(`${required} is missing`);
  for (const file of files) if (/\.tsbuildinfo$|\.test\./.test(file)) problem(`${file} does not belong here`);
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {}))
    if (String(range).startsWith('workspace:')) problem(`depends on ${dependency} as ${range}`);

  const maps = files.filter((file) => file.endsWith('.map'));
  if (maps.length === 0) problem('no source map');
  for (const map of maps) {
    for (const source of JSON.parse(readFileSync(join(top, map), 'utf8')).sources)
      if (!existsSync(join(top, dirname(map), source))) problem(`${map} leads to ${source}, which is not there`);
  }
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 */
function run(cwd, command, args) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status === 0) return true;
  problem(`\`${command} ${args.join(' ')}\` failed${result.error ? `: ${result.error.message}` : ''}`);
  return false;
}

/** @param {string} message */
function problem(message) {
  failures++;
  console.error(`problem: ${message}`);
}
