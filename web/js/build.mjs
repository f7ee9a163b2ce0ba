// Bundles the packages: node build.mjs FOLDER, where FOLDER has what wasm-bindgen wrote for the target "web" (tim.js, tim_bg.wasm).
// Writes into ../dist what npm installs as tim-js-sdk: tim-js.js (UMD, global TIM), tim-js.mjs for pages and tim-js.node.mjs for Node, each
// with the WebAssembly in it, and the types; and in its folder tim-upload-plugin (global TIMUploadPlugin).

import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { pack } from './bytes.js';

const here = dirname(fileURLToPath(import.meta.url));

/** What npm reads. */
const SDK = {
  name: 'tim-js-sdk',
  version: '0.1.0',
  description: "tim's engine for pages and Node, with the API of tim-js-sdk 2.27.6",
  license: 'MIT OR Apache-2.0',
  main: './tim-js.js',
  module: './tim-js.mjs',
  types: './types/index.d.ts',
  exports: {
    '.': {
      types: './types/index.d.ts',
      node: { import: './tim-js.node.mjs', default: './tim-js.js' },
      import: './tim-js.mjs',
      default: './tim-js.js',
    },
  },
  files: ['tim-js*', 'types'],
  peerDependencies: { ws: '>=8' },
  peerDependenciesMeta: { ws: { optional: true } },
  engines: { node: '>=18' },
};

const UPLOAD_PLUGIN = {
  name: 'tim-upload-plugin',
  version: '0.1.0',
  description: 'What programs for tim-js-sdk register; the engine of tim uploads files by itself',
  license: 'MIT OR Apache-2.0',
  main: './tim-upload-plugin.js',
  files: ['tim-upload-plugin*'],
  module: './tim-upload-plugin.mjs',
  exports: { '.': { import: './tim-upload-plugin.mjs', default: './tim-upload-plugin.js' } },
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
function engine(folder, kind) {
  return {
    name: 'engine',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^tim-engine$/ }, () => ({ path: join(folder, 'tim.js'), namespace: 'glue' }));
      onResolve({ filter: /^tim-engine\/wasm$/ }, () => ({ path: join(folder, 'tim_bg.wasm'), namespace: 'wasm' }));
      onResolve({ filter: /^tim-engine\/require$/ }, ({ path }) => ({ path, namespace: 'require' }));
      onLoad({ filter: /./, namespace: 'glue' }, async ({ path }) => ({
        contents: guarded(await readFile(path, 'utf8')),
        resolveDir: here,
      }));
      onLoad({ filter: /./, namespace: 'wasm' }, async ({ path }) => ({ contents: pack(await readFile(path)), loader: 'text' }));
      onLoad({ filter: /./, namespace: 'require' }, () => ({ contents: REQUIRE[kind] }));
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

/** How the package is bundled with the engine in a folder. */
const sdk = (folder, kind) => ({
  ...COMMON,
  entryPoints: [join(here, 'tim-js-sdk/index.js')],
  inject: [join(here, 'host.js')],
  define: { 'globalThis.crypto': 'hostCrypto' },
  external: ['node:module'],
  plugins: [engine(resolve(folder), kind)],
});

const describe = (folder, what) => writeFile(join(folder, 'package.json'), `${JSON.stringify(what, null, 2)}\n`);

/** Writes the packages into `target`, with the engine in `folder`. */
export async function bundle(folder, target = join(here, '../dist')) {
  const plugin = { ...COMMON, entryPoints: [join(here, 'tim-upload-plugin/index.js')] };
  const beside = join(target, 'tim-upload-plugin');
  await Promise.all([
    build({ ...sdk(folder, 'page'), format: 'esm', outfile: join(target, 'tim-js.mjs') }),
    build({ ...sdk(folder, 'node'), format: 'esm', outfile: join(target, 'tim-js.node.mjs') }),
    build({ ...sdk(folder, 'umd'), ...umd('TIM'), outfile: join(target, 'tim-js.js') }),
    build({ ...plugin, format: 'esm', outfile: join(beside, 'tim-upload-plugin.mjs') }),
    build({ ...plugin, ...umd('TIMUploadPlugin'), outfile: join(beside, 'tim-upload-plugin.js') }),
    cp(join(here, 'types'), join(target, 'types'), { recursive: true }),
  ]);
  await Promise.all([describe(target, SDK), describe(beside, UPLOAD_PLUGIN)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, target] = process.argv;
  if (!folder) {
    console.error('usage: node build.mjs FOLDER [TARGET]: FOLDER has the tim.js and tim_bg.wasm of wasm-bindgen');
    process.exit(2);
  }
  await bundle(folder, target);
}
