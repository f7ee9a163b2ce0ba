// Methods that search: messages on the server, the groups that the user is in, and their members.

import { group } from '../../face/nouns.js';
import { listing, pick, steps, verb } from '../../face/methods/verb.js';

const OF_MESSAGES = ['keywordList', 'keywordListMatchType', 'senderUserIDList', 'messageTypeList', 'conversationID', 'timePosition', 'timePeriod', 'count'];
const WORDS = ['keywordList', 'keywordListMatchType'];

/** Whether a group is of one of the types, if there are any. */
const isOf = ({ type }, types = []) => types.length === 0 || types.includes(type);

/** All that was found is on one page. */
const whole = (searchResultList, totalCount = searchResultList.length) => ({ totalCount, cursor: '', searchResultList });

export const searches = {
  searchCloudMessages: verb(
    'searchCloudMessages',
    (options = {}) => ({ param: { ...pick(options, ...OF_MESSAGES), cursor: options.cursor || null } }),
    async ({ totalCount, cursor, searchResultList }, { session }) => ({
      totalCount,
      cursor: cursor ?? '',
      searchResultList: await Promise.all(searchResultList.map((it) => found(session, it))),
    }),
  ),
  searchCloudGroups: verb(
    'searchGroups',
    (options) => pick(listing(options, 'keywordList'), ...WORDS),
    (told, { session, args: [{ groupTypeList }] }) => whole(told.filter((it) => isOf(it, groupTypeList)).map((it) => group(it, session))),
  ),
  searchCloudGroupMembers: steps((options) => listing(options, 'keywordList'), membersFound),
};

async function found(session, { conversationID, messageCount, messageList }) {
  return { conversationID, messageCount, messageList: await session.show(messageList) };
}

async function membersFound(session, options) {
  const results = await session.call('searchGroupMembers', { param: pick(options, ...WORDS, 'groupIDList') });
  const groups = new Map((await session.call('getGroupList')).map((it) => [it.groupID, it]));
  const list = results
    .map(({ groupID, memberList }) => ({ groupInfo: pick(groups.get(groupID) ?? { groupID }, 'groupID', 'name', 'type', 'avatar'), memberList }))
    .filter(({ groupInfo, memberList }) => memberList.length > 0 && isOf(groupInfo, options.groupTypeList));
  return whole(list, list.reduce((count, { memberList }) => count + memberList.length, 0));
}
