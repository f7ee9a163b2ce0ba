// Methods of conversations, and of how the user is told of their messages.

import { forEngine } from '../../face/message.js';
import { one } from '../../face/methods/messages.js';
import { having, pick, text, verb } from '../../face/methods/verb.js';
import { optionForEngine, shownOption } from '../receive.js';

export const conversations = {
  setConversationDraft: verb('setConversationDraft', (options) => ({
    draftText: '',
    ...pick(having(options, 'conversationID'), 'conversationID', 'draftText'),
  })),
  setAllReceiveMessageOpt: verb('setAllReceiveMessageOpt', (options) => ({ opt: optionForEngine(options) })),
  getAllReceiveMessageOpt: verb('getAllReceiveMessageOpt', undefined, shownOption),
  pinGroupMessage: verb('pinGroupMessage', (options) => ({
    groupID: having(options, 'groupID').groupID,
    message: forEngine(one(options.message)),
    isPinned: options.isPinned === true,
  })),
  getPinnedGroupMessageList: verb('getPinnedGroupMessageList', (groupID) => ({ groupID: text(groupID) }), async (told, { session }) => ({
    messageList: await session.show(told),
  })),
};
