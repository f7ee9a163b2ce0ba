// Methods that send, change and list messages.

import { invalid, response, TimError } from '../errors.js';
import { forEngine } from '../message.js';
import { simplified } from '../payload.js';
import { TYPES } from '../types.js';
import { having, isText, pick, verb } from './verb.js';

/** How many messages a page has. */
const PAGE = 15;
const MOST_READERS = 100;

/** The message, if it is one. */
export const one = (message) => {
  if (!isText(message?.ID)) throw invalid();
  return message;
};

const several = (list) => {
  const messages = Array.isArray(list) ? list : [list];
  return messages.map(one);
};

/** The messages as the engine has them. */
export const listed = (list) => ({ messageList: several(list).map(forEngine) });

/** Sends a message, and tells in the program's object what became of it. */
async function sent(session, message, verbName, parameters) {
  try {
    return response(await changed(await session.call(verbName, parameters), { session, args: [message] }));
  } catch (why) {
    // One that is sent already stays so.
    if (message.status !== 'success') Object.assign(message, { status: 'fail', errorCode: why.code });
    throw new TimError(why.code, why.message, { message });
  }
}

/** A verb that answers the message that was passed, as it is now. */
const changing = (name) => verb(name, (message) => ({ message: forEngine(one(message)) }), changed);

async function changed(told, { session, args: [message] }) {
  const [complete] = await session.complete([told]);
  return { message: session.messages.showIn(message, complete) };
}

/** A verb that answers messages that were passed. */
const receipts = (name) => verb(name, listed, async (told, { session }) => ({ messageList: await session.show(told) }));

export const messages = {
  sendMessage(session, message, options = {}) {
    const { excludedFromUnreadCount = false, excludedFromLastMessage = false } = options.messageControlInfo ?? {};
    const how = { excludedFromUnreadCount, excludedFromLastMessage, onlineUserOnly: options.onlineUserOnly === true };
    return sent(session, one(message), 'sendMessage', { message: forEngine(message), options: how });
  },
  resendMessage: (session, message) => sent(session, one(message), 'resendMessage', { messageID: message.ID }),
  revokeMessage: changing('revokeMessage'),
  modifyMessage: changing('modifyMessage'),
  deleteMessage: verb('deleteMessage', listed, (_, { session, args: [list] }) => ({ messageList: several(list).map((it) => deleted(session, it)) })),
  getMessageList: verb(
    'getMessageList',
    ({ conversationID, nextReqMessageID, count = PAGE } = {}) => ({
      ...having({ conversationID }, 'conversationID'),
      nextReqMessageID: nextReqMessageID || null,
      count,
    }),
    async ({ messageList, nextReqMessageID, isCompleted }, { session }) => ({
      messageList: await session.show(messageList),
      nextReqMessageID: nextReqMessageID ?? '',
      isCompleted,
    }),
  ),
  getMessageListHopping: verb(
    'getMessageListHopping',
    (options) => ({ param: pick(having(options, 'conversationID'), 'conversationID', 'sequence', 'time', 'direction', 'count') }),
    hopped,
  ),
  findMessage: (session, id) => session.messages.find(id),
  downloadMergerMessage: (session, message) => merged(session, one(message)),
  setMessageRead: verb('setMessageRead', (options) => pick(having(options, 'conversationID'), 'conversationID')),
  setAllMessageRead: verb('setAllMessageRead', ({ scope = TYPES.READ_ALL_MSG } = {}) => ({ scope })),
  sendMessageReadReceipt: receipts('sendMessageReadReceipt'),
  getMessageReadReceiptList: receipts('getMessageReadReceiptList'),
  getGroupMessageReadMemberList: verb(
    'getGroupMessageReadMemberList',
    ({ message, filter = 0, cursor = '', count = MOST_READERS } = {}) => ({
      message: forEngine(one(message)),
      filter: filter === 1 ? 'unread' : 'read',
      cursor,
      count,
    }),
    (page) => page,
  ),
};

/** The message itself is the answer. */
async function merged(session, message) {
  const told = await session.call('downloadMergerMessage', { message: forEngine(message) });
  message.payload.messageList = (await session.complete(told)).map(simplified);
  return message;
}

function deleted(session, message) {
  session.messages.giveUpPreview(message.ID);
  message.isDeleted = true;
  return message;
}

/** In a conversation with a user programs go on by the time. */
async function hopped({ messageList, isCompleted, nextMessageSeq }, { session, args: [{ conversationID, direction = 0 }] }) {
  const page = { messageList: await session.show(messageList), isCompleted, nextMessageSeq: nextMessageSeq ?? undefined };
  if (!conversationID.startsWith(TYPES.CONV_C2C)) return page;
  const last = direction === 1 ? messageList[messageList.length - 1] : messageList[0];
  return { ...page, nextMessageTime: last?.time };
}
