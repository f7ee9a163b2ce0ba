// Bundles the packages: node build.mjs FOLDER, where FOLDER has what wasm-bindgen wrote for the target "web" (tim.js, tim_bg.wasm).
// Writes into ../dist what npm installs as tim-js-sdk, and in its folders chat, which is @tencentcloud/chat, and tim-upload-plugin. Those
// with an engine are there for script tags (UMD), for pages and for Node, each with the WebAssembly in it, and have types.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { pack } from './bytes.js';

const here = dirname(fileURLToPath(import.meta.url));

const LICENSE = 'MIT OR Apache-2.0';
const VERSION = '0.1.0';

/** What npm reads of a package with an engine. */
const manifest = ({ name, api, files: { umd, page, node }, types, more = {} }) => ({
  name,
  version: VERSION,
  description: `tim's engine for pages and Node, with the API of ${api}`,
  license: LICENSE,
  main: `./${umd}`,
  module: `./${page}`,
  types: `./types/${types}`,
  exports: {
    '.': {
      types: { import: `./types/${types}`, default: `./types/require/${types}` },
      node: { import: `./${node}`, default: `./${umd}` },
      import: `./${page}`,
      default: `./${umd}`,
    },
    [`./${umd}`]: `./${umd}`,
    './package.json': './package.json',
    ...more.exports,
  },
  files: [umd, page, node, 'types', ...(more.files ?? [])],
  peerDependencies: { ws: '>=8' },
  peerDependenciesMeta: { ws: { optional: true } },
  engines: { node: '>=18' },
});

/** The modules that programs for the smaller file of @tencentcloud/chat register. Here everything is in every file. */
const MODULES = ['cloud-search-module', 'follow-module', 'group-module', 'relationship-module', 'signaling-module'];

/** The packages with an engine: the APIs that they have, their folders, sources, the names of their globals, and their files. */
const PACKAGES = [
  {
    name: 'tim-js-sdk',
    api: 'tim-js-sdk 2.27.6',
    folder: '',
    source: 'tim-js-sdk/index.js',
    global: 'TIM',
    files: { umd: 'tim-js.js', page: 'tim-js.mjs', node: 'tim-js.node.mjs' },
    types: 'index.d.ts',
    // The names that the files of the original have.
    more: { exports: { './tim-js-friendship.js': './tim-js.js', './tim-js.es.js': './tim-js.mjs' } },
  },
  {
    name: '@tencentcloud/chat',
    api: '@tencentcloud/chat 3.6.6',
    folder: 'chat',
    source: 'chat/index.js',
    global: 'TencentCloudChat',
    files: { umd: 'index.js', page: 'index.es.js', node: 'index.node.mjs' },
    types: 'chat.d.ts',
    more: {
      exports: {
        './index': './index.js',
        './index.es.js': { types: './types/chat.d.ts', node: './index.node.mjs', default: './index.es.js' },
        './modules/*': './modules/*',
      },
      files: ['modules'],
    },
  },
];

const UPLOAD_PLUGIN = {
  name: 'tim-upload-plugin',
  version: VERSION,
  description: 'What programs for tim-js-sdk and @tencentcloud/chat register; the engine of tim uploads files by itself',
  license: LICENSE,
  main: './tim-upload-plugin.js',
  files: ['tim-upload-plugin*', 'types'],
  module: './tim-upload-plugin.mjs',
  types: './types/plugin.d.ts',
  exports: {
    '.': {
      types: { import: './types/plugin.d.ts', default: './types/require/plugin.d.ts' },
      import: './tim-upload-plugin.mjs',
      default: './tim-upload-plugin.js',
    },
    './index.js': './tim-upload-plugin.js',
    './package.json': './package.json',
  },
};

/** Node's `require`, as each bundle has it. What is for pages names nothing of Node's, which bundlers would look for. */
const REQUIRE = {
  page: 'export const nodeRequire = undefined;',
  node: "import { createRequire } from 'node:module'; export const nodeRequire = createRequire(import.meta.url);",
  umd: 'export const nodeRequire = nodeModule?.require?.bind(nodeModule);',
};

/** What makes a script of a bundle that works as a module of Node, with AMD, and as a global. */
const umd = (name) => ({
  format: 'iife',
  globalName: 'bundle',
  banner: {
    js: `(function (root, make) {
if (typeof exports === 'object' && typeof module !== 'undefined') module.exports = make(module);
else if (typeof define === 'function' && define.amd) define(function () { return make(); });
else root.${name} = make();
})(typeof self !== 'undefined' ? self : this, function (nodeModule) {`,
  },
  footer: { js: 'return bundle.default; });' },
});

