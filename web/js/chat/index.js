// The package: what `import TencentCloudChat from '@tencentcloud/chat'` gives.

import { creator } from '../face/create.js';
import { EVENT as COMMON } from '../face/event-names.js';
import { UNGATED } from '../face/gate.js';
import { METHOD } from '../face/methods/index.js';
import { refusing } from '../face/methods/not-yet.js';
import { TYPES as WORDS } from '../face/types.js';
import { account } from './methods/account.js';
import { conversations } from './methods/conversations.js';
import { experimental } from './methods/experimental.js';
import { NOT_YET } from './methods/not-yet.js';
import { reactions } from './methods/reactions.js';
import { searches } from './methods/searches.js';
import { signaling } from './methods/signaling.js';
import { TSignaling } from './signals.js';
import { TOLD } from './told.js';

/** The version of the API that this package has. */
const VERSION = '3.6.6';

const EVENT = {
  ...COMMON,
  ROOM_CUSTOM_DATA_RECEIVED: 'onRoomCustomDataReceived',
  MESSAGE_REACTIONS_UPDATED: 'onMessageReactionsUpdated',
  MY_FOLLOWERS_LIST_UPDATED: 'onMyFollowersListUpdated',
  MY_FOLLOWING_LIST_UPDATED: 'onMyFollowingListUpdated',
  MUTUAL_FOLLOWERS_LIST_UPDATED: 'onMutualFollowersListUpdated',
  ALL_RECEIVE_MESSAGE_OPT_UPDATED: 'onAllReceiveMessageOptUpdated',
  SERVER_CONFIG_UPDATED: 'onServerConfigUpdated',
  PINNED_GROUP_MESSAGE_UPDATED: 'onPinnedGroupMessageUpdated',
};

const TYPES = {
  ...WORDS,
  GRP_ROOM: 'Room',
  GRP_LIVE: 'Live',
  RECEIVE_WITH_OFFLINE_PUSH_EXCEPT_AT: 'AcceptNotNotifyExceptAt',
  NOT_RECEIVE_OFFLINE_PUSH_EXCEPT_AT: 'AcceptNotNotifyExceptAt',
  NOT_RECEIVE_MSG_EXCEPT_AT: 'NotReceiveMsgExceptAt',
  IOS_OFFLINE_PUSH_NO_SOUND: 'push.no_sound',
  IOS_OFFLINE_PUSH_DEFAULT_SOUND: 'default',
};

const methods = { ...METHOD, ...account, ...conversations, ...reactions, ...searches, ...signaling, ...experimental, ...refusing(NOT_YET) };

const ungated = new Set([...UNGATED, 'getLoginUser', 'isReady', 'addSignalingListener', 'removeSignalingListener', 'callExperimentalAPI']);

const create = creator({ name: 'TencentCloudChat', methods, ungated, told: TOLD });

export default { create, TYPES, EVENT, TSignaling, VERSION };
