// What instances of both packages do. `Word` is the type of the words of `TYPES`.

import type { Message } from './nouns.js';

/** The answer of a call that succeeded. */
export interface IMResponse<T = any> {
  code: 0;
  data: T;
}

/** What a call that failed is rejected with. */
export interface IMError extends Error {
  code: number;
  data: any;
}

/** An event as handlers get it. */
export interface IMEvent<T = any> {
  name: string;
  data: T;
}

/** What an instance is made with. */
export interface CreateOptions {
  /** The application: a number, or a text that is one. */
  SDKAppID: number | string;
  /** The server's address: `wss://host[:port]`, or `ws://` on this machine; without it the host that the page came from. */
  server?: string;
  /** What is kept over the end of a page: `memory`, which is the default, nothing; `indexeddb` what a device keeps, shared by its pages. */
  storage?: 'memory' | 'indexeddb';
  /** How often a connection shows that it lives. */
  heartbeatMs?: number;
  /** How long a login takes at most. */
  loginTimeoutMs?: number;
  /** How long any other call takes at most. */
  callTimeoutMs?: number;
  [other: string]: any;
}

/** What a message is made of. */
export interface MessageOptions<Word> {
  /** A user, or a group. */
  to: string;
  /** `TYPES.CONV_C2C` or `TYPES.CONV_GROUP`. */
  conversationType: Word | string;
  /** Its content, by its kind. */
  payload: any;
  /** Its urgency in a group. */
  priority?: Word | string;
  /** A text of the application's own. */
  cloudCustomData?: string;
  /** Whether the sender wants to know who read it. */
  needReadReceipt?: boolean;
  /** The only members of the group who get it, at most 50. */
  receiverList?: string[];
  isSupportExtension?: boolean;
  /** Called with 0 to 1 while a file goes up. */
  onProgress?: Function;
  [other: string]: any;
}

/** How a message is sent. */
export interface SendOptions {
  /** To those who are connected now, stored nowhere. */
  onlineUserOnly?: boolean;
  messageControlInfo?: { excludedFromUnreadCount?: boolean; excludedFromLastMessage?: boolean; [other: string]: any };
  offlinePushInfo?: any;
  [other: string]: any;
}

type Answer = Promise<IMResponse>;
type Users = { userIDList: string[] };
type Named<T> = { name: string } & T;
type GroupFields<Word> = {
  name?: string;
  avatar?: string;
  introduction?: string;
  notification?: string;
  muteAllMembers?: boolean;
  joinOption?: Word | string;
  inviteOption?: Word | string;
  groupCustomField?: any[];
};

/** What instances of both packages do. Calls are refused until the event SDK_READY. */
export interface Methods<Word> {
  /** Logs a user in; the event SDK_READY tells when everything works. */
  login(options: { userID: string; userSig: string }): Answer;
  logout(): Promise<any>;
  /** Ends the instance. */
  destroy(): Promise<void>;
  on(eventName: string, handler: Function, context?: any): void;
  once(eventName: string, handler: Function, context?: any): void;
  off(eventName: string, handler: Function, context?: any): void;
  registerPlugin(plugins: Object): void;
  /** 0 everything, 1 what production needs, 2 warnings and errors, 3 errors, 4 nothing. */
  setLogLevel(level: number): void;

  createTextMessage(options: MessageOptions<Word>): Message<Word>;
  createTextAtMessage(options: MessageOptions<Word>): Message<Word>;
  createImageMessage(options: MessageOptions<Word>): Message<Word>;
  createAudioMessage(options: MessageOptions<Word>): Message<Word>;
  createVideoMessage(options: MessageOptions<Word>): Message<Word>;
  createFileMessage(options: MessageOptions<Word>): Message<Word>;
  createCustomMessage(options: MessageOptions<Word>): Message<Word>;
  createFaceMessage(options: MessageOptions<Word>): Message<Word>;
  createLocationMessage(options: MessageOptions<Word>): Message<Word>;
  createMergerMessage(options: MessageOptions<Word>): Message<Word>;
  createForwardMessage(options: MessageOptions<Word>): Message<Word>;
  /** Gives the message, with the messages in its payload. */
  downloadMergerMessage(message: Message<Word> | MessageOptions<Word>): Promise<Message<Word>>;

