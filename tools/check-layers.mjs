// Checks that imports follow the arrows between the packages, and between the layers inside the core:
//   examples -> everything;  transports -> core;  testkit -> core;  core -> nothing;  session -> protocol -> codec
// Usage: node tools/check-layers.mjs [root]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

/** The `@minimq` packages that the sources of each package may import; a package without an entry is an error. */
const PACKAGE_ARROWS = [
  { folder: /^packages\/core$/, mayImport: /^$/, mayImportOthers: false },
  { folder: /^packages\/transport-tls$/, mayImport: /^@minimq\/(core|transport-node)$/, mayImportOthers: true },
  { folder: /^packages\/transport-[a-z]+$/, mayImport: /^@minimq\/core$/, mayImportOthers: true },
  { folder: /^packages\/open-io$/, mayImport: /^@minimq\/(core|transport-[a-z]+)$/, mayImportOthers: true },
  { folder: /^packages\/testkit$/, mayImport: /^@minimq\/core$/, mayImportOthers: true },
  { folder: /^apps\/[a-z-]+$/, mayImport: /^@minimq\//, mayImportOthers: true },
];

/**
 * The layers of the core, by folder of `src`. The files beside `index.ts` (contracts, errors) are under all layers: they
 * may name types of the codec. Only `index.ts` sees everything.
 * @type {Record<string, readonly string[]>}
 */
const CORE_ARROWS = {
  base: ['base', 'codec'],
  codec: ['base', 'codec'],
  protocol: ['base', 'codec', 'protocol'],
  session: ['base', 'codec', 'protocol', 'session'],
  index: ['base', 'codec', 'protocol', 'session'],
};

/**
 * @param {string} root
 * @returns {{ files: number, violations: string[] }}
 */
export function checkLayers(root) {
  /** @type {string[]} */
  const violations = [];
  let files = 0;
  for (const folder of ['packages', 'apps'].flatMap((parent) => childFolders(join(root, parent)))) {
    const name = slashes(relative(root, folder));
    const arrows = PACKAGE_ARROWS.find((entry) => entry.folder.test(name));
    if (arrows === undefined) {
      violations.push(`${name}: has no entry in PACKAGE_ARROWS`);
      continue;
    }
    checkManifest(name, folder, arrows, violations);
    for (const file of sourceFiles(join(folder, 'src'))) {
      files++;
      for (const { specifier, line } of importsOf(file)) {
        const problem = judge(folder, file, specifier, arrows);
        if (problem !== null)
          violations.push(`${slashes(relative(root, file))}:${line}: imports '${specifier}': ${problem}`);
      }
    }
  }
  return { files, violations };
}

/**
 * @param {string} folder
 * @param {string} file
 * @param {string} specifier
 * @param {typeof PACKAGE_ARROWS[number]} arrows
 * @returns {string | null}
 */
function judge(folder, file, specifier, arrows) {
  const src = join(folder, 'src');
  if (specifier.startsWith('.')) {
    const target = resolve(dirname(file), specifier);
    if (!target.startsWith(src + sep)) return 'a source file imports its own package by path, and others by name';
    if (!folder.endsWith(`packages${sep}core`)) return null;
    const from = coreLayer(src, file);
    const to = coreLayer(src, target);
    if (CORE_ARROWS[from]?.includes(to)) return null;
    return `${from} may not import ${to} (session -> protocol -> codec)`;
  }
  if (specifier.startsWith('@minimq/')) {
    const name = specifier.split('/', 2).join('/');
    return arrows.mayImport.test(name) ? null : 'against the arrows between the packages';
  }
  return arrows.mayImportOthers ? null : 'the core imports nothing outside itself';
}

/**
 * @param {string} src
 * @param {string} file
 */
function coreLayer(src, file) {
  const path = slashes(relative(src, file));
  if (path.includes('/')) return path.slice(0, path.indexOf('/'));
  return /^index(\.[a-z.]+)?$/.test(path) ? 'index' : 'base';
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {typeof PACKAGE_ARROWS[number]} arrows
 * @param {string[]} violations
 */
function checkManifest(name, folder, arrows, violations) {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return;
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  for (const field of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const dependency of Object.keys(manifest[field] ?? {})) {
      const allowed = dependency.startsWith('@minimq/') ? arrows.mayImport.test(dependency) : arrows.mayImportOthers;
      if (!allowed) violations.push(`${name}/package.json: ${field} has '${dependency}', against the arrows`);
    }
  }
}

/**
 * Everything that a file names as a module: imports, re-exports, `import()`, `require()`, types and references.
 * @param {string} file
 * @returns {{ specifier: string, line: number }[]}
 */
function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) throw new Error(`${file} does not parse: ${parsed.errors[0]?.message}`);
  /** @type {{ specifier: string, line: number }[]} */
  const found = [];
  /** @param {{ start: number } & object} node @param {unknown} specifier */
  const add = (node, specifier) => {
    const line = text.slice(0, node.start).split('\n').length;
    found.push({ specifier: typeof specifier === 'string' ? specifier : '(not a literal)', line });
  };
  /** @param {object} node */
  const literal = (node) => ('value' in node ? node.value : undefined);
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value),
    ExportNamedDeclaration: (node) => node.source && add(node, node.source.value),
    ExportAllDeclaration: (node) => add(node, node.source.value),
    ImportExpression: (node) => add(node, literal(node.source)),
    TSImportType: (node) => add(node, literal(node.source)),
    TSExternalModuleReference: (node) => add(node, node.expression.value),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require' && node.arguments[0])
        add(node, literal(node.arguments[0]));
    },
  }).visit(parsed.program);
  for (const match of text.matchAll(/^\/\/\/\s*<reference\s+(path|types|lib)\s*=\s*["']([^"']+)["']/gm)) {
    const specifier = match[1] === 'path' && !match[2]?.startsWith('.') ? `./${match[2]}` : match[2];
    add({ start: match.index }, specifier);
  }
  return found;
}

/** @param {string} folder */
function childFolders(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** @param {string} folder @returns {string[]} */
function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.[cm]?[jt]sx?$/.test(name)).map((name) => join(folder, name));
}

/** @param {string} path */
function slashes(path) {
  return path.split(sep).join('/');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
  const { files, violations } = checkLayers(root);
  for (const violation of violations) console.error(violation);
  console.log(`check:layers: ${files} source files, ${violations.length} violations`);
  if (files === 0) console.error('check:layers: no source file found, so nothing was checked');
  if (files === 0 || violations.length > 0) process.exitCode = 1;
}
