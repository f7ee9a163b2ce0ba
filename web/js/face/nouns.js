// Groups, members, profiles and the like as TIM's Web SDK has them.

import { TYPES } from './types.js';

/**
 * A group.
 * @param {object} told as the engine has it
 * @param {import('./session.js').Session} session
 */
export function group(told, session) {
  const { memberCount, maxMemberCount, selfInfo } = told;
  const talk = session.conversations.get(`${TYPES.CONV_GROUP}${told.groupID}`);
  return {
    ...told,
    ...said(talk),
    // Of a profile is told how often it changed, not when: infoSequence.
    lastInfoTime: 0,
    ownerID: told.ownerID ?? '',
    memberNum: memberCount,
    maxMemberNum: maxMemberCount,
    isSupportTopic: false,
    selfInfo: selfInfo ? self(selfInfo, session.user, talk?.messageRemindType) : { userID: session.user ?? '' },
  };
}

/** What was said last, by the conversation as the engine has it. */
function said({ lastMessage, lastTime = 0, messageForShow = '' } = {}) {
  const { from: fromAccount = '', sequence: lastSequence = 0 } = lastMessage ?? {};
  return { lastMessage: { lastTime, lastSequence, fromAccount, messageForShow }, nextMessageSeq: lastSequence + 1 };
}

function self(info, userID, messageRemindType = TYPES.MSG_REMIND_ACPT_AND_NOTE) {
  return { ...info, userID, messageRemindType };
}

/** A profile. Programs look for the time of its last change under two names. */
export const profile = (told) => ({
  ...told,
  lastUpdatedNumber: told.lastUpdatedTime,
  messageSettings: 0,
  adminForbidType: TYPES.FORBID_TYPE_NONE,
});

/** A friend. */
export const friend = (told) => ({ ...told, profile: profile(told.profile) });

/** Fields of the app's as one object, and back. */
export const toMap = (fields) => Object.fromEntries(fields.map(({ key, value }) => [key, value]));
export const toFields = (map) => Object.entries(map).map(([key, value]) => ({ key, value }));
