// A program as it is written for tim-js-sdk, for the compiler alone.

import TIM, { type ChatSDK, type Conversation, type Group, type IMEvent, type Message } from 'tim-js-sdk';

const tim: ChatSDK = TIM.create({ SDKAppID: 1400000001, oversea: false });
tim.setLogLevel(1);
tim.on(TIM.EVENT.SDK_READY, onReady);
tim.on(TIM.EVENT.MESSAGE_RECEIVED, (event: IMEvent<Message[]>) => event.data.forEach(show));
tim.on(TIM.EVENT.CONVERSATION_LIST_UPDATED, (event: { data: Conversation[] }) => console.log(event.data.map(title)));
tim.on(TIM.EVENT.GROUP_LIST_UPDATED, function (this: unknown, event: { data: Group[] }) {
  console.log(event.data.length);
});
tim.login({ userID: 'alice', userSig: 'sig' }).then((imResponse: any) => console.log(imResponse.data.repeatLogin));

async function onReady(): Promise<void> {
  const message: Message = tim.createTextMessage({
    to: 'bob',
    conversationType: TIM.TYPES.CONV_C2C,
    priority: TIM.TYPES.MSG_PRIORITY_HIGH,
    payload: { text: 'hello' },
  });
  const { data } = await tim.sendMessage(message, { onlineUserOnly: false });
  const sent: Message = data.message;
  const list: Message[] = (await tim.getMessageList({ conversationID: sent.conversationID })).data.messageList;
  const count: number = tim.getTotalUnreadMessageCount();
  const found: Message | null = tim.findMessage(sent.ID);
  console.log(list.length, count, found?.payload.text);
  await tim.createGroup({ name: 'tea', type: TIM.TYPES.GRP_MEETING, memberList: [{ userID: 'bob', role: 'Admin' }] });
  // @ts-expect-error a message has to be for somebody
  tim.createTextMessage({ conversationType: TIM.TYPES.CONV_C2C, payload: { text: 'hello' } });
}

function show(message: Message): void {
  const type: TIM.TYPES = message.type;
  if (type === TIM.TYPES.MSG_TEXT) console.log(message.from, message.payload.text);
}

const title = (it: Conversation): string => it.groupProfile?.name ?? it.userProfile?.nick ?? it.conversationID;
