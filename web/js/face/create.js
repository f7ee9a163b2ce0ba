// Instances of a package: one for each SDKAppID, until it is destroyed.

import { instance } from './instance.js';
import { logError } from './log.js';
import { destroy } from './methods/lifecycle.js';
import { Session } from './session.js';

/**
 * What a package is: the name of its object, its methods by their names, those that work before a login, and what it tells of the
 * engine's events.
 * @typedef {{name: string, methods: Record<string, Function>, ungated: Set<string>, told: Record<string, Function>}} Face
 */

/**
 * What gives the instance for an SDKAppID; null if that is none.
 * @param {Face} face
 * @returns {(options: {SDKAppID: number | string, server?: string}) => object | null}
 */
export function creator(face) {
  const instances = new Map();

  return (options) => {
    const SDKAppID = appId(options.SDKAppID);
    if (Number.isNaN(SDKAppID)) {
      logError(`${face.name}.create: the SDKAppID is not a number`);
      return null;
    }
    const known = instances.get(SDKAppID);
    if (known) return known;
    const session = new Session({ ...options, SDKAppID, server: options.server ?? serverOfPage() }, face.told);
    const forget = () => instances.get(SDKAppID) === made && instances.delete(SDKAppID);
    const made = instance(session, { ...face.methods, destroy: () => destroy(session).finally(forget) }, face.ungated);
    // Nobody logs in to the application 0: it is an example's, and each gets an instance of its own.
    if (SDKAppID !== 0) instances.set(SDKAppID, made);
    return made;
  };
}

/** The number that was meant, NaN if none. */
function appId(given) {
  if (typeof given === 'bigint') throw new TypeError('the SDKAppID is a number');
  const value = given instanceof Number || given instanceof String ? given.valueOf() : given;
  if (typeof value === 'string') return Number.isNaN(Number(value)) ? NaN : parseInt(value, 10);
  return typeof value === 'number' ? value : NaN;
}

/** The server that the page came from. */
function serverOfPage() {
  const { protocol, host } = globalThis.location ?? {};
  return host ? `${protocol === 'https:' ? 'wss' : 'ws'}://${host}` : undefined;
}
