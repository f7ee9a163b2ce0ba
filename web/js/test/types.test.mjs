// The types name every method. `npm run types` compiles a program with them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { METHODS } from '../tim-js-sdk/method-names.js';

test('the types name every method', async () => {
  const types = await readFile(new URL('../types/index.d.ts', import.meta.url), 'utf8');
  const [, instance] = /interface ChatSDK \{\n([^]*?)\n\}/.exec(types);
  const named = [...instance.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), [...METHODS].sort());
});
