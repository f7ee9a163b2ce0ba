// The package around an engine of the test's own, in the place of what wasm-bindgen writes.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { bundle } from '../build.mjs';

/** Bundles the package with this glue; gives what loads it anew, and what takes it away. */
export async function bundled(glue) {
  const folder = await mkdtemp(join(tmpdir(), 'tim-glue-'));
  await writeFile(join(folder, 'tim.js'), glue);
  await writeFile(join(folder, 'tim_bg.wasm'), '');
  await bundle(folder, folder);
  return {
    load: async (name) => (await import(`${pathToFileURL(join(folder, 'tim-js.node.mjs'))}?${name}`)).default,
    end: () => rm(folder, { recursive: true, force: true }),
  };
}
