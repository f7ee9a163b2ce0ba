// Methods of the members of groups.

import { CODE, error } from '../errors.js';
import { having, listing, pick, steps, verb } from './verb.js';

/** How many members a page has. */
const PAGE = 15;

const ofGroup = (options) => having(options, 'groupID');
const ofUsers = (options) => listing(ofGroup(options), 'userIDList');

/** A method whose verb gives a member; the answer has the group, too. */
const ofMember = (name, ...names) =>
  steps(ofGroup, async (session, options) => {
    const member = await session.call(name, pick(options, 'groupID', ...names));
    return { group: await session.group(options.groupID), member };
  });

export const members = {
  getGroupMemberList: steps(ofGroup, page),
  getGroupMemberProfile: verb('getGroupMemberProfile', (options) => pick(ofUsers(options), 'groupID', 'userIDList'), (memberList) => ({ memberList })),
  addGroupMember: steps(ofUsers, async (session, { groupID, userIDList }) => {
    const added = await session.call('addGroupMember', { groupID, userIDList });
    return { ...added, group: await session.group(groupID) };
  }),
  deleteGroupMember: steps(ofUsers, async (session, { groupID, userIDList, reason = '', duration = 0 }) => {
    await session.call('deleteGroupMember', { groupID, userIDList, reason, duration });
    return { group: await session.group(groupID), userIDList };
  }),
  setGroupMemberMuteTime: ofMember('setGroupMemberMuteTime', 'userID', 'muteTime'),
  setGroupMemberRole: ofMember('setGroupMemberRole', 'userID', 'role'),
  setGroupMemberNameCard: ofMember('setGroupMemberNameCard', 'userID', 'nameCard'),
  setGroupMemberCustomField: ofMember('setGroupMemberCustomField', 'userID', 'memberCustomField'),
};

/** Programs go on by the number of members that they have, the engine by a text that the page before gave. */
async function page(session, { groupID, count = PAGE, offset = 0, role = null }) {
  const place = (number) => `${groupID} ${role ?? ''} ${number}`;
  const next = offset === 0 ? null : session.memberPages.get(place(offset));
  if (next === undefined) throw error(CODE.BAD_REQUEST, 'no page of members ended at this offset: begin with 0');
  const told = await session.call('getGroupMemberList', { groupID, count, role, next });
  if (told.next === null) return { memberList: told.memberList, offset: 0 };
  const following = offset + told.memberList.length;
  session.memberPages.set(place(following), told.next);
  return { memberList: told.memberList, offset: following };
}
