// Messages: from the engine's to those of TIM's Web SDK, and back. Names and meanings are the same mostly; here are the others.

import { payloadForEngine, shownPayload } from './payload.js';
import { TYPES } from './types.js';

/** The engine's word for the content of a message that was revoked, and of one that this version does not know. */
const [GONE, UNKNOWN] = ['gone', 'unknown'];

/**
 * A message as TIM's Web SDK has it.
 * @param {object} told as the engine has it, and what else is `known`
 */
export function shown({ known = {}, ...told }) {
  return {
    nameCard: '',
    ...told,
    ...content(told, known),
    isDeleted: false,
    isBroadcastMessage: false,
    isSupportExtension: false,
    hasRiskContent: false,
    revokerInfo: revoker(told),
    readReceiptInfo: told.readReceiptInfo ?? { readCount: undefined, unreadCount: undefined, isPeerRead: undefined },
  };
}

/** Who revoked it. Of others than the sender no more is known here than the ID. */
function revoker({ revoker: userID, from, nick, avatar }) {
  return userID === from ? { userID, nick, avatar } : { userID: userID ?? '', nick: '', avatar: '' };
}

/** What nobody has any more is shown as an empty text: `isRevoked` tells. */
function content(told, known) {
  if (told.type === GONE) return { type: TYPES.MSG_TEXT, payload: { text: '' } };
  if (told.type === UNKNOWN) return { payload: { unknown: told.payload } };
  return { payload: shownPayload(told, known) };
}

/**
 * Writes what the engine told into a message that the program has already. One that was revoked keeps the content that is known here.
 * @param {object} message as the program has it
 * @param {object} told as the engine has it
 */
export function update(message, told) {
  const { isDeleted, type, payload } = message;
  return Object.assign(message, shown(told), { isDeleted }, told.type === GONE && { type, payload });
}

/**
 * A message as the engine has it.
 * @param {object} message as the program has it
 */
export function forEngine(message) {
  const { readReceiptInfo: info } = message;
  return { ...message, ...contentForEngine(message), readReceiptInfo: info?.readCount === undefined ? null : info };
}

function contentForEngine({ isRevoked, type, payload }) {
  if (isRevoked) return { type: GONE, payload: null };
  return { payload: type === UNKNOWN ? payload.unknown : payloadForEngine({ type, payload }) };
}
