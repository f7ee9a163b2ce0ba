// Methods of friends, applications to become one, and friend groups.

import { friend } from '../nouns.js';
import { TYPES } from '../types.js';
import { having, listing, pick, same, steps, verb } from './verb.js';

const ofUser = (options) => pick(having(options, 'userID'), 'userID');

/** The results of several users, those that failed apart. */
function parted(results) {
  return {
    successUserIDList: results.filter(({ code }) => code === 0),
    failureUserIDList: failures(results),
  };
}

const failures = (results) => results.filter(({ code }) => code !== 0).map((it) => ({ message: '', ...it }));

/**
 * A change of a friend group.
 * @param {string} name the verb
 * @param {(options: any) => object} take its parameters
 * @param {(group: object, results: any) => any} show the answer's data, of the group as it is then, or was before
 */
const ofFriendGroup = (name, take, show) =>
  steps(take, async (session, given) => {
    const groups = () => session.call('getFriendGroupList');
    const before = await groups();
    const results = await session.call(name, given);
    const friendGroup = [...(await groups()), ...before].find((it) => it.name === (given.newName ?? given.name));
    return show(friendGroup, results);
  });

const withFailures = (friendGroup, results) => ({ friendGroup, failureUserIDList: failures(results) });
const withUsers = (options) => ({ userIDList: [], ...pick(having(options, 'name'), 'name', 'userIDList') });

export const friends = {
  getFriendList: verb('getFriendList', undefined, (told) => told.map(friend)),
  addFriend: verb('addFriend', (options) => ({ friend: pick(having(options, 'to', 'source'), 'to', 'source', 'wording', 'type', 'remark', 'groupName') }), same),
  deleteFriend: verb('deleteFriend', ({ userIDList, type = TYPES.SNS_DELETE_TYPE_BOTH } = {}) => ({ ...listing({ userIDList }, 'userIDList'), deleteType: type }), parted),
  checkFriend: verb('checkFriend', ({ userIDList, type = TYPES.SNS_CHECK_TYPE_BOTH } = {}) => ({ ...listing({ userIDList }, 'userIDList'), checkType: type }), parted),
  updateFriend: verb('updateFriend', (options) => ({ friendCustomField: [], ...pick(having(options, 'userID'), 'userID', 'remark', 'friendCustomField') }), friend),
  getFriendProfile: verb('getFriendProfile', (options) => pick(listing(options, 'userIDList'), 'userIDList'), (told, { args: [{ userIDList }] }) => ({
    friendList: told.map(friend),
    failureUserIDList: userIDList.filter((userID) => !told.some((it) => it.userID === userID)).map((userID) => ({ userID, code: NO_FRIEND, message: '' })),
  })),
  getFriendApplicationList: verb('getFriendApplicationList', undefined, same),
  acceptFriendApplication: verb('acceptFriendApplication', (options) => ({
    ...ofUser(options),
    action: options.type ?? TYPES.SNS_APPLICATION_AGREE_AND_ADD,
    remark: options.remark ?? '',
  })),
  refuseFriendApplication: verb('refuseFriendApplication', ofUser),
  deleteFriendApplication: verb('deleteFriendApplication', (options) => ({ ...ofUser(options), applicationType: options.type ?? TYPES.SNS_APPLICATION_SENT_TO_ME })),
  setFriendApplicationRead: verb('setFriendApplicationRead'),
  getFriendGroupList: verb('getFriendGroupList', undefined, same),
  createFriendGroup: ofFriendGroup('createFriendGroup', withUsers, withFailures),
  deleteFriendGroup: ofFriendGroup('deleteFriendGroup', (options) => pick(having(options, 'name'), 'name'), same),
  renameFriendGroup: ofFriendGroup('renameFriendGroup', (options) => pick(having(options, 'oldName', 'newName'), 'oldName', 'newName'), same),
  addToFriendGroup: ofFriendGroup('addToFriendGroup', withUsers, withFailures),
  removeFromFriendGroup: ofFriendGroup('removeFromFriendGroup', withUsers, withFailures),
};

/** The number for a user who is no friend. */
const NO_FRIEND = 31704;
