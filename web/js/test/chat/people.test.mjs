// People chat by the API of @tencentcloud/chat: texts, history, receipts, reactions, what is taken back, typing, pictures.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { picture } from '../picture.mjs';
import { World } from '../world.mjs';

let world;
before(async () => (world = await World.start('@tencentcloud/chat')));
after(() => world.end());

test('alice knows who she is, that all is ready, and what time it is', async () => {
  const [alice] = await world.people('alice');
  assert.deepEqual([alice.tim.getLoginUser(), alice.tim.isReady()], ['alice', true]);
  const [before, time] = [Date.now(), alice.tim.getServerTime()];
  // The server is this machine.
  assert.ok(time >= before && time <= Date.now(), `${time} is not ${before}`);
  await alice.tim.logout();
  assert.deepEqual([alice.tim.getLoginUser(), alice.tim.isReady()], ['', false]);
  await alice.login();
  await alice.tim.destroy();
  assert.deepEqual([alice.tim.getLoginUser(), alice.tim.isReady()], ['', false]);
});

test('bob reads what alice wrote, page by page, and she hears of it', async () => {
  const [alice, bob] = await world.people('alice1', 'bob1');
  const { EVENT } = alice.TIM;
  const sent = [];
  for (let number = 1; number <= 17; number += 1) sent.push(await alice.says(`number ${number}`, 'bob1'));
  await bob.receives('number 17');
  await bob.event(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 17);
  const conversationID = 'C2Calice1';
  const newest = (await bob.tim.getMessageList({ conversationID })).data;
  assert.deepEqual([newest.messageList.length, newest.isCompleted], [15, false]);
  const { nextReqMessageID } = newest;
  const older = (await bob.tim.getMessageList({ conversationID, nextReqMessageID })).data;
  assert.deepEqual(older.messageList.map((it) => it.payload.text), ['number 1', 'number 2']);
  assert.deepEqual([older.nextReqMessageID, older.isCompleted], ['', true]);
  assert.deepEqual(await bob.tim.setMessageRead({ conversationID }), { code: 0, data: {} });
  await bob.event(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 0);
  assert.equal(bob.tim.getTotalUnreadMessageCount(), 0);
  await alice.event(EVENT.MESSAGE_READ_BY_PEER, (list) => list.includes(sent[16]));
  assert.equal(sent[16].isPeerRead, true);
});

test('a message that asks for a receipt gets one', async () => {
  const [alice, bob] = await world.people('alice2', 'bob2');
  const message = await alice.says('sign here', 'bob2', 'C2C', { needReadReceipt: true });
  await bob.tim.sendMessageReadReceipt([await bob.receives('sign here')]);
  const [receipt] = await alice.event(alice.TIM.EVENT.MESSAGE_READ_RECEIPT_RECEIVED);
  assert.deepEqual(receipt, { userID: 'bob2', messageID: message.ID, isPeerRead: true });
  assert.equal(message.readReceiptInfo.isPeerRead, true);
});

test('what is taken back says who did it', async () => {
  const [alice, bob] = await world.people('alice3', 'bob3');
  await alice.tim.updateMyProfile({ nick: 'Alice' });
  const message = await alice.says('oops', 'bob3');
  assert.deepEqual(message.revokerInfo, { userID: '', nick: '', avatar: '' });
  await bob.receives('oops');
  assert.equal((await alice.tim.revokeMessage(message)).data.message.isRevoked, true);
  const [revoked] = await bob.event(bob.TIM.EVENT.MESSAGE_REVOKED);
  assert.deepEqual([revoked.isRevoked, revoked.revoker, revoked.revokeReason], [true, 'alice3', '']);
  assert.deepEqual(revoked.revokerInfo, { userID: 'alice3', nick: 'Alice', avatar: '' });
});

test('reactions are given, heard of one message at a time, listed and taken back', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const { MESSAGE_REACTIONS_UPDATED } = alice.TIM.EVENT;
  const message = await alice.says('tea?', 'bob4');
  const received = await bob.receives('tea?');
  assert.deepEqual(await bob.tim.addMessageReaction(received, 'yes'), { code: 0, data: {} });
  const told = await alice.event(MESSAGE_REACTIONS_UPDATED);
  assert.equal(told.messageID, message.ID);
  assert.deepEqual(told.reactionList.map((it) => [it.reactionID, it.totalUserCount, it.reactedByMyself]), [['yes', 1, false]]);
  const { resultList } = (await alice.tim.getMessageReactions({ messageList: [message], maxUserCountPerReaction: 5 })).data;
  const [{ reactionList }] = resultList;
  assert.deepEqual([resultList.length, resultList[0].messageID], [1, message.ID]);
  assert.deepEqual(reactionList[0].partialUserList.map((it) => it.userID), ['bob4']);
  const all = (await alice.tim.getAllUserListOfMessageReaction({ message, reactionID: 'yes', nextSeq: 0, count: 10 })).data;
  assert.deepEqual([all.userList.map((it) => it.userID), all.isCompleted], [['bob4'], true]);
  await bob.tim.removeMessageReaction(received, 'yes');
  await alice.event(MESSAGE_REACTIONS_UPDATED, (it) => it.reactionList.every(({ totalUserCount }) => totalUserCount === 0));
});

test('bob sees that alice is typing, and nothing keeps it', async () => {
  const [alice, bob] = await world.people('alice5', 'bob5');
  const data = JSON.stringify({ businessID: 'user_typing_status', typingStatus: 1 });
  const message = alice.tim.createCustomMessage({ to: 'bob5', conversationType: alice.TIM.TYPES.CONV_C2C, payload: { data, description: '', extension: '' } });
  await alice.tim.sendMessage(message, { onlineUserOnly: true });
  assert.equal((await bob.message((it) => it.type === bob.TIM.TYPES.MSG_CUSTOM)).payload.data, data);
  assert.deepEqual((await bob.tim.getConversationList()).data.conversationList, []);
});

