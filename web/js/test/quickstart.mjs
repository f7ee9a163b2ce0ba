// The code of quickstart.md, by its headings.

import { readFile } from 'node:fs/promises';

export async function sections() {
  const text = await readFile(new URL('quickstart.md', import.meta.url), 'utf8');
  return Object.fromEntries([...text.matchAll(/^## (.*)\n\n```javascript\n([^]*?)```/gm)].map(([, name, code]) => [name, code]));
}
