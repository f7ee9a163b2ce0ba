// Methods of the members of groups.

import { CODE, error, response } from '../errors.js';
import { having, listing, pick, verb } from './verb.js';

/** How many members a page has. */
const PAGE = 15;

/** A method whose verb gives a member; the answer has the group, too. */
const ofMember = (name, ...names) => async (session, options) => {
  const member = await session.call(name, pick(having(options, 'groupID'), 'groupID', ...names));
  return response({ group: await session.group(options.groupID), member });
};

export const members = {
  getGroupMemberList(session, options) {
    const { groupID, count = PAGE, offset = 0 } = having(options, 'groupID');
    return page(session, groupID, count, offset);
  },
  getGroupMemberProfile: verb('getGroupMemberProfile', (options) => pick(ofUsers(options), 'groupID', 'userIDList'), (memberList) => ({ memberList })),
  async addGroupMember(session, options) {
    const { groupID, userIDList } = ofUsers(options);
    const added = await session.call('addGroupMember', { groupID, userIDList });
    return response({ ...added, group: await session.group(groupID) });
  },
  async deleteGroupMember(session, options) {
    const { groupID, userIDList, reason = '', duration = 0 } = ofUsers(options);
    await session.call('deleteGroupMember', { groupID, userIDList, reason, duration });
    return response({ group: await session.group(groupID), userIDList });
  },
  setGroupMemberMuteTime: ofMember('setGroupMemberMuteTime', 'userID', 'muteTime'),
  setGroupMemberRole: ofMember('setGroupMemberRole', 'userID', 'role'),
  setGroupMemberNameCard: ofMember('setGroupMemberNameCard', 'userID', 'nameCard'),
  setGroupMemberCustomField: ofMember('setGroupMemberCustomField', 'userID', 'memberCustomField'),
};

function ofUsers(options) {
  return listing(having(options, 'groupID'), 'userIDList');
}

/** Programs go on by the number of members that they have, the engine by a text that the page before gave. */
async function page(session, groupID, count, offset) {
  const place = (number) => `${groupID} ${number}`;
  const next = offset === 0 ? null : session.memberPages.get(place(offset));
  if (next === undefined) throw error(CODE.BAD_REQUEST, 'no page of members ended at this offset: begin with 0');
  const told = await session.call('getGroupMemberList', { groupID, count, next });
  if (told.next === null) return response({ memberList: told.memberList, offset: 0 });
  const following = offset + told.memberList.length;
  session.memberPages.set(place(following), told.next);
  return response({ memberList: told.memberList, offset: following });
}
