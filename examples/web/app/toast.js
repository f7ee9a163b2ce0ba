// A line that tells that something failed, for a while.

import { find } from './dom.js';

const SHOWN_MS = 6_000;
let timer;

export function toast(text) {
  const line = find('toast');
  // What is behind an open dialog can be neither seen nor heard.
  (document.querySelector('dialog[open]') ?? document.body).append(line);
  line.textContent = text;
  line.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (line.hidden = true), SHOWN_MS);
}

/** Does something that may fail, and tells if it does. */
export async function trying(what, work) {
  try {
    return await work();
  } catch (why) {
    toast(`${what}: ${why.message}`);
    return undefined;
  }
}
