// Methods of conversations.

import { blankConversation, conversation } from '../conversation.js';
import { CODE, error, invalid, response } from '../errors.js';
import { TYPES } from '../types.js';
import { having, listing, pick, same, text, verb } from './verb.js';

const onlyID = (conversationID) => ({ conversationID: text(conversationID) });
const itsID = (_, { args: [conversationID] }) => ({ conversationID });

/** A mark as the engine reads it: all 64 bits, of which the highest is the sign. */
const markText = (mark) => String(BigInt.asIntN(64, BigInt(mark)));

export const conversations = {
  getConversationList: verb('getConversationList', (given) => ({ filter: filter(given) }), (told, { session, args: [given] }) => ({
    conversationList: told.map((it) => conversation(it, session.groups)).filter((it) => isInGroup(it, given?.groupName)),
    isSyncCompleted: true,
  })),
  // There are no groups of conversations yet.
  getConversationGroupList: () => Promise.resolve(response([])),
  getConversationProfile(session, conversationID) {
    const given = onlyID(conversationID);
    const known = session.call('getConversationProfile', given).then((told) => conversation(told, session.groups));
    return known.catch((why) => blank(session, conversationID, why)).then((it) => response({ conversation: it }));
  },
  deleteConversation(session, given) {
    const { conversationIDList, clearHistoryMessage = true } = typeof given === 'string' ? { conversationIDList: [given] } : listing(given, 'conversationIDList');
    return session.call('deleteConversation', { conversationIDList, clearHistoryMessage }).then((results) => deleted(results, given));
  },
  clearHistoryMessage: verb('clearHistoryMessage', onlyID, itsID),
  pinConversation: verb(
    'pinConversation',
    (options) => ({ conversationID: having(options, 'conversationID').conversationID, isPinned: options.isPinned === true }),
    (_, { args: [{ conversationID }] }) => ({ conversationID }),
  ),
  getTotalUnreadMessageCount: (session) => session.unreadCount,
  setConversationCustomData: verb('setConversationCustomData', (options) => pick(listing(options, 'conversationIDList'), 'conversationIDList', 'customData'), same),
  markConversation(session, options) {
    const { conversationIDList, markType, enableMark } = listing(options, 'conversationIDList');
    if (typeof markType !== 'number' || !Number.isInteger(markType)) throw invalid();
    const json = `{"conversationIDList":${JSON.stringify(conversationIDList)},"markType":${markText(markType)},"enableMark":${enableMark === true}}`;
    return session.callText('markConversation', json).then(response);
  },
  setMessageRemindType(session, options) {
    const { groupID, userIDList, messageRemindType } = options ?? {};
    if (groupID === undefined && !Array.isArray(userIDList)) throw invalid();
    return groupID === undefined ? remindOfUsers(session, userIDList, messageRemindType) : remindOfGroup(session, groupID, messageRemindType);
  },
};

const isInGroup = (it, groupName) => groupName === undefined || it.conversationGroupList.includes(groupName);

function filter(given) {
  if (Array.isArray(given)) return { conversationIDList: given };
  const wanted = given ?? {};
  const mark = wanted.markType === undefined ? {} : { markType: wanted.markType };
  return { ...pick(wanted, 'type', 'hasUnreadCount', 'hasGroupAtInfo'), ...mark };
}

/** A conversation in which nothing was said: its profile is shown before the first message. */
async function blank(session, conversationID, why) {
  if (why.code !== CODE.CONVERSATION_UNKNOWN) throw why;
  const [type, id] = [TYPES.CONV_C2C, TYPES.CONV_GROUP].filter((it) => conversationID.startsWith(it)).map((it) => [it, conversationID.slice(it.length)])[0] ?? [];
  if (type === TYPES.CONV_C2C) {
    const [user] = await session.call('getUserProfile', { userIDList: [id] });
    if (user) return blankConversation(conversationID, type, { showName: user.nick || id, avatar: user.avatar }, session.groups);
  }
  if (type === TYPES.CONV_GROUP) {
    const group = await session.group(id);
    return blankConversation(conversationID, type, { showName: group.name, avatar: group.avatar, subType: group.type }, session.groups);
  }
  throw why;
}

function deleted({ successConversationIDList, failureConversationIDList }, given) {
  if (typeof given !== 'string') return response({ conversationIDList: successConversationIDList });
  const [failure] = failureConversationIDList;
  if (failure) throw error(failure.code, failure.message);
  return response({ conversationID: given });
}

async function remind(session, conversationIDList, messageRemindType) {
  return session.call('setMessageRemindType', { conversationIDList, messageRemindType });
}

async function remindOfGroup(session, groupID, messageRemindType) {
  const { failureConversationIDList } = await remind(session, [`${TYPES.CONV_GROUP}${groupID}`], messageRemindType);
  const [failure] = failureConversationIDList;
  if (failure) throw error(failure.code, failure.message);
  const group = await session.group(groupID);
  return response({ group: { ...group, selfInfo: { ...group.selfInfo, messageRemindType } } });
}

async function remindOfUsers(session, userIDList, messageRemindType) {
  const ids = userIDList.map((userID) => `${TYPES.CONV_C2C}${userID}`);
  const results = await remind(session, ids, messageRemindType);
  const user = (id) => id.slice(TYPES.CONV_C2C.length);
  return response({
    successUserIDList: results.successConversationIDList.map((id) => ({ userID: user(id) })),
    failureUserIDList: results.failureConversationIDList.map(({ conversationID, code, message }) => ({ userID: user(conversationID), code, message })),
  });
}
