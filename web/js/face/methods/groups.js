// Methods of groups: what they are, who joins and leaves, their attributes.

import { CODE, error, invalid, response } from '../errors.js';
import { group, toFields, toMap } from '../nouns.js';
import { TYPES } from '../types.js';
import { having, pick, text, verb } from './verb.js';

const onlyID = (groupID) => ({ groupID: text(groupID) });
const itsID = (_, { args: [groupID] }) => ({ groupID });
const itself = (told, { session }) => ({ group: group(told, session) });

const CHANGEABLE = ['name', 'avatar', 'introduction', 'notification', 'muteAllMembers', 'joinOption', 'inviteOption', 'groupCustomField'];
const FIRST = ['name', 'groupID', 'introduction', 'notification', 'avatar', 'joinOption', 'inviteOption', 'groupCustomField'];

export const groups = {
  getGroupList: verb('getGroupList', undefined, (told, { session }) => ({ groupList: session.keepGroups(told) })),
  getGroupProfile: verb('getGroupProfile', (options) => pick(having(options, 'groupID'), 'groupID'), itself),
  createGroup: verb('createGroup', (options) => ({ group: newGroup(having(options, 'name')) }), (told, { session }) => ({
    group: group(told, session),
    overLimitUserIDList: [],
  })),
  updateGroupProfile: verb(
    'updateGroupProfile',
    (options) => ({ groupID: having(options, 'groupID').groupID, changes: pick(options, ...CHANGEABLE) }),
    itself,
  ),
  joinGroup(session, options) {
    const { groupID, applyMessage = '' } = having(options, 'groupID');
    return join(session, { groupID, applyMessage });
  },
  quitGroup(session, groupID) {
    const given = onlyID(groupID);
    if (session.user === null && session.guest === null) return Promise.reject(error(CODE.NOT_MEMBER));
    return session.call('quitGroup', given).then(() => response(given));
  },
  dismissGroup: verb('dismissGroup', onlyID, itsID),
  changeGroupOwner: verb('changeGroupOwner', (options) => pick(having(options, 'groupID', 'newOwnerID'), 'groupID', 'newOwnerID'), itself),
  searchGroupByID: verb('searchGroupById', onlyID, itself),
  getGroupOnlineMemberCount(session, groupID) {
    if (session.user === null && session.guest === null) return Promise.resolve(response({ memberCount: 0 }));
    return session.call('getGroupOnlineMemberCount', onlyID(groupID)).then((memberCount) => response({ memberCount }));
  },
  // There are no communities with topics yet: nobody has joined one.
  getJoinedCommunityList: () => Promise.resolve(response({ groupList: [] })),
  initGroupAttributes: changingAttributes('initGroupAttributes'),
  setGroupAttributes: changingAttributes('setGroupAttributes'),
  deleteGroupAttributes: verb('deleteGroupAttributes', attributeKeys, ({ groupAttributes }) => ({ keyList: groupAttributes.map(({ key }) => key) })),
  getGroupAttributes: verb('getGroupAttributes', attributeKeys, ({ groupAttributes }) => ({ groupAttributes: toMap(groupAttributes) })),
};

/** Who is not logged in joins as a guest, if the server lets guests in. */
async function join(session, given) {
  if (session.loggingIn !== null || session.isDestroyed) throw error(CODE.NO_LOGIN);
  if (session.user === null) {
    await session.beGuest().catch((why) => {
      throw why.code === CODE.USERSIG_EMPTY ? error(CODE.NO_LOGIN) : why;
    });
  }
  return response(joined(await session.call('joinGroup', given), session));
}

function newGroup(options) {
  const memberList = (options.memberList ?? []).map(({ userID }) => userID);
  return { type: TYPES.GRP_WORK, ...pick(options, ...FIRST, 'type'), memberList };
}

function joined({ status, group: told }, session) {
  return { status, ...(told && { group: group(told, session) }) };
}

function changingAttributes(name) {
  const take = (options) => ({ groupID: having(options, 'groupID').groupID, groupAttributes: toFields(attributesOf(options)) });
  return verb(name, take, (_, { args: [{ groupAttributes }] }) => ({ groupAttributes }));
}

function attributesOf({ groupAttributes }) {
  if (typeof groupAttributes !== 'object' || groupAttributes === null) throw invalid();
  return groupAttributes;
}

function attributeKeys(options) {
  return { groupID: having(options, 'groupID').groupID, keyList: options.keyList ?? [] };
}
