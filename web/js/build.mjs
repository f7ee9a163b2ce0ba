// Bundles the package: node build.mjs FOLDER, where FOLDER has what wasm-bindgen wrote for the target "web" (tim.js, tim_bg.wasm).
// Writes into ../dist: tim-js.js (UMD, global TIM) and tim-js.mjs, each with the WebAssembly in it, tim-js.d.ts, and the two forms of
// tim-upload-plugin (global TIMUploadPlugin).

import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

/** What makes a script of a bundle that works as a module of Node, with AMD, and as a global. */
const umd = (name) => ({
  format: 'iife',
  globalName: 'bundle',
  banner: {
    js: `(function (root, make) {
if (typeof exports === 'object' && typeof module !== 'undefined') module.exports = make();
else if (typeof define === 'function' && define.amd) define(make);
else root.${name} = make();
})(typeof self !== 'undefined' ? self : this, function () {`,
  },
  footer: { js: 'return bundle.default; });' },
  define: { 'import.meta.url': '__filename' },
});

/** Resolves the engine: what wasm-bindgen wrote, with a guard around its exports. */
function engine(folder) {
  return {
    name: 'engine',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^tim-engine$/ }, () => ({ path: join(folder, 'tim.js'), namespace: 'glue' }));
      onResolve({ filter: /^tim-engine\/wasm$/ }, () => ({ path: join(folder, 'tim_bg.wasm') }));
      onLoad({ filter: /./, namespace: 'glue' }, async ({ path }) => ({
        contents: guarded(await readFile(path, 'utf8')),
        resolveDir: here,
      }));
    },
  };
}

/** The glue with a guard, and without the loader of a file beside it, which bundlers would look for. */
function guarded(glue) {
  const replaced = swap(glue, 'wasm = instance.exports;', 'wasm = guard(instance.exports);');
  return `import { guard } from './trap.js';\n${swap(replaced, "new URL('tim_bg.wasm', import.meta.url)", 'undefined')}`;
}

function swap(text, from, to) {
  if (text.split(from).length !== 2) throw new Error(`wasm-bindgen wrote something else than expected: "${from}" is not there once`);
  return text.replace(from, to);
}

const COMMON = { bundle: true, minify: true, legalComments: 'none', target: 'es2020', logLevel: 'warning' };

/** Writes the bundles of both packages into `target`, with the engine in `folder`. */
export async function bundle(folder, target = join(here, '../dist')) {
  const sdk = {
    ...COMMON,
    entryPoints: [join(here, 'tim-js-sdk/index.js')],
    loader: { '.wasm': 'binary' },
    inject: [join(here, 'websocket.js')],
    plugins: [engine(resolve(folder))],
  };
  const plugin = { ...COMMON, entryPoints: [join(here, 'tim-upload-plugin/index.js')] };
  await Promise.all([
    build({ ...sdk, format: 'esm', outfile: join(target, 'tim-js.mjs') }),
    build({ ...sdk, ...umd('TIM'), outfile: join(target, 'tim-js.js') }),
    build({ ...plugin, format: 'esm', outfile: join(target, 'tim-upload-plugin.mjs') }),
    build({ ...plugin, ...umd('TIMUploadPlugin'), outfile: join(target, 'tim-upload-plugin.js') }),
    copyFile(join(here, 'index.d.ts'), join(target, 'tim-js.d.ts')),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, target] = process.argv;
  if (!folder) {
    console.error('usage: node build.mjs FOLDER [TARGET]: FOLDER has the tim.js and tim_bg.wasm of wasm-bindgen');
    process.exit(2);
  }
  await bundle(folder, target);
}
