// Instances: one for each SDKAppID, until it is destroyed.

import { destroy } from './methods/lifecycle.js';
import { instance } from './instance.js';
import { logError } from './log.js';
import { Session } from './session.js';

const instances = new Map();

/**
 * The instance for an SDKAppID; null if that is none.
 * @param {{SDKAppID: number | string, server?: string}} options
 */
export function create(options) {
  const SDKAppID = appId(options.SDKAppID);
  if (Number.isNaN(SDKAppID)) {
    logError('TIM.create: the SDKAppID is not a number');
    return null;
  }
  const known = instances.get(SDKAppID);
  if (known) return known;
  const session = new Session({ ...options, SDKAppID, server: options.server ?? serverOfPage() });
  const made = instance(session, { destroy: () => destroy(session).finally(() => forget(SDKAppID, made)) });
  // Nobody logs in to the application 0: it is an example's, and each gets an instance of its own.
  if (SDKAppID !== 0) instances.set(SDKAppID, made);
  return made;
}

function forget(SDKAppID, made) {
  if (instances.get(SDKAppID) === made) instances.delete(SDKAppID);
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