  /** Sends a message: `{message}`. What it is rejected with has the message, too. */
  sendMessage(message: Message<Word>, options?: SendOptions): Answer;
  resendMessage(message: Message<Word>, options?: any): Answer;
  revokeMessage(message: Message<Word>): Answer;
  modifyMessage(message: Message<Word>): Answer;
  deleteMessage(messageList: Message<Word>[] | Message<Word>): Answer;
  /** A page: `{messageList, nextReqMessageID, isCompleted}`, oldest first. */
  getMessageList(options: { conversationID: string; nextReqMessageID?: string; count?: number }): Answer;
  getMessageListHopping(options: { conversationID: string; sequence?: number; time?: number; direction?: number; count?: number }): Answer;
  /** A message that the program has seen, or null. */
  findMessage(ID: string): Message<Word> | null;
  setMessageRead(options: { conversationID: string }): Answer;
  setAllMessageRead(options?: { scope?: Word | string }): Answer;
  sendMessageReadReceipt(messageList: Message<Word>[]): Answer;
  getMessageReadReceiptList(messageList: Message<Word>[]): Answer;
  getGroupMessageReadMemberList(options: { message: Message<Word>; filter?: number; cursor?: string; count?: number }): Answer;
  setMessageExtensions(message: Message<Word>, extensions: any[]): Answer;
  getMessageExtensions(message: Message<Word>, keyList?: any[]): Answer;
  deleteMessageExtensions(message: Message<Word>, keyList?: any[]): Answer;
  translateText(options: { sourceTextList: string[]; sourceLanguage: string; targetLanguage: string }): Answer;

  /** `{conversationList, isSyncCompleted}`: all, those of a list, or those that a filter wants. */
  getConversationList(options?: string[] | { type?: Word | string; groupName?: string; markType?: number; hasUnreadCount?: boolean; hasGroupAtInfo?: boolean }): Answer;
  getConversationProfile(conversationID: string): Answer;
  deleteConversation(options: string | { conversationIDList: string[]; clearHistoryMessage?: boolean }): Answer;
  clearHistoryMessage(conversationID: string): Answer;
  pinConversation(options: { conversationID: string; isPinned: boolean }): Answer;
  setMessageRemindType(options: { groupID?: string; userIDList?: string[]; messageRemindType: Word | string }): Answer;
  getTotalUnreadMessageCount(): number;
  setConversationCustomData(options: { conversationIDList: string[]; customData: string }): Answer;
  markConversation(options: { conversationIDList: string[]; markType: number; enableMark: boolean }): Answer;
  getConversationGroupList(): Answer;
  createConversationGroup(options: { conversationIDList: string[]; groupName: string }): Answer;
  deleteConversationGroup(groupName: string): Answer;
  renameConversationGroup(options: { oldName: string; newName: string }): Answer;
  addConversationsToGroup(options: { conversationIDList: string[]; groupName: string }): Answer;
  deleteConversationsFromGroup(options: { conversationIDList: string[]; groupName: string }): Answer;

