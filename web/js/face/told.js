// What an instance tells its program of the engine's events: by the engine's names, which are TIM's, what the event's data is for the
// program, and what the instance keeps of it. An event that is not here is told as it is.

import { CODE } from './errors.js';
import { KICKED } from './gate.js';
import { friend, profile, toMap } from './nouns.js';

/** For an event that is not told. */
export const SILENT = Symbol('silent');

const MESSAGES = ['onMessageReceived', 'onMessageModified', 'onMessageRevoked', 'onMessageReadByPeer', 'onMessageStatusChanged', 'onMessageReactionsUpdated'];

/** The same for each event of messages. */
const ofMessages = (work) => Object.fromEntries(MESSAGES.map((name) => [name, work]));

const reasonOf = ({ type }) => KICKED[type] ?? CODE.KICKED_BY_DEVICE;

/** What holds as soon as an event is heard, before the program is told. */
export const AT_ONCE = {
  kickedOut: (session, data) => session.kicked(reasonOf(data)),
};

/** What takes time to find for an event. */
export const LOOKED_UP = ofMessages((session, told) => session.addresses(told));

export const TOLD = {
  ...ofMessages((session, told, addresses) => session.show(told, addresses)),
  sdkStateReady(session) {
    if (session.isKicked) return;
    // The login's promise may be a moment later.
    session.user ??= session.loggingIn;
    session.reason = 0;
  },
  sdkStateNotReady(session) {
    session.loggedOut(CODE.LOGGED_OUT);
  },
  kickedOut(session, data) {
    session.loggedOut(reasonOf(data));
    return data;
  },
  // The instance tells it by itself, also where there is no engine yet.
  sdkDestroy: () => SILENT,
  netStateChange(session, data) {
    return session.netStateChanged(data.state) ? data : SILENT;
  },
  onMessageReadReceiptReceived: (session, told) => told.map((receipt) => readReceipt(session, receipt)),
  onConversationListUpdated: (session, told) => session.keepConversations(told),
  // All of it is in onConversationListUpdated.
  onConversationChanged: () => SILENT,
  onTotalUnreadMessageCountUpdated(session, count) {
    session.unreadCount = count;
    return count;
  },
  onGroupListUpdated: (session, told) => session.keepGroups(told),
  onProfileUpdated: (session, told) => told.map(profile),
  onFriendListUpdated: (session, told) => told.map(friend),
  groupAttributesUpdated(session, told) {
    void tellAttributes(session, told);
    return SILENT;
  },
};

function readReceipt(session, { userID, groupID, messageID, isPeerRead, readCount, unreadCount }) {
  const message = session.messages.find(messageID);
  if (message) message.readReceiptInfo = { readCount, unreadCount, isPeerRead };
  return groupID === null ? { userID, messageID, isPeerRead } : { groupID, messageID, readCount, unreadCount };
}

/** The program is told all attributes; the engine tells what changed. */
async function tellAttributes(session, { groupID, groupAttributes, deletedKeyList }) {
  const changed = toMap(groupAttributes);
  const whole = await session.call('getGroupAttributes', { groupID }).then(
    (answer) => toMap(answer.groupAttributes),
    () => changed,
  );
  // No event is told after the end.
  if (session.isDestroyed) return;
  const data = { groupID, groupAttributes: whole, updatedKeyList: Object.keys(changed), deletedKeyList };
  session.events.emit('groupAttributesUpdated', data);
}
