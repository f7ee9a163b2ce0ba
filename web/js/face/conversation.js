// Conversations as TIM's Web SDK has them.

import { shown } from './message.js';
import { TYPES } from './types.js';

/** 2^64: the engine's numbers have a sign. */
const BEYOND = 2 ** 64;

/**
 * A conversation as TIM's Web SDK has it.
 * @param {object} told as the engine has it
 * @param {Map<string, object>} groups those this user is in, by their IDs
 */
export function conversation(told, groups) {
  const { conversationID, type, subType, unreadCount, isPinned, messageRemindType, customData, draftText, messageForShow } = told;
  return {
    conversationID,
    type,
    subType: subType ?? '',
    unreadCount,
    isPinned,
    messageRemindType,
    customData,
    draftText,
    remark: '',
    conversationGroupList: [],
    markList: told.markList.map((mark) => (mark < 0 ? mark + BEYOND : mark)),
    groupAtInfoList: told.groupAtInfoList.map((info) => atInfo(info, conversationID)),
    peerReadTime: peerReadTime(told),
    lastMessage: lastMessage(told, messageForShow),
    ...(type === TYPES.CONV_C2C && { userProfile: userProfile(told) }),
    ...(type === TYPES.CONV_GROUP && { groupProfile: groupProfile(told, groups) }),
  };
}

/** One that the list does not have: with a user or in a group with whom nothing was said. */
export function blankConversation(conversationID, type, { subType = null, showName, avatar }, groups) {
  const told = { conversationID, type, subType, showName, avatar, unreadCount: 0, isPinned: false, lastTime: 0 };
  const empty = { customData: '', draftText: '', messageForShow: '', markList: [], groupAtInfoList: [], lastMessage: null };
  return conversation({ ...told, ...empty, messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE, peerReadSequence: 0 }, groups);
}

/** Whom a conversation is with: the ID of a user or of a group. */
export const partner = ({ conversationID, type }) => conversationID.slice(type.length);

function userProfile(told) {
  const userID = partner(told);
  return { userID, nick: told.showName === userID ? '' : told.showName, avatar: told.avatar };
}

function groupProfile(told, groups) {
  const groupID = partner(told);
  return groups.get(groupID) ?? { groupID, name: told.showName, avatar: told.avatar, type: told.subType };
}

function atInfo({ from, messageSequence, atType }, conversationID) {
  const groupID = conversationID.slice(TYPES.CONV_GROUP.length);
  return { from, groupID, topicID: '', messageSequence, atTypeArray: [atType] };
}

/** The engine knows up to which message the other side has read. */
function peerReadTime({ lastMessage: last, peerReadSequence }) {
  return last && last.sequence > 0 && last.sequence <= peerReadSequence ? last.time : 0;
}

function lastMessage({ lastMessage: told, lastTime }, messageForShow) {
  if (!told) return { ...NO_MESSAGE, lastTime, messageForShow };
  const { type, payload, from, nick, sequence, time, isRevoked, cloudCustomData, version, isPeerRead, revoker } = shown(told);
  const common = { type, payload, nick, nameCard: '', isRevoked, cloudCustomData, version, isPeerRead, revoker, onlineOnlyFlag: false };
  return { ...common, lastTime: time, lastSequence: sequence, fromAccount: from, messageForShow };
}

const NO_MESSAGE = {
  type: '',
  payload: null,
  nick: '',
  nameCard: '',
  isRevoked: false,
  cloudCustomData: '',
  version: 0,
  isPeerRead: false,
  revoker: null,
  onlineOnlyFlag: false,
  lastSequence: 0,
  fromAccount: '',
};