  getGroupList(options?: { groupProfileFilter?: string[] }): Answer;
  getGroupProfile(options: { groupID: string; groupCustomFieldFilter?: string[] }): Answer;
  createGroup(options: Named<GroupFields<Word> & { type?: Word | string; groupID?: string; memberList?: any[]; [other: string]: any }>): Answer;
  updateGroupProfile(options: { groupID: string } & GroupFields<Word>): Answer;
  dismissGroup(groupID: string): Answer;
  /** `{status, group}`. */
  joinGroup(options: { groupID: string; applyMessage?: string; [other: string]: any }): Answer;
  quitGroup(groupID: string): Answer;
  searchGroupByID(groupID: string): Answer;
  getGroupOnlineMemberCount(groupID: string): Answer;
  changeGroupOwner(options: { groupID: string; newOwnerID: string }): Answer;
  getGroupApplicationList(): Answer;
  handleGroupApplication(options: { handleAction: string; handleMessage?: string; message?: Message<Word>; application?: any }): Answer;
  initGroupAttributes(options: { groupID: string; groupAttributes: any }): Answer;
  setGroupAttributes(options: { groupID: string; groupAttributes: any }): Answer;
  deleteGroupAttributes(options: { groupID: string; keyList?: string[] }): Answer;
  getGroupAttributes(options: { groupID: string; keyList?: string[] }): Answer;
  setGroupCounters(options: { groupID: string; counters: any }): Answer;
  increaseGroupCounter(options: { groupID: string; key: string; value: number }): Answer;
  decreaseGroupCounter(options: { groupID: string; key: string; value: number }): Answer;
  getGroupCounters(options: { groupID: string; keyList?: string[] }): Answer;
  getJoinedCommunityList(): Answer;
  createTopicInCommunity(options: { groupID: string; topicName: string; [other: string]: any }): Answer;
  deleteTopicFromCommunity(options: { groupID: string; topicIDList?: string[] }): Answer;
  updateTopicProfile(options: { groupID: string; topicID: string; [other: string]: any }): Answer;
  getTopicList(options: { groupID: string; topicIDList?: string[] }): Answer;

  /** `{memberList, offset}`: go on with the offset; 0 is the end. */
  getGroupMemberList(options: { groupID: string; count?: number; offset?: number | string; role?: string; [other: string]: any }): Answer;
  getGroupMemberProfile(options: { groupID: string; memberCustomFieldFilter?: string[] } & Users): Answer;
  addGroupMember(options: { groupID: string } & Users): Answer;
  deleteGroupMember(options: { groupID: string; reason?: string; duration?: number } & Users): Answer;
  setGroupMemberMuteTime(options: { groupID: string; userID: string; muteTime: number }): Answer;
  setGroupMemberRole(options: { groupID: string; userID: string; role: Word | string }): Answer;
  setGroupMemberNameCard(options: { groupID: string; userID?: string; nameCard: string }): Answer;
  setGroupMemberCustomField(options: { groupID: string; userID?: string; memberCustomField: any[] }): Answer;
  markGroupMemberList(options: { groupID: string; markType: number; enableMark: boolean } & Users): Answer;

  getMyProfile(): Answer;
  getUserProfile(options: Users): Answer;
  updateMyProfile(options: object): Answer;
  getBlacklist(): Answer;
  addToBlacklist(options: Users): Answer;
  removeFromBlacklist(options: Users): Answer;
  setSelfStatus(options: { customStatus: string }): Answer;
  getUserStatus(options: Users): Answer;
  subscribeUserStatus(options: Users): Answer;
  unsubscribeUserStatus(options?: Partial<Users>): Answer;

  getFriendList(): Answer;
  /** `{userID, code}`: 0, or 30539 if the other has to confirm. */
  addFriend(options: { to: string; source: string; wording?: string; type?: Word | string; remark?: string; groupName?: string }): Answer;
  deleteFriend(options: { type?: Word | string } & Users): Answer;
  checkFriend(options: { type?: Word | string } & Users): Answer;
  getFriendProfile(options: Users): Answer;
  updateFriend(options: { userID: string; remark?: string; friendCustomField?: any[] }): Answer;
  getFriendApplicationList(): Answer;
  acceptFriendApplication(options: { userID: string; type?: Word | string; remark?: string; [other: string]: any }): Answer;
  refuseFriendApplication(options: { userID: string }): Answer;
  deleteFriendApplication(options: { userID: string; type?: Word | string }): Answer;
  setFriendApplicationRead(): Answer;
  getFriendGroupList(): Answer;
  createFriendGroup(options: Named<Partial<Users>>): Answer;
  deleteFriendGroup(options: Named<{}>): Answer;
  renameFriendGroup(options: { oldName: string; newName: string }): Answer;
  addToFriendGroup(options: Named<Users>): Answer;
  removeFromFriendGroup(options: Named<Users>): Answer;

  callExperimentalAPI(name: string, param?: any): Promise<any>;
}
