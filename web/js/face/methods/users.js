// Methods of users: profiles, the blacklist, who is online.

import { profile } from '../nouns.js';
import { listing, pick, same, steps, verb } from './verb.js';

const CHANGEABLE = ['nick', 'avatar', 'gender', 'selfSignature', 'allowType', 'birthday', 'location', 'language', 'level', 'role', 'profileCustomField'];

const users = (options) => pick(listing(options, 'userIDList'), 'userIDList');

/** A change of the blacklist; the answer is all of it. */
const changingBlacklist = (name) =>
  steps(users, async (session, given) => {
    await session.call(name, given);
    return session.call('getBlacklist');
  });

export const profiles = {
  getMyProfile: verb('getMyProfile', undefined, profile),
  getUserProfile: verb('getUserProfile', users, (told) => told.map(profile)),
  updateMyProfile: verb('updateMyProfile', (options = {}) => ({ fields: pick(options, ...CHANGEABLE) }), profile),
  getBlacklist: verb('getBlacklist', undefined, same),
  addToBlacklist: changingBlacklist('addToBlacklist'),
  removeFromBlacklist: changingBlacklist('removeFromBlacklist'),
  setSelfStatus: verb('setSelfStatus', ({ customStatus = '' } = {}) => ({ customStatus }), same),
  getUserStatus: verb('getUserStatus', users, same),
  subscribeUserStatus: verb('subscribeUserStatus', users, (failureUserList) => ({ failureUserList })),
  unsubscribeUserStatus: verb('unsubscribeUserStatus', ({ userIDList = [] } = {}) => ({ userIDList }), () => ({ failureUserList: [] })),
};