test('a picture arrives with what uploads it registered', async () => {
  const [alice, bob] = await world.people('alice6', 'bob6');
  const { TYPES } = alice.TIM;
  alice.tim.registerPlugin({ 'tim-upload-plugin': class {} });
  const bytes = picture(400, 300);
  const message = alice.tim.createImageMessage({ to: 'bob6', conversationType: TYPES.CONV_C2C, payload: { file: bytes } });
  await alice.tim.sendMessage(message);
  const { imageInfoArray } = (await bob.message((it) => it.type === TYPES.MSG_IMAGE)).payload;
  assert.deepEqual(imageInfoArray.map((it) => it.type), [0, 1, 2]);
  const answer = await fetch(imageInfoArray[0].imageUrl);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes);
});

test('a draft is kept with its conversation', async () => {
  const [alice, bob] = await world.people('alice7', 'bob7');
  await alice.says('well?', 'bob7');
  await bob.receives('well?');
  const conversationID = 'C2Calice7';
  await bob.tim.setConversationDraft({ conversationID, draftText: 'hm' });
  await bob.event(bob.TIM.EVENT.CONVERSATION_LIST_UPDATED, ([it]) => it?.draftText === 'hm');
  await bob.tim.setConversationDraft({ conversationID });
  assert.equal((await bob.tim.getConversationProfile(conversationID)).data.conversation.draftText, '');
});

test('bob does not want to be disturbed at night, or for an hour', async () => {
  const [bob] = await world.people('bob8');
  const { EVENT, TYPES } = bob.TIM;
  const messageRemindType = TYPES.MSG_REMIND_ACPT_NOT_NOTE;
  const none = { messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE, startTime: 0, endTime: 0, isRepeated: false };
  assert.deepEqual((await bob.tim.getAllReceiveMessageOpt()).data, none);
  assert.deepEqual(await bob.tim.setAllReceiveMessageOpt({ messageRemindType, startHour: 22, startMinute: 30, duration: 3600 }), { code: 0, data: {} });
  const nightly = await bob.event(EVENT.ALL_RECEIVE_MESSAGE_OPT_UPDATED);
  const startTime = Math.floor(new Date(nightly.startTime * 1000).setHours(22, 30, 0, 0) / 1000);
  assert.deepEqual(nightly, { messageRemindType, startTime, endTime: startTime + 3600, isRepeated: true });
  assert.deepEqual((await bob.tim.getAllReceiveMessageOpt()).data, nightly);
  await bob.tim.setAllReceiveMessageOpt({ messageRemindType, startHour: 23, duration: 60, isRepeated: false });
  const once = (await bob.tim.getAllReceiveMessageOpt()).data;
  assert.deepEqual([new Date(once.startTime * 1000).getHours(), once.endTime - once.startTime, once.isRepeated], [23, 60, false]);
  await bob.tim.setAllReceiveMessageOpt({ messageRemindType: TYPES.MSG_REMIND_ACPT_AND_NOTE });
  assert.deepEqual((await bob.tim.getAllReceiveMessageOpt()).data, none);
});

test('what was said is found on the server', async () => {
  const [alice, bob] = await world.people('alice9', 'bob9');
  const message = await alice.says('the kettle is on', 'bob9');
  await bob.receives('the kettle is on');
  const search = async () => (await bob.tim.searchCloudMessages({ keywordList: ['kettle'] })).data;
  let found = await search();
  // The server's index is behind by a moment, and it refuses who asks without a pause.
  while (found.searchResultList.length === 0) {
    await new Promise((pause) => setTimeout(pause, 250));
    found = await search();
  }
  const [{ conversationID, messageCount, messageList }] = found.searchResultList;
  assert.deepEqual([found.totalCount, found.cursor, conversationID, messageCount], [1, '', 'C2Calice9', 1]);
  assert.equal(messageList[0], bob.tim.findMessage(message.ID));
});

test('people become friends, and sort them', async () => {
  const [alice] = await world.people('alice10', 'bob10');
  const { EVENT, TYPES } = alice.TIM;
  await alice.tim.addFriend({ to: 'bob10', source: 'AddSource_Type_Web', type: TYPES.SNS_ADD_TYPE_BOTH });
  const [friend] = await alice.event(EVENT.FRIEND_LIST_UPDATED, (list) => list.length === 1);
  assert.deepEqual([friend.userID, friend.profile.userID], ['bob10', 'bob10']);
  assert.equal(friend.profile.lastUpdatedNumber, friend.profile.lastUpdatedTime);
  const { friendGroup } = (await alice.tim.createFriendGroup({ name: 'tea', userIDList: ['bob10'] })).data;
  assert.deepEqual(friendGroup, { name: 'tea', count: 1, userIDList: ['bob10'] });
  const checked = (await alice.tim.checkFriend({ userIDList: ['bob10'], type: TYPES.SNS_CHECK_TYPE_BOTH })).data;
  assert.equal(checked.successUserIDList[0].relation, TYPES.SNS_TYPE_BOTH_WAY);
});

test('what came while bob was away is told when he is back', async () => {
  const [alice, bob] = await world.people('alice11', 'bob11');
  await bob.tim.logout();
  await alice.says('are you there?', 'bob11');
  await bob.login();
  assert.equal((await bob.receives('are you there?')).from, 'alice11');
  assert.equal(bob.tim.getTotalUnreadMessageCount(), 1);
});
