// Methods of who is logged in.

import { CODE, error } from '../../face/errors.js';
import { lifecycle } from '../../face/methods/lifecycle.js';
import { serverTime } from '../clock.js';

export const account = {
  login(session, options) {
    const answer = lifecycle.login(session, options);
    return session.isDestroyed ? Promise.reject(error(CODE.INSTANCE_DESTROYED)) : answer;
  },
  getLoginUser: (session) => session.user ?? '',
  isReady: (session) => session.reason === 0,
  getServerTime: (session) => serverTime(session),
};
