// Methods of the reactions of messages.

import { forEngine } from '../../face/message.js';
import { listed, one } from '../../face/methods/messages.js';
import { having, listing, same, text, verb } from '../../face/methods/verb.js';

/** How many users of a reaction are told with it, and how many a page has. */
const [USERS, PAGE] = [10, 100];

const reaction = (message, reactionID) => ({ message: forEngine(one(message)), reactionID: text(reactionID) });

export const reactions = {
  addMessageReaction: verb('addMessageReaction', reaction),
  removeMessageReaction: verb('removeMessageReaction', reaction),
  getMessageReactions: verb(
    'getMessageReactions',
    (options) => ({
      ...listed(listing(options, 'messageList').messageList),
      maxUserCountPerReaction: options.maxUserCountPerReaction ?? USERS,
    }),
    (resultList) => ({ resultList }),
  ),
  getAllUserListOfMessageReaction: verb(
    'getAllUserListOfMessageReaction',
    (options) => {
      const { message, reactionID, nextSeq = 0, count = PAGE } = having(options, 'reactionID');
      return { ...reaction(message, reactionID), nextSeq, count };
    },
    same,
  ),
};
