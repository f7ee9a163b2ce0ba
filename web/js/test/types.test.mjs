// The types name every method. `npm run types` compiles programs with them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { observed } from './observed.mjs';

/** The methods that an interface names by itself. */
async function named(file, name) {
  const types = await readFile(new URL(`../types/${file}`, import.meta.url), 'utf8');
  const [, body] = new RegExp(`interface ${name}[^{]*\\{(\\}|\n[^]*?\n\\})`).exec(types);
  return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method);
}

for (const [name, file] of [['tim-js-sdk', 'index.d.ts'], ['@tencentcloud/chat', 'chat.d.ts']]) {
  test(`the types of ${name} name every method`, async () => {
    const all = [...(await named('methods.d.ts', 'Methods')), ...(await named(file, 'ChatSDK'))];
    assert.deepEqual(all.sort(), [...(await observed(name)).methods].sort());
  });
}

/** The members of an enumeration. */
async function enumeration(file, name) {
  const types = await readFile(new URL(`../types/${file}`, import.meta.url), 'utf8');
  const [, body] = new RegExp(`  enum ${name} \\{\n([^]*?)\n  \\}`).exec(types);
  return Object.fromEntries([...body.matchAll(/^ {4}(\w+) = (?:'(.*)'|(\d+)),$/gm)].map(([, key, text, number]) => [key, text ?? Number(number)]));
}

for (const [name, file, words] of [['tim-js-sdk', 'index.d.ts', ['EVENT', 'TYPES']], ['@tencentcloud/chat', 'chat.d.ts', ['EVENT', 'TYPES', 'TSignaling']]]) {
  test(`the types of ${name} have the values that the package has`, async () => {
    const seen = await observed(name);
    for (const word of words) assert.deepEqual(await enumeration(file, word), seen[word], word);
  });
}
