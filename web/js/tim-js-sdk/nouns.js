// Groups, members, profiles and the like as TIM's Web SDK has them.

import { TYPES } from './types.js';

/**
 * A group.
 * @param {object} told as the engine has it
 * @param {import('./session.js').Session} session
 */
export function group(told, session) {
  const { memberCount, maxMemberCount, selfInfo } = told;
  const remind = session.conversations.get(`${TYPES.CONV_GROUP}${told.groupID}`)?.messageRemindType;
  return {
    ...told,
    ownerID: told.ownerID ?? '',
    memberNum: memberCount,
    maxMemberNum: maxMemberCount,
    isSupportTopic: false,
    selfInfo: selfInfo ? self(selfInfo, session.user, remind) : { userID: session.user ?? '' },
  };
}

function self(info, userID, messageRemindType = TYPES.MSG_REMIND_ACPT_AND_NOTE) {
  return { ...info, userID, messageRemindType };
}

/** A profile. */
export const profile = (told) => ({ ...told, messageSettings: 0, adminForbidType: TYPES.FORBID_TYPE_NONE });

/** A friend. */
export const friend = (told) => ({ ...told, profile: profile(told.profile) });

/** Fields of the app's as one object, and back. */
export const toMap = (fields) => Object.fromEntries(fields.map(({ key, value }) => [key, value]));
export const toFields = (map) => Object.entries(map).map(([key, value]) => ({ key, value }));
