// What is not a text, as a sentence: tips of groups, notices, what was recalled, and the one line that the list shows of a message.

import { me } from './login.js';
import { listed, nameOf } from './names.js';
import { TYPES } from './tim.js';

const person = (userID) => (userID === me ? 'you' : nameOf(userID));
const people = (userIDs) => listed(userIDs.map(person));
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** What happened in a group. */
export function tip(payload) {
  return capital((TIPS[payload.operationType] ?? (() => 'something happened in the group'))(payload, person(payload.operatorID), people(payload.userIDList)));
}

const TIPS = {
  [TYPES.GRP_TIP_MBR_JOIN]: ({ operatorID, userIDList }, by, who) => (userIDList.includes(operatorID) ? `${who} joined` : `${by} added ${who}`),
  [TYPES.GRP_TIP_MBR_QUIT]: (_, by, who) => `${who || by} left`,
  [TYPES.GRP_TIP_MBR_KICKED_OUT]: (_, by, who) => `${by} removed ${who}`,
  [TYPES.GRP_TIP_MBR_SET_ADMIN]: (_, by, who) => `${by} made ${who} admin`,
  [TYPES.GRP_TIP_MBR_CANCELED_ADMIN]: (_, by, who) => `${by} ended the admin role of ${who}`,
  [TYPES.GRP_TIP_GRP_PROFILE_UPDATED]: ({ newGroupProfile }, by) => `${by} ${changed(newGroupProfile)}`,
  [TYPES.GRP_TIP_MBR_PROFILE_UPDATED]: ({ memberList }, by) => memberList.map((member) => `${by} ${changedMember(member)}`).join('. '),
};

function changed({ groupName, notification, muteAllMembers, ownerID }) {
  if (groupName !== undefined) return `named the group “${groupName}”`;
  if (notification !== undefined) return `announced: ${notification}`;
  if (ownerID !== undefined) return `made ${person(ownerID)} the owner`;
  if (muteAllMembers !== undefined) return muteAllMembers ? 'muted everybody' : 'let everybody write again';
  return 'changed the group';
}

function changedMember({ userID, muteTime, nameCard }) {
  if (typeof muteTime === 'number') return muteTime > 0 ? `muted ${person(userID)}` : `let ${person(userID)} write again`;
  return nameCard ? `named ${person(userID)} “${nameCard}”` : `changed ${person(userID)}`;
}

/** What the server tells this user of a group. */
export function notice({ operationType, operatorID, groupProfile, handleMessage }) {
  const sentence = NOTICES[operationType] ?? (() => 'something happened');
  return capital(sentence(person(operatorID), `“${groupProfile.name || groupProfile.groupID}”`, handleMessage));
}

const NOTICES = {
  1: (who, group, words) => `${who} would like to join ${group}${words ? `: ${words}` : ''}`,
  2: (who, group) => `you may join ${group} now`,
  3: (who, group) => `you may not join ${group}`,
  4: (who, group) => `${who} removed you from ${group}`,
  5: (who, group) => `${group} was dismissed`,
  6: (who, group) => `you created ${group}`,
  7: (who, group) => `${who} added you to ${group}`,
  8: (who, group) => `you left ${group}`,
  9: (who, group) => `you are an admin of ${group} now`,
  10: (who, group) => `you are no admin of ${group} any more`,
};

/** What stands in the place of a message that was recalled. */
export const recalled = (who) => `${capital(who)} recalled a message`;

/** The sentence of a message that is one; undefined for what somebody said. */
export function sentenceOf({ type, payload, isRevoked, revoker, from }) {
  if (isRevoked) return recalled(person(revoker || from));
  if (type === TYPES.MSG_GRP_TIP) return tip(payload);
  return type === TYPES.MSG_GRP_SYS_NOTICE ? notice(payload) : undefined;
}

/** The newest message of a conversation, in a line. */
export function lineOf({ type, lastMessage }) {
  const { fromAccount: from, messageForShow, nick } = lastMessage;
  if (lastMessage.type === '') return messageForShow;
  const sentence = sentenceOf({ ...lastMessage, from });
  if (sentence !== undefined) return sentence;
  const line = KINDS[lastMessage.type] ?? messageForShow;
  if (from === me) return `You: ${line}`;
  return type === TYPES.CONV_GROUP ? `${nick || nameOf(from)}: ${line}` : line;
}

/** What is shown of kinds that are no text. */
export const KINDS = {
  [TYPES.MSG_IMAGE]: 'Picture',
  [TYPES.MSG_AUDIO]: 'Voice message',
  [TYPES.MSG_VIDEO]: 'Video',
  [TYPES.MSG_FILE]: 'File',
  [TYPES.MSG_LOCATION]: 'Place',
  [TYPES.MSG_FACE]: 'Sticker',
  [TYPES.MSG_MERGER]: 'Forwarded messages',
};
