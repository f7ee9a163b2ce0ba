// What is refused while nobody is logged in: with the number that says why, which the event ERROR tells, too.

import { CODE, describe, error } from './errors.js';
import { EVENT } from './event-names.js';
import { TYPES } from './types.js';

/** Why calls are refused after a kick. */
export const KICKED = {
  [TYPES.KICKED_OUT_MULT_DEVICE]: CODE.KICKED_BY_DEVICE,
  [TYPES.KICKED_OUT_MULT_ACCOUNT]: CODE.KICKED_BY_ACCOUNT,
  [TYPES.KICKED_OUT_USERSIG_EXPIRED]: CODE.USERSIG_EXPIRED,
  [TYPES.KICKED_OUT_REST_API]: CODE.KICKED_BY_SERVER,
};

/** The methods that both packages never refuse. */
export const UNGATED = [
  'login',
  'logout',
  'on',
  'off',
  'setLogLevel',
  'registerPlugin',
  'destroy',
  'joinGroup',
  'quitGroup',
  'getGroupOnlineMemberCount',
];

/**
 * The promise that refuses a call, or nothing if it may be made.
 * @param {import('./session.js').Session} session
 * @param {string} method
 */
export function refusal(session, method) {
  if (session.reason === 0) return undefined;
  const code = session.reason;
  const why = error(code, `${describe(code)} | ${method} | ${describe(CODE.NOT_READY)}`);
  session.events.emit(EVENT.ERROR, { code, message: why.message });
  return Promise.reject(why);
}
