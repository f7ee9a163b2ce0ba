// The types name every method, and a program of TIM's compiles with them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { METHODS } from '../tim-js-sdk/method-names.js';

const here = fileURLToPath(new URL('..', import.meta.url));

test('the types name every method', async () => {
  const types = await readFile(new URL('../types/index.d.ts', import.meta.url), 'utf8');
  const [, instance] = /interface ChatSDK \{\n([^]*?)\n\}/.exec(types);
  const named = [...instance.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...METHODS].sort());
});

test('a program compiles strictly', async () => {
  await promisify(execFile)('npm', ['run', '--silent', 'types'], { cwd: here }).catch(({ stdout, stderr }) => assert.fail(stdout + stderr));
});
