// What @tencentcloud/chat tells its program of the engine's events, besides what both packages tell.

import { SILENT, TOLD as COMMON } from '../face/told.js';
import { TYPES } from '../face/types.js';
import { readClock } from './clock.js';
import { shownOption } from './receive.js';

export const TOLD = {
  ...COMMON,
  sdkStateReady(session) {
    COMMON.sdkStateReady(session);
    // No event waits for it.
    void readClock(session);
  },
  // One event for each message.
  async onMessageReactionsUpdated(session, told, addresses) {
    for (const { ID, reactionList } of await session.show(told, addresses)) {
      session.events.emit('onMessageReactionsUpdated', { messageID: ID, reactionList });
    }
    return SILENT;
  },
  onPinnedGroupMessageUpdated(session, told) {
    void tellPinned(session, told);
    return SILENT;
  },
  onAllReceiveMessageOptUpdated: (_, option) => shownOption(option),
  ts_invitation_timeout: (session, told) => ({ ...told, isSelfTimeout: [told.inviter, ...told.inviteeList].includes(session.user) }),
};

/** The program is told the message and who pinned it; the engine tells the message's place, and an ID. */
async function tellPinned(session, { groupID, messageSequence, isPinned, operatorID }) {
  const [message, operatorInfo] = await Promise.all([messageAt(session, groupID, messageSequence), userInfo(session, operatorID)]);
  // No event is told after the end.
  if (session.isDestroyed) return;
  session.events.emit('onPinnedGroupMessageUpdated', { groupID, message, isPinned, operatorInfo });
}

/** The message of a group at a place; no more than that if it cannot be had. */
async function messageAt(session, groupID, sequence) {
  const param = { conversationID: `${TYPES.CONV_GROUP}${groupID}`, sequence, direction: 1, count: 1 };
  const page = session.call('getMessageListHopping', { param }).then(({ messageList }) => session.show(messageList));
  const [message] = await page.catch(() => []);
  return message?.sequence === sequence ? message : { sequence };
}

async function userInfo(session, userID) {
  const [user] = await session.call('getUserProfile', { userIDList: [userID] }).catch(() => []);
  return { userID, nick: user?.nick ?? '', avatar: user?.avatar ?? '' };
}
