// What a page fetches before its first message: the size of tim-js.js as servers send it, by Brotli. Beside it that of TIM's own package,
// if asked for: node size.mjs --beside downloads it from npm.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const TIMS = 'tim-js-sdk@2.27.6';

/** The bytes of a file, compressed. */
const compressed = async (file) => brotliCompressSync(await readFile(file)).length;

/** The bytes of our tim-js.js, compressed. */
export const ours = () => compressed(join(here, '../dist/tim-js.js'));

/** Those of TIM's. */
async function tims() {
  const run = promisify(execFile);
  const folder = await mkdtemp(join(tmpdir(), 'tim-size-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', TIMS], { cwd: folder });
    await run('tar', ['-xzf', stdout.trim()], { cwd: folder });
    return await compressed(join(folder, 'package/tim-js.js'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`tim-js.js: ${await ours()} bytes by Brotli`);
  if (process.argv.includes('--beside')) console.log(`tim-js.js of ${TIMS}: ${await tims()} bytes by Brotli`);
}
