// What calls end with: the answer of one that succeeded, the error of one that did not, and the error of parameters that do not fit.

/** An error with a number. */
export class TimError extends Error {
  /**
   * @param {number} code the number; stable for ever
   * @param {string} message what happened and what to do
   * @param {object} data what else there is to tell
   */
  constructor(code, message, data = {}) {
    super();
    this.code = code;
    this.message = message;
    this.data = data;
  }
}

/** The numbers of errors that are made here. */
export const CODE = {
  NO_SDKAPPID: 2000,
  NO_LOGIN: 2024,
  LOGIN_UNDER_WAY: 2025,
  MESSAGE_INVALID: 2105,
  CONVERSATION_UNKNOWN: 2500,
  NOT_MEMBER: 2623,
  INSTANCE_DESTROYED: 2903,
  NOT_READY: 2999,
  LOGGING_IN: 3000,
  LOGIN_FAILED: 3001,
  KICKED_BY_DEVICE: 3002,
  KICKED_BY_ACCOUNT: 3003,
  USERSIG_EXPIRED: 3004,
  LOGGED_OUT: 3005,
  KICKED_BY_SERVER: 3006,
  APPLICATION_HANDLED: 10024,
  BAD_REQUEST: 20001,
  USERSIG_EMPTY: 70002,
  UNSUPPORTED: 130103,
  SERVER_ADDRESS_INVALID: 130165,
};

const TEXTS = {
  [CODE.NO_SDKAPPID]: 'there is no SDKAppID: pass it to create',
  [CODE.NO_LOGIN]: 'nobody is logged in: call login',
  [CODE.LOGIN_UNDER_WAY]: 'a login is under way: wait for its end',
  [CODE.CONVERSATION_UNKNOWN]: 'there is no such conversation',
  [CODE.NOT_MEMBER]: 'the user is no member of the group',
  [CODE.INSTANCE_DESTROYED]: 'the instance was destroyed: create another one',
  [CODE.NOT_READY]: 'wait for the event SDK_READY',
  [CODE.LOGGING_IN]: 'the login is under way',
  [CODE.LOGIN_FAILED]: 'the login has failed: log in again',
  [CODE.KICKED_BY_DEVICE]: 'another device of the user logged in',
  [CODE.KICKED_BY_ACCOUNT]: 'another instance of the user logged in',
  [CODE.USERSIG_EXPIRED]: 'the userSig has expired: log in with a new one',
  [CODE.LOGGED_OUT]: 'the user has logged out: log in again',
  [CODE.KICKED_BY_SERVER]: "the server's operator ended the login",
};

/** What a number means. */
export const describe = (code) => TEXTS[code] ?? '';

/** The error with a number. */
export const error = (code, message = describe(code)) => new TimError(code, message);

/** What the engine threw, as an error of this package. */
export const fromEngine = (why, data) => (why instanceof TimError ? why : new TimError(why?.code ?? -1, String(why?.message ?? why), data));

/** Parameters that do not fit. */
export const invalid = () => new Error('Params validate failed.');

/** The answer of a call that succeeded. */
export const response = (data = {}) => ({ code: 0, data });