/** Resolves the engine: what wasm-bindgen wrote, with a guard around its exports; and `require`. */
function engine({ glue, wasm }, kind) {
  return {
    name: 'engine',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^tim-engine(\/|$)/ }, ({ path }) => ({ path, namespace: 'engine' }));
      onLoad({ filter: /^tim-engine$/, namespace: 'engine' }, () => ({ contents: glue, resolveDir: here }));
      onLoad({ filter: /\/wasm$/, namespace: 'engine' }, () => ({ contents: wasm, loader: 'text' }));
      onLoad({ filter: /\/require$/, namespace: 'engine' }, () => ({ contents: REQUIRE[kind] }));
    },
  };
}

/** The glue with a guard. */
function guarded(glue) {
  const [from, to] = ['wasm = instance.exports;', 'wasm = guard(instance.exports);'];
  if (glue.split(from).length !== 2) throw new Error(`wasm-bindgen wrote something else than expected: "${from}" is not there once`);
  return `import { guard } from './trap.js';\n${glue.replace(from, to)}`;
}

const COMMON = { bundle: true, minify: true, legalComments: 'none', target: 'es2020', logLevel: 'warning' };

/** What wasm-bindgen wrote into a folder, as bundles have it. */
async function read(folder) {
  const [glue, wasm] = await Promise.all([readFile(join(folder, 'tim.js'), 'utf8'), readFile(join(folder, 'tim_bg.wasm'))]);
  return { glue: guarded(glue), wasm: pack(wasm) };
}

/** Bundles a package for one kind of surroundings. */
const bundleFor = (source, made, kind, format, outfile) =>
  build({
    ...COMMON,
    entryPoints: [join(here, source)],
    inject: [join(here, 'host.js')],
    define: { 'globalThis.crypto': 'hostCrypto' },
    external: ['node:module'],
    plugins: [engine(made, kind)],
    ...format,
    outfile,
  });

const describe = (folder, what) => writeFile(join(folder, 'package.json'), `${JSON.stringify(what, null, 2)}\n`);

/** Writes a package with an engine. */
async function writePackage(described, made, folder) {
  const { source, global, files, types } = described;
  const esm = { format: 'esm' };
  await Promise.all([
    bundleFor(source, made, 'page', esm, join(folder, files.page)),
    bundleFor(source, made, 'node', esm, join(folder, files.node)),
    bundleFor(source, made, 'umd', umd(global), join(folder, files.umd)),
    writeTypes([types, 'methods.d.ts', 'nouns.d.ts'], join(folder, 'types')),
  ]);
  await describe(folder, manifest(described));
}

/** Writes the types twice: the compiler takes them as those of a module, or of a script, by what stands beside them. */
async function writeTypes(names, folder) {
  for (const [target, type] of [[folder, 'module'], [join(folder, 'require'), 'commonjs']]) {
    await mkdir(target, { recursive: true });
    await Promise.all(names.map((name) => cp(join(here, 'types', name), join(target, name))));
    await describe(target, { type });
  }
}

/** Writes the modules of @tencentcloud/chat. */
async function writeModules(folder) {
  await mkdir(folder, { recursive: true });
  await Promise.all(MODULES.map((name) => cp(join(here, 'chat/module.js'), join(folder, `${name}.js`))));
  await describe(folder, { type: 'module' });
}

async function writePlugin(folder) {
  const plugin = { ...COMMON, entryPoints: [join(here, 'tim-upload-plugin/index.js')] };
  await Promise.all([
    build({ ...plugin, format: 'esm', outfile: join(folder, 'tim-upload-plugin.mjs') }),
    build({ ...plugin, ...umd('TIMUploadPlugin'), outfile: join(folder, 'tim-upload-plugin.js') }),
    writeTypes(['plugin.d.ts'], join(folder, 'types')),
  ]);
  await describe(folder, UPLOAD_PLUGIN);
}

/** Writes the packages into `target`, with the engine in `folder`. */
export async function bundle(folder, target = join(here, '../dist')) {
  const made = await read(resolve(folder));
  const packages = PACKAGES.map((it) => writePackage(it, made, join(target, it.folder)));
  await Promise.all([...packages, writeModules(join(target, 'chat/modules')), writePlugin(join(target, 'tim-upload-plugin'))]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, target] = process.argv;
  if (!folder) {
    console.error('usage: node build.mjs FOLDER [TARGET]: FOLDER has the tim.js and tim_bg.wasm of wasm-bindgen');
    process.exit(2);
  }
  await bundle(folder, target);
}
