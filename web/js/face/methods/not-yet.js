// The methods that the engine has nothing for yet: each is there and refuses, with the reason.

import { CODE, error } from '../errors.js';

const CONVERSATION_GROUPS = 'conversations have no groups yet';
const TOPICS = 'communities have no topics yet';
const COUNTERS = 'groups have no counters yet';
const EXTENSIONS = 'messages have no extensions yet: reactions or cloudCustomData may serve';

/** Those of both packages, and why. */
export const NOT_YET = {
  translateText: 'nothing translates texts here',
  setMessageExtensions: EXTENSIONS,
  getMessageExtensions: EXTENSIONS,
  deleteMessageExtensions: EXTENSIONS,
  createConversationGroup: CONVERSATION_GROUPS,
  deleteConversationGroup: CONVERSATION_GROUPS,
  renameConversationGroup: CONVERSATION_GROUPS,
  addConversationsToGroup: CONVERSATION_GROUPS,
  deleteConversationsFromGroup: CONVERSATION_GROUPS,
  setGroupCounters: COUNTERS,
  increaseGroupCounter: COUNTERS,
  decreaseGroupCounter: COUNTERS,
  getGroupCounters: COUNTERS,
  createTopicInCommunity: TOPICS,
  deleteTopicFromCommunity: TOPICS,
  updateTopicProfile: TOPICS,
  getTopicList: TOPICS,
  markGroupMemberList: 'members have no marks yet',
  callExperimentalAPI: 'there are no experimental calls',
};

/** Methods that refuse, of those for which there is nothing. */
export const refusing = (reasons) =>
  Object.fromEntries(Object.entries(reasons).map(([name, why]) => [name, () => Promise.reject(error(CODE.UNSUPPORTED, `${name}: ${why}`))]));
