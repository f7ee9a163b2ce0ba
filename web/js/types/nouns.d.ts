// What methods and events give: messages, conversations, groups, users.

/** A field of the application's own. */
export interface CustomField {
  key: string;
  value: string;
}

/** How many have read a message that asks for receipts. */
export interface ReadReceiptInfo {
  readCount?: number;
  unreadCount?: number;
  isPeerRead?: boolean;
}

/** A message. The program has one object for each, which changes when the message does. */
export interface Message {
  /** Its identity: final from its creation on, the same for everybody. */
  ID: string;
  /** What it is: one of `TYPES.MSG_…`. */
  type: string;
  /** Its content, by its type. */
  payload: any;
  /** `C2C` and a user, `GROUP` and a group, or `@TIM#SYSTEM`. */
  conversationID: string;
  conversationType: string;
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
  /** Who revoked it. */
  revoker: string | null;
  /** Its urgency in a group. */
  priority: string;
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
  readReceiptInfo: ReadReceiptInfo;
  isBroadcastMessage: boolean;
  isSupportExtension: boolean;
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
export interface LastMessage {
  lastTime: number;
  lastSequence: number;
  fromAccount: string;
  /** A line that shows it. */
  messageForShow: string;
  type: string;
  payload: any;
  isRevoked: boolean;
  isPeerRead: boolean;
  revoker: string | null;
  nick: string;
  nameCard: string;
  version: number;
  cloudCustomData: string;
  onlineOnlyFlag: boolean;
}

/** A conversation of this user's list. */
export interface Conversation {
  conversationID: string;
  /** `TYPES.CONV_C2C`, `TYPES.CONV_GROUP` or `TYPES.CONV_SYSTEM`. */
  type: string;
  /** The group's type. */
  subType: string;
  unreadCount: number;
  lastMessage: LastMessage;
  /** The other user, in a conversation with one. */
  userProfile?: Pick<Profile, 'userID' | 'nick' | 'avatar'> & Partial<Profile>;
  /** The group, in a group's conversation. */
  groupProfile?: Pick<Group, 'groupID' | 'name' | 'avatar' | 'type'> & Partial<Group>;
  /** The unread messages that mention this user. */
  groupAtInfoList: { from: string; groupID: string; topicID: string; messageSequence: number; atTypeArray: number[] }[];
  remark: string;
  isPinned: boolean;
  messageRemindType: string;
  /** Up to when the other user has read. */
  peerReadTime: number;
  markList: number[];
  customData: string;
  conversationGroupList: string[];
  draftText: string;
}

/** A group. */
export interface Group {
  groupID: string;
  name: string;
  avatar: string;
  /** One of `TYPES.GRP_…`. */
  type: string;
  introduction: string;
  notification: string;
  ownerID: string;
  createTime: number;
  /** How often the profile changed. */
  infoSequence: number;
  lastInfoTime: number;
  lastMessage: Pick<LastMessage, 'lastTime' | 'lastSequence' | 'fromAccount' | 'messageForShow'>;
  nextMessageSeq: number;
  /** This user in it. */
  selfInfo: {
    userID: string;
    role?: string;
    nameCard?: string;
    joinTime?: number;
    muteUntil?: number;
    messageRemindType?: string;
    memberCustomField?: CustomField[];
  };
  memberCount: number;
  memberNum: number;
  maxMemberCount: number;
  maxMemberNum: number;
  muteAllMembers: boolean;
  joinOption: string;
  inviteOption: string;
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
export interface Profile {
  userID: string;
  nick: string;
  avatar: string;
  gender: string;
  birthday: number;
  location: string;
  selfSignature: string;
  /** Who becomes this user's friend on asking. */
  allowType: string;
  language: number;
  messageSettings: number;
  adminForbidType: string;
  level: number;
  role: number;
  lastUpdatedTime: number;
  profileCustomField: CustomField[];
}

/** A friend. */
export interface Friend {
  userID: string;
  timeStamp: number;
  remark: string;
  groupList: string[];
  source: string;
  wording: string;
  profile: Profile;
  friendCustomField: CustomField[];
}

/** An application to become a friend. */
export interface FriendApplication {
  userID: string;
  nick: string;
  avatar: string;
  time: number;
  source: string;
  wording: string;
  type: string;
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
