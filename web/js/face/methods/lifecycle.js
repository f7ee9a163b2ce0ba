// Login and logout, handlers of events, plugins, the log, and the end of an instance.

import { CODE, error, fromEngine, invalid, response } from '../errors.js';
import { EVENT } from '../event-names.js';
import { setLogLevel } from '../log.js';
import { isText } from './verb.js';

export const lifecycle = {
  login(session, options = {}) {
    const { userID, userSig } = options;
    if (!isText(userID) || !isText(userSig)) throw invalid();
    if (session.isDestroyed) return Promise.resolve(undefined);
    if (session.loggingIn !== null) return Promise.reject(error(CODE.LOGIN_UNDER_WAY));
    return login(session, userID, userSig);
  },
  logout: (session) => (session.user === null ? Promise.reject(error(CODE.NO_LOGIN)) : logout(session)),
  on: (session, ...args) => session.events.on(...args),
  once: (session, ...args) => session.events.once(...args),
  off: (session, ...args) => session.events.off(...args),
  setLogLevel: (session, level) => setLogLevel(level),
  // The engine needs none: it uploads files by itself.
  registerPlugin(_, plugins) {
    if (plugins === undefined || plugins === null) throw new TypeError('registerPlugin takes an object with plugins by their names');
  },
};

async function login(session, userID, userSig) {
  const isNew = session.reason !== 0;
  if (isNew) session.reason = CODE.LOGGING_IN;
  Object.assign(session, { loggingIn: userID, isKicked: false });
  try {
    if (session.appId === 0) throw error(CODE.NO_SDKAPPID);
    if (session.server === undefined) throw error(CODE.SERVER_ADDRESS_INVALID, 'name the server: create({SDKAppID, server: "wss://…"})');
    await session.start();
    await session.guest?.leave();
    const { repeatLogin } = await session.call('login', { userID, userSig });
    if (!session.isKicked) session.user = userID;
    return response({ actionStatus: 'OK', errorCode: 0, errorInfo: '', ...(repeatLogin && { repeatLogin }) });
  } catch (why) {
    if (isNew && !session.isKicked && session.appId !== 0) session.reason = CODE.LOGIN_FAILED;
    throw fromEngine(why);
  } finally {
    session.loggingIn = null;
  }
}

async function logout(session) {
  session.isLoggingOut = true;
  await session.call('logout').finally(() => (session.isLoggingOut = false));
  session.loggedOut(CODE.LOGGED_OUT);
  return response();
}

/** Ends an instance. Who was not logged in hears of that. */
export async function destroy(session) {
  const wasLoggedIn = session.user !== null;
  await session.end();
  session.loggedOut(CODE.NO_LOGIN);
  session.reason = CODE.NO_LOGIN;
  session.events.emit(EVENT.SDK_DESTROY, { SDKAppID: session.appId });
  if (!wasLoggedIn) throw error(CODE.NO_LOGIN);
}
