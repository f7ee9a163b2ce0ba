// A program as it is written for @tencentcloud/chat, for the compiler alone.

import TencentCloudChat, { type ChatSDK, type Conversation, type Group, type Message, type Profile, type Signaling } from '@tencentcloud/chat';
import TIMUploadPlugin from 'tim-upload-plugin';

const { EVENT, TYPES, TSignaling } = TencentCloudChat;

/** What a list shows of a conversation. */
interface Row {
  id: string;
  type: TencentCloudChat.TYPES;
  title: string;
  unread: number;
  last: string;
}

class Client {
  chat: ChatSDK = TencentCloudChat.create({ SDKAppID: 1400000001 });
  rows: Row[] = [];
  private waiting: Record<string, (message: Message) => void> = {};

  constructor() {
    this.chat.setLogLevel(1);
    this.chat.registerPlugin({ 'tim-upload-plugin': TIMUploadPlugin });
    console.log(TIMUploadPlugin.getVersion());
    this.chat.on(EVENT.SDK_READY, this.onReady, this);
    this.chat.on(EVENT.MESSAGE_RECEIVED, (event: { name: string; data: Message[] }) => event.data.forEach((it) => this.show(it)));
    this.chat.on(EVENT.CONVERSATION_LIST_UPDATED, ({ data }: { data: Array<Conversation> }) => (this.rows = data.map(row)));
    this.chat.on(EVENT.GROUP_LIST_UPDATED, function (this: unknown, event: { data: Group[] }) {
      console.log(event.data.length);
    });
    this.chat.on(EVENT.KICKED_OUT, ({ data }: any) => data.type === TYPES.KICKED_OUT_MULT_DEVICE && this.chat.destroy());
    this.chat.addSignalingListener(TSignaling.NEW_INVITATION_RECEIVED, this.onInvited, this);
  }

  async login(userID: string, userSig: string): Promise<boolean> {
    const { data } = await this.chat.login({ userID, userSig });
    return data.repeatLogin === true || this.chat.getLoginUser() === userID;
  }

  async onReady(): Promise<void> {
    const profile: Profile = (await this.chat.getMyProfile()).data;
    const gender: TencentCloudChat.TYPES = profile.gender;
    if (gender === TYPES.GENDER_UNKNOWN) await this.chat.updateMyProfile({ nick: profile.nick || profile.userID, gender: TYPES.GENDER_FEMALE });
    const unread: number = this.chat.getTotalUnreadMessageCount();
    if (unread > 0) await this.chat.setAllMessageRead({ scope: TYPES.READ_ALL_C2C_MSG });
  }

  async say(to: string, text: string, conversationType: TencentCloudChat.TYPES = TencentCloudChat.TYPES.CONV_C2C): Promise<Message> {
    const message: Message = this.chat.createTextMessage({ to, conversationType, priority: TYPES.MSG_PRIORITY_HIGH, payload: { text }, needReadReceipt: true });
    this.waiting[message.ID] = (it) => console.log(it.readReceiptInfo.readCount);
    const { data } = await this.chat.sendMessage(message, { offlinePushInfo: { title: to, description: text }, messageControlInfo: { excludedFromUnreadCount: false } });
    return data.message;
  }

  async history(conversationID: string): Promise<Message[]> {
    let list: Message[] = [];
    let nextReqMessageID: string | undefined;
    do {
      const { data } = await this.chat.getMessageList({ conversationID, nextReqMessageID });
      list = [...data.messageList, ...list];
      nextReqMessageID = data.isCompleted ? undefined : data.nextReqMessageID;
    } while (nextReqMessageID);
    await this.chat.setMessageRead({ conversationID });
    return list;
  }

  async meet(name: string, users: string[]): Promise<Group> {
    const options = { type: TYPES.GRP_WORK, name, memberList: users.map((userID) => ({ userID })), groupCustomField: [{ key: 'sort', value: 'tea' }] };
    const group: Group = (await this.chat.createGroup(options)).data.group;
    await this.chat.setGroupMemberRole({ groupID: group.groupID, userID: users[0]!, role: TYPES.GRP_MBR_ROLE_ADMIN });
    const { data } = await this.chat.getGroupMemberList({ groupID: group.groupID, count: 30, offset: 0 });
    console.log(group.selfInfo.role, data.memberList.length, group.memberCount);
    return group;
  }

  async react(message: Message): Promise<void> {
    await this.chat.addMessageReaction(message, 'smile');
    const { resultList } = (await this.chat.getMessageReactions({ messageList: [message], maxUserCountPerReaction: 5 })).data;
    console.log(resultList[0].reactionList, message.revokerInfo?.nick, message.hasRiskContent);
    const known: Message | null = this.chat.findMessage(message.ID);
    if (known) await this.chat.revokeMessage(known);
  }

  onInvited(event: any): void {
    this.chat.accept({ inviteID: event.data.inviteID, data: 'yes' }).catch((why: any) => console.warn(why.code, why.message));
  }

  show(message: Message): string {
    const signal: Signaling | null = this.chat.getSignalingInfo(message);
    if (signal?.actionType === TSignaling.ACTION_TYPE_INVITE) return `${signal.inviter} calls`;
    switch (message.type) {
      case TencentCloudChat.TYPES.MSG_TEXT:
        return message.payload.text;
      case TencentCloudChat.TYPES.MSG_IMAGE:
        return message.payload.imageInfoArray[0].imageUrl;
      default:
        return message.type === TYPES.MSG_GRP_TIP ? 'a tip' : 'something';
    }
  }
}

function row(it: Conversation): Row {
  const title = it.type === TencentCloudChat.TYPES.CONV_GROUP ? it.groupProfile.name : it.remark || it.userProfile.nick;
  return { id: it.conversationID, type: it.type, title, unread: it.unreadCount, last: it.lastMessage.messageForShow };
}

export const client = new Client();
client.say('bob', 'hello').then((message) => client.react(message));
// @ts-expect-error a message has to be for somebody
client.chat.createTextMessage({ conversationType: TYPES.CONV_C2C, payload: { text: 'hello' } });
