// What methods and events give: messages, conversations, groups, users. `Word` is the type of the words of `TYPES`.

/** A field of the application's own. */
export interface CustomField {
  key: string;
  value: string;
}

/** How a user is shown. */
export interface UserInfo {
  userID: string;
  nick: string;
  avatar: string;
}

/** How many have read a message that asks for receipts. */
export interface ReadReceiptInfo {
  readCount?: number;
  unreadCount?: number;
  isPeerRead?: boolean;
}

/** A message. The program has one object for each, which changes when the message does. */
export interface Message<Word> {
  /** Its identity: final from its creation on, the same for everybody. */
  ID: string;
  /** What it is: one of `TYPES.MSG_…`. */
  type: Word;
  /** Its content, by its type. */
  payload: any;
  /** `C2C` and a user, `GROUP` and a group, or `@TIM#SYSTEM`. */
  conversationID: string;
  conversationType: Word;
  /** The receiver: a user or a group. */
  to: string;
  /** The sender. */
  from: string;
  /** `in` or `out`; what this user sent from another device is `out`, too. */
  flow: string;
  /** When it was sent, in seconds since 1970. */
  time: number;
  /** When it was created, by the sender's clock. */
  clientTime: number;
  /** Its place in the conversation: 1, 2, 3 …; 0 until it is sent. */
  sequence: number;
  /** `unSend`, `success` or `fail`. */
  status: string;
  isRevoked: boolean;
  /** Who revoked it: the ID, or null. */
  revoker: any;
  /** The same, with the nick and the avatar if it is the sender. */
  revokerInfo: UserInfo;
  /** The reason that this user gave. */
  revokeReason: string;
  /** Its urgency in a group. */
  priority: Word;
  /** The sender's nick and avatar when it was sent. */
  nick: string;
  avatar: string;
  /** What the group called the sender. */
  nameCard: string;
  /** The other side of a conversation with a user has read it. */
  isPeerRead: boolean;
  isRead: boolean;
  isDeleted: boolean;
  isModified: boolean;
  version: number;
  /** Whom it mentions. */
  atUserList: string[];
  /** The only members of the group who see it; empty for all. */
  receiverList: string[];
  /** A text of the application's own, which everybody gets. */
  cloudCustomData: string;
  needReadReceipt: boolean;
  /** A `ReadReceiptInfo`. */
  readReceiptInfo: any;
  isBroadcastMessage: boolean;
  isSupportExtension: boolean;
  hasRiskContent: boolean;
}

/** A message of a merger. */
export interface SimplifiedMessage {
  ID: string;
  from: string;
  nick: string;
  avatar: string;
  time: number;
  cloudCustomData: string;
  messageBody: { type: string; payload: any }[];
}

/** The newest message of a conversation. */
export interface LastMessage<Word> {
  lastTime: number;
  lastSequence: number;
  fromAccount: string;
  /** A line that shows it. */
  messageForShow: string;
  type: Word;
  payload: any;
  isRevoked: boolean;
  isPeerRead: boolean;
  revoker: any;
  nick: string;
  nameCard: string;
  version: number;
  cloudCustomData: string;
  onlineOnlyFlag: boolean;
}

/** A conversation of this user's list. */
export interface Conversation<Word> {
  conversationID: string;
  /** `TYPES.CONV_C2C`, `TYPES.CONV_GROUP` or `TYPES.CONV_SYSTEM`. */
  type: Word;
  /** The group's type. */
  subType: string;
  unreadCount: number;
  lastMessage: LastMessage<Word> & { [more: string]: any };
  /** The other user, in a conversation with one. */
  userProfile: Profile<Word>;
  /** The group, in a group's conversation. */
  groupProfile: Group<Word>;
  /** The unread messages that mention this user. */
  groupAtInfoList: { from: string; groupID: string; topicID: string; messageSequence: number; atTypeArray: any[] }[];
  remark: string;
  isPinned: boolean;
  messageRemindType: Word;
  /** Up to when the other user has read. */
  peerReadTime: number;
  markList: number[];
  customData: string;
  conversationGroupList: string[];
  draftText: string;
}

/** A group. */
export interface Group<Word> {
  groupID: string;
  name: string;
  avatar: string;
  /** One of `TYPES.GRP_…`. */
  type: Word;
  introduction: string;
  notification: string;
  ownerID: string;
  /** In seconds since 1970. */
  createTime: any;
  /** How often the profile changed. */
  infoSequence: number;
  lastInfoTime: number;
  /** `lastTime`, `lastSequence`, `fromAccount` and `messageForShow` of a conversation's. */
  lastMessage: any;
  nextMessageSeq: number;
  /** This user in it: `userID`, and of members `role`, `nameCard`, `joinTime`, `muteUntil`, `messageRemindType`, `memberCustomField`. */
  selfInfo: any;
  memberCount: number;
  memberNum: number;
  maxMemberCount: number;
  maxMemberNum: number;
  muteAllMembers: boolean;
  joinOption: Word;
  inviteOption: Word;
  groupCustomField: CustomField[];
  isSupportTopic: boolean;
}

/** A member of a group. */
export interface GroupMember {
  userID: string;
  nick: string;
  avatar: string;
  role: string;
  joinTime: number;
  nameCard: string;
  /** Until when the member may not write, in seconds since 1970. */
  muteUntil: number;
  memberCustomField: CustomField[];
}

/** A user. */
export interface Profile<Word> {
  userID: string;
  nick: string;
  avatar: string;
  gender: Word;
  birthday: number;
  location: string;
  selfSignature: string;
  /** Who becomes this user's friend on asking. */
  allowType: Word;
  language: number;
  messageSettings: number;
  adminForbidType: Word;
  level: number;
  role: number;
  lastUpdatedTime: number;
  /** The same. */
  lastUpdatedNumber: number;
  profileCustomField: CustomField[];
}

/** A friend. */
export interface Friend<Word> {
  userID: string;
  timeStamp: number;
  remark: string;
  groupList: string[];
  source: string;
  wording: string;
  profile: Profile<Word>;
  friendCustomField: CustomField[];
}

/** An application to become a friend. */
export interface FriendApplication<Word> {
  userID: string;
  nick: string;
  avatar: string;
  time: number;
  source: string;
  wording: string;
  type: Word;
}

/** Friends under a name. */
export interface FriendGroup {
  name: string;
  count: number;
  userIDList: string[];
}

/** Whether a user is online, and what the user says of themselves. */
export interface UserStatus {
  userID: string;
  statusType: number;
  customStatus: string;
}

/** A topic of a community. There are none yet. */
export interface Topic {
  topicID: string;
  topicName: string;
  avatar: string;
  introduction: string;
  notification: string;
  unreadCount: number;
  muteAllMembers: boolean;
  customData: string;
  groupAtInfoList: any[];
  lastMessage: any;
  selfInfo: any;
}
