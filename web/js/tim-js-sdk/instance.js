// The object of the program: every method by its name, each of its own, with the gate before it.

import { refusal } from './gate.js';
import { METHODS } from './method-names.js';
import { METHOD } from './methods/index.js';

/**
 * An instance. Its methods work without it, too.
 * @param {import('./session.js').Session} session
 * @param {Record<string, Function>} own methods in the place of those of the table
 */
export function instance(session, own) {
  const made = Object.create(null);
  for (const name of METHODS) {
    const work = own[name] ?? METHOD[name];
    made[name] = gated(session, name, work);
  }
  return made;
}

// The functions have neither a name nor a length.
function gated(session, name, work) {
  return (...args) => refusal(session, name) ?? work(session, ...args);
}
