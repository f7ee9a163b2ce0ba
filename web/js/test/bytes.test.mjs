// The text in which bundles have the WebAssembly.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pack, unpack } from '../bytes.js';

test('every byte comes back from a text that needs no escapes', () => {
  const bytes = Uint8Array.from({ length: 512 }, (_, place) => (place * 7) % 256);
  const text = pack(bytes);
  assert.match(text, /^[\x20-\x7e]*$/);
  assert.doesNotMatch(text, /["\\]/);
  assert.deepEqual(unpack(text), bytes);
  assert.deepEqual(unpack(pack(new Uint8Array())), new Uint8Array());
});
