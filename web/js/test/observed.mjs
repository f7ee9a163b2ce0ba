// What was observed of the packages that ours take the place of, by running them: names and values.

import { readFile } from 'node:fs/promises';

const FILES = { 'tim-js-sdk': 'tim-js-sdk.json', '@tencentcloud/chat': 'chat.json' };

/** What was observed of a package. */
export async function observed(name) {
  return JSON.parse(await readFile(new URL(`observed/${FILES[name]}`, import.meta.url), 'utf8'));
}
