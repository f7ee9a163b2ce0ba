// How a method is made of a verb of the engine: what it takes, and how the result is shown.

import { invalid, response } from '../errors.js';

/**
 * A method that calls a verb.
 * @param {string} name the verb
 * @param {(...args: any[]) => object} take the verb's parameters, of the method's arguments; throws if these do not fit
 * @param {(result: any, context: {session: import('../session.js').Session, args: any[]}) => any} show the answer's data
 */
export const verb = (name, take = () => ({}), show = () => ({})) => (session, ...args) => {
  const parameters = take(...args);
  return session.call(name, parameters).then((result) => show(result, { session, args })).then(response);
};

/**
 * A method of several steps, before which it is checked what it takes.
 * @param {(...args: any[]) => any} take what the steps need, of the method's arguments; throws if these do not fit
 * @param {(session: import('../session.js').Session, given: any) => Promise<any>} work gives the answer's data
 */
export const steps = (take, work) => (session, ...args) => {
  const given = take(...args);
  return work(session, given).then(response);
};

/** The object, if it has these texts. */
export function having(options, ...texts) {
  if (!texts.every((name) => isText(options?.[name]))) throw invalid();
  return options;
}

/** The object, if it has a list of this name. */
export function listing(options, name) {
  if (!Array.isArray(options?.[name])) throw invalid();
  return options;
}

/** The text, if it is one. */
export function text(given) {
  if (!isText(given)) throw invalid();
  return given;
}

/** Whether it is a text that says something. */
export const isText = (given) => typeof given === 'string' && given !== '';

/** The properties of these names that the object has. */
export const pick = (given, ...names) => Object.fromEntries(names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]));

/** As it is. */
export const same = (it) => it;
