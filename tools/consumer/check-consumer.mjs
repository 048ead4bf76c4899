// Stands for somebody who installs the packages: an npm project outside the repository gets the tarballs, compiles every
// entry and the first sample of every README as it stands there, and runs the samples against the testkit's broker.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAMS = ['run-samples.mjs', 'run-command-line.mjs', 'programs.mjs'];
const MODULE_RESOLUTIONS = ['nodenext', 'bundler'];

/**
 * @typedef {object} Packed
 * @property {string} folder of its sources
 * @property {string} tarball
 * @property {any} manifest the packed one
 */

/**
 * Returns what is wrong, one line each; what the commands say goes to the standard output.
 *
 * @param {readonly Packed[]} packages
 * @param {string} project a folder for it, which is made
 * @returns {string[]}
 */
export function checkConsumer(packages, project) {
  mkdirSync(join(project, 'src', 'samples'), { recursive: true });
  writeManifest(packages, project);
  writeSources(packages, project);
  for (const program of PROGRAMS) {
    copyFileSync(fileURLToPath(new URL(program, import.meta.url)), join(project, program));
  }

  const failed = run(project, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
  if (failed !== undefined) return [failed];
  const compiled = MODULE_RESOLUTIONS.map((resolution) => {
    const file = join(project, `tsconfig.${resolution}.json`);
    writeFileSync(file, JSON.stringify(configuration(resolution)));
    return run(project, 'tsc', ['-p', file]);
  });
  const ran = [
    run(project, 'node', ['run-samples.mjs', 'dist-nodenext/samples']),
    run(project, 'node', ['run-command-line.mjs']),
  ];
  return [...compiled, ...ran].filter((line) => line !== undefined);
}

/**
 * @param {readonly Packed[]} packages
 * @param {string} project
 */
function writeManifest(packages, project) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`])),
    devDependencies: { '@types/node': devDependencies['@types/node'] },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
}

/**
 * @param {readonly Packed[]} packages
 * @param {string} project
 */
function writeSources(packages, project) {
  const entries = packages.flatMap(({ manifest }) => entriesOf(manifest));
  const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
  writeFileSync(join(project, 'src', 'entries.ts'), lines.join(''));
  const pages = [['root', root], ...packages.map(({ folder }) => [basename(folder), folder])];
  for (const [name, folder] of pages) {
    writeFileSync(join(project, 'src', 'samples', `${name}.ts`), firstSample(join(folder ?? '', 'README.md')));
  }
}

/**
 * What can be imported from a package, but for the entries that need a peer which the project does not have.
 *
 * @param {any} manifest
 * @returns {string[]}
 */
function entriesOf({ name, exports, peerDependencies = {} }) {
  const withoutPeer = Object.keys(exports).filter((entry) => !(entry.slice(2) in peerDependencies));
  return withoutPeer.map((entry) => name + entry.slice(1));
}

/** @param {string} page */
function firstSample(page) {
  const [, sample] = /^```ts\n([^]*?)^```$/m.exec(readFileSync(page, 'utf8')) ?? [];
  if (sample === undefined) throw new Error(`${page} has no sample`);
  return sample;
}

/**
 * As strict as TypeScript can be, and it looks into the declarations of the packages, too.
 *
 * @param {string} moduleResolution
 */
function configuration(moduleResolution) {
  return {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2022'],
      types: ['node'],
      module: moduleResolution === 'nodenext' ? 'nodenext' : 'esnext',
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      rootDir: 'src',
      outDir: `dist-${moduleResolution}`,
    },
    include: ['src'],
  };
}

/**
 * Returns what is wrong, and undefined where nothing is.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
function run(cwd, command, args) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return undefined;
  return `consumer: \`${command} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ''}`;
}
