// How much a page fetches.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ours } from '../size.mjs';

/** A verb costs 1 KB, a kind of message more. Raised with a reason. */
const MOST_BYTES = 610_000;

test('what a page fetches stays small', async (t) => {
  const bytes = await ours();
  t.diagnostic(`tim-js.js: ${bytes} bytes by Brotli, ${MOST_BYTES} at most`);
  assert.ok(bytes <= MOST_BYTES);
});
