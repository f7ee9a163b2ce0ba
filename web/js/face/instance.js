// The object of the program: every method by its name, each of its own, with the gate before it.

import { refusal } from './gate.js';

/**
 * An instance. Its methods work without it, too.
 * @param {import('./session.js').Session} session
 * @param {Record<string, Function>} methods
 * @param {Set<string>} ungated those that are never refused
 */
export function instance(session, methods, ungated) {
  const made = Object.create(null);
  for (const [name, work] of Object.entries(methods)) made[name] = ungated.has(name) ? bound(session, work) : gated(session, name, work);
  return made;
}

// The functions have neither a name nor a length.
function gated(session, name, work) {
  return (...args) => refusal(session, name) ?? work(session, ...args);
}

function bound(session, work) {
  return (...args) => work(session, ...args);
}
