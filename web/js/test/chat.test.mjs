// People chat: texts, history, unread counts, read marks, and messages that are taken back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { load, World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

test('bob receives what alice writes, and both see the same message', async () => {
  const [alice, bob] = await world.people('alice', 'bob');
  const { EVENT, TYPES } = alice.TIM;
  const message = alice.tim.createTextMessage({ to: 'bob', conversationType: TYPES.CONV_C2C, payload: { text: 'hello' }, cloudCustomData: 'note' });
  assert.deepEqual([message.status, message.flow, message.type, message.payload], ['unSend', 'out', TYPES.MSG_TEXT, { text: 'hello' }]);
  const answer = await alice.tim.sendMessage(message);
  assert.deepEqual(Object.keys(answer), ['code', 'data']);
  assert.equal(answer.data.message, message);
  assert.equal(message.status, 'success');
  const received = await bob.receives('hello');
  assert.equal(received.ID, message.ID);
  assert.deepEqual(
    [received.from, received.to, received.flow, received.conversationID, received.conversationType, received.cloudCustomData],
    ['alice', 'bob', 'in', 'C2Calice', 'C2C', 'note'],
  );
  assert.equal(bob.tim.findMessage(received.ID), received);
  assert.equal(bob.tim.findMessage('none'), null);
  assert.equal(alice.count(EVENT.MESSAGE_RECEIVED), 0);
});

test('a conversation has its name, its last message and what is unread', async () => {
  const [alice, bob] = await world.people('alice2', 'bob2');
  const { EVENT } = bob.TIM;
  await alice.tim.updateMyProfile({ nick: 'Alice' });
  await alice.says('one', 'bob2');
  await alice.says('two', 'bob2');
  await bob.receives('two');
  const [told] = await bob.event(EVENT.CONVERSATION_LIST_UPDATED, ([first]) => first?.unreadCount === 2);
  const { conversationList, isSyncCompleted } = (await bob.tim.getConversationList()).data;
  assert.equal(isSyncCompleted, true);
  assert.equal(conversationList.length, 1);
  for (const it of [told, conversationList[0]]) {
    assert.deepEqual([it.conversationID, it.type, it.subType, it.unreadCount], ['C2Calice2', 'C2C', '', 2]);
    assert.deepEqual(it.userProfile, { userID: 'alice2', nick: 'Alice', avatar: '' });
    const { messageForShow, fromAccount, payload, lastSequence, isRevoked, nick } = it.lastMessage;
    assert.deepEqual([messageForShow, fromAccount, payload.text, lastSequence, isRevoked, nick], ['two', 'alice2', 'two', 2, false, 'Alice']);
  }
  await bob.event(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 2);
  assert.equal(bob.tim.getTotalUnreadMessageCount(), 2);
  assert.deepEqual(await bob.tim.setMessageRead({ conversationID: 'C2Calice2' }), { code: 0, data: {} });
  await bob.event(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 0);
  assert.equal(bob.tim.getTotalUnreadMessageCount(), 0);
});

test('the sender hears that the other side has read', async () => {
  const [alice, bob] = await world.people('alice3', 'bob3');
  const { EVENT } = alice.TIM;
  const message = await alice.says('read me', 'bob3');
  assert.equal(message.isPeerRead, false);
  await bob.receives('read me');
  await bob.tim.setMessageRead({ conversationID: 'C2Calice3' });
  const [read] = await alice.event(EVENT.MESSAGE_READ_BY_PEER);
  assert.equal(read, message);
  assert.equal(message.isPeerRead, true);
  const { conversation } = (await alice.tim.getConversationProfile('C2Cbob3')).data;
  assert.deepEqual([conversation.peerReadTime, conversation.lastMessage.isPeerRead], [message.time, true]);
});

test('a message that is sent already is refused, and stays sent', async () => {
  const [alice, bob] = await world.people('alice7', 'bob7');
  const message = await alice.says('once', 'bob7');
  for (const again of [alice.tim.sendMessage(message), alice.tim.resendMessage(message)]) await assert.rejects(again, { code: 2105 });
  assert.equal(message.status, 'success');
  await bob.receives('once');
  await alice.says('twice', 'bob7');
  await bob.receives('twice');
  assert.equal((await bob.tim.getMessageList({ conversationID: 'C2Calice7' })).data.messageList.length, 2);
});

test('a message that asks for a receipt gets one', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const message = await alice.says('sign here', 'bob4', 'C2C', { needReadReceipt: true });
  const received = await bob.receives('sign here');
  assert.equal(received.needReadReceipt, true);
  const confirmed = (await bob.tim.sendMessageReadReceipt([received])).data.messageList;
  assert.deepEqual(confirmed, [received]);
  const [receipt] = await alice.event(alice.TIM.EVENT.MESSAGE_READ_RECEIPT_RECEIVED);
  assert.deepEqual(receipt, { userID: 'bob4', messageID: message.ID, isPeerRead: true });
  assert.equal(message.readReceiptInfo.isPeerRead, true);
  const [asked] = (await alice.tim.getMessageReadReceiptList([message])).data.messageList;
  assert.equal(asked, message);
});

test('history comes in pages, and from any place on', async () => {
  const [alice, bob] = await world.people('alice5', 'bob5');
  for (let number = 1; number <= 20; number += 1) await alice.says(`number ${number}`, 'bob5');
  await bob.receives('number 20');
  const conversationID = 'C2Calice5';
  const newest = (await bob.tim.getMessageList({ conversationID })).data;
  assert.equal(newest.messageList.length, 15);
  assert.equal(newest.messageList[0].payload.text, 'number 6');
  assert.equal(newest.isCompleted, false);
  const older = (await bob.tim.getMessageList({ conversationID, nextReqMessageID: newest.nextReqMessageID })).data;
  assert.deepEqual(older.messageList.map((it) => it.payload.text), ['number 1', 'number 2', 'number 3', 'number 4', 'number 5']);
  assert.deepEqual([older.nextReqMessageID, older.isCompleted], ['', true]);
  const hopped = (await bob.tim.getMessageListHopping({ conversationID, sequence: 10, direction: 1, count: 3 })).data;
  assert.deepEqual(hopped.messageList.map((it) => it.sequence), [10, 11, 12]);
  assert.equal(hopped.nextMessageTime, hopped.messageList[2].time);
  assert.equal(hopped.messageList[0], newest.messageList[4]);
  assert.equal((await bob.tim.clearHistoryMessage(conversationID)).data.conversationID, conversationID);
  assert.deepEqual((await bob.tim.getMessageList({ conversationID })).data.messageList, []);
});

test('a message is modified, revoked and deleted', async () => {
  const [alice, bob] = await world.people('alice6', 'bob6');
  const { EVENT } = alice.TIM;
  const message = await alice.says('helo', 'bob6');
  const received = await bob.receives('helo');
  message.payload.text = 'hello';
  const modified = (await alice.tim.modifyMessage(message)).data.message;
  assert.equal(modified, message);
  const [changed] = await bob.event(EVENT.MESSAGE_MODIFIED);
  assert.equal(changed, received);
  assert.deepEqual([received.payload.text, received.isModified, received.version], ['hello', true, 1]);
  assert.equal((await alice.tim.revokeMessage(message)).data.message.isRevoked, true);
  const [revoked] = await bob.event(EVENT.MESSAGE_REVOKED);
  assert.equal(revoked, received);
  assert.deepEqual([revoked.isRevoked, revoked.revoker, revoked.type], [true, 'alice6', bob.TIM.TYPES.MSG_TEXT]);
  assert.equal(revoked.payload.text, 'hello');
  const { messageList } = (await bob.tim.deleteMessage([revoked])).data;
  assert.deepEqual([messageList[0], revoked.isDeleted], [revoked, true]);
  assert.deepEqual((await bob.tim.getMessageList({ conversationID: 'C2Calice6' })).data.messageList, []);
});

test('every kind of message without a file arrives as it was made', async () => {
  const [alice, bob] = await world.people('alice7', 'bob7');
  const { TYPES, EVENT } = alice.TIM;
  const to = { to: 'bob7', conversationType: TYPES.CONV_C2C };
  const payloads = [
    ['createCustomMessage', TYPES.MSG_CUSTOM, { data: 'dice', description: 'a throw', extension: '6' }],
    ['createFaceMessage', TYPES.MSG_FACE, { index: 3, data: 'smile' }],
    ['createLocationMessage', TYPES.MSG_LOCATION, { description: 'here', longitude: 113.95, latitude: 22.54 }],
  ];
  for (const [create, type, payload] of payloads) {
    const message = alice.tim[create]({ ...to, payload });
    assert.deepEqual([message.type, message.payload], [type, payload]);
    await alice.tim.sendMessage(message);
    const received = await bob.message((it) => it.type === type);
    assert.deepEqual(received.payload, payload);
    const forward = bob.tim.createForwardMessage({ to: 'alice7', conversationType: TYPES.CONV_C2C, payload: received });
    await bob.tim.sendMessage(forward);
    const back = await alice.message((it) => it.type === type);
    assert.deepEqual(back.payload, payload);
  }
});

test('messages are merged into one', async () => {
  const [alice, bob] = await world.people('alice8', 'bob8');
  const { TYPES, EVENT } = alice.TIM;
  const messageList = [await alice.says('first', 'bob8'), await alice.says('second', 'bob8')];
  await bob.receives('second');
  const text = { title: 'two texts', abstractList: ['alice8: first', 'alice8: second'], compatibleText: 'see the app' };
  const merger = alice.tim.createMergerMessage({ to: 'bob8', conversationType: TYPES.CONV_C2C, payload: { messageList, ...text } });
  await alice.tim.sendMessage(merger);
  const received = await bob.message((it) => it.type === TYPES.MSG_MERGER);
  const { title, abstractList, compatibleText, messageList: merged } = received.payload;
  assert.deepEqual({ title, abstractList, compatibleText }, text);
  assert.deepEqual(merged.map((it) => [it.from, it.messageBody[0]]), [
    ['alice8', { type: TYPES.MSG_TEXT, payload: { text: 'first' } }],
    ['alice8', { type: TYPES.MSG_TEXT, payload: { text: 'second' } }],
  ]);
  assert.equal(await bob.tim.downloadMergerMessage(received), received);
  assert.equal(received.payload.messageList[1].messageBody[0].payload.text, 'second');
});

test('a message that is refused says why, and can be sent again', async () => {
  const [alice, bob] = await world.people('alice9', 'bob9');
  await bob.tim.addToBlacklist({ userIDList: ['alice9'] });
  const message = alice.tim.createTextMessage({ to: 'bob9', conversationType: 'C2C', payload: { text: 'hear me' } });
  const why = await alice.tim.sendMessage(message).catch((error) => error);
  assert.equal(why.code, 20007);
  assert.equal(why.data.message, message);
  assert.equal(message.status, 'fail');
  await bob.tim.removeFromBlacklist({ userIDList: ['alice9'] });
  const sent = (await alice.tim.resendMessage(message)).data.message;
  assert.equal(sent, message);
  assert.equal(message.status, 'success');
  assert.equal((await bob.receives('hear me')).ID, message.ID);
});

test('a copy of a message serves as the message does', async () => {
  const [alice, bob] = await world.people('alice10', 'bob10');
  const message = alice.tim.createTextMessage({ to: 'bob10', conversationType: 'C2C', payload: { text: 'copied' } });
  const copy = JSON.parse(JSON.stringify(message));
  assert.equal((await alice.tim.sendMessage(copy)).data.message, copy);
  assert.deepEqual([copy.status, message.status], ['success', 'success']);
  await bob.receives('copied');
});

test('a message that is sent to those who are online is stored nowhere', async () => {
  const [alice, bob] = await world.people('alice11', 'bob11');
  const message = alice.tim.createTextMessage({ to: 'bob11', conversationType: 'C2C', payload: { text: 'typing' } });
  await alice.tim.sendMessage(message, { onlineUserOnly: true });
  assert.equal((await bob.receives('typing')).isOnlineOnly, true);
  assert.deepEqual((await bob.tim.getConversationList()).data.conversationList, []);
});

test('conversations are pinned, marked, muted and deleted', async () => {
  const [alice, bob] = await world.people('alice12', 'bob12');
  const { EVENT, TYPES } = bob.TIM;
  await alice.says('hi', 'bob12');
  await bob.receives('hi');
  const conversationID = 'C2Calice12';
  const conversationIDList = [conversationID];
  const all = { successConversationIDList: conversationIDList, failureConversationIDList: [] };
  assert.deepEqual((await bob.tim.pinConversation({ conversationID, isPinned: true })).data, { conversationID });
  for (const markType of [TYPES.CONV_MARK_TYPE_STAR, 2 ** 62, 2 ** 63]) {
    assert.deepEqual((await bob.tim.markConversation({ conversationIDList, markType, enableMark: true })).data, all);
  }
  assert.deepEqual((await bob.tim.setConversationCustomData({ conversationIDList, customData: 'work' })).data, all);
  const muted = await bob.tim.setMessageRemindType({ userIDList: ['alice12'], messageRemindType: TYPES.MSG_REMIND_ACPT_NOT_NOTE });
  assert.deepEqual(muted.data, { successUserIDList: [{ userID: 'alice12' }], failureUserIDList: [] });
  const [it] = await bob.event(EVENT.CONVERSATION_LIST_UPDATED, ([first]) => first?.messageRemindType === TYPES.MSG_REMIND_ACPT_NOT_NOTE);
  assert.deepEqual([it.isPinned, it.customData, [...it.markList].sort()], [true, 'work', [1, 2 ** 62, 2 ** 63]]);
  const marked = (await bob.tim.getConversationList({ markType: TYPES.CONV_MARK_TYPE_STAR })).data.conversationList;
  assert.deepEqual(marked.map((found) => found.conversationID), conversationIDList);
  assert.equal((await bob.tim.getConversationList([conversationID])).data.conversationList.length, 1);
  assert.deepEqual((await bob.tim.getConversationGroupList()).data, []);
  assert.deepEqual((await bob.tim.getConversationList({ groupName: 'work' })).data.conversationList, []);
  assert.deepEqual((await bob.tim.deleteConversation(conversationID)).data, { conversationID });
  assert.deepEqual((await bob.tim.getConversationList()).data.conversationList, []);
  assert.equal((await bob.tim.deleteConversation('C2Cnobody').catch((why) => why)).code, 2500);
});

test('a conversation in which nothing was said has a profile', async () => {
  const [alice] = await world.people('alice13', 'bob13');
  const { conversation } = (await alice.tim.getConversationProfile('C2Cbob13')).data;
  assert.deepEqual([conversation.conversationID, conversation.unreadCount, conversation.userProfile.userID], ['C2Cbob13', 0, 'bob13']);
  assert.equal((await alice.tim.getConversationProfile('C2Cnobody').catch((why) => why)).code, 2500);
});

test('what was said while bob was away is unread when he is back', async () => {
  const [alice, bob] = await world.people('alice16', 'bob16');
  await bob.tim.logout();
  await alice.says('are you there?', 'bob16');
  await bob.login();
  assert.equal(bob.tim.getTotalUnreadMessageCount(), 1);
  const { conversationList } = (await bob.tim.getConversationList()).data;
  assert.deepEqual(conversationList.map((it) => [it.conversationID, it.unreadCount]), [['C2Calice16', 1]]);
  const { messageList } = (await bob.tim.getMessageList({ conversationID: 'C2Calice16' })).data;
  assert.deepEqual(messageList.map((it) => it.payload.text), ['are you there?']);
});

test('all is read at once', async () => {
  const [alice, bob] = await world.people('alice14', 'bob14');
  await alice.says('one', 'bob14');
  await bob.event(bob.TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 1);
  await bob.tim.setAllMessageRead();
  await bob.event(bob.TIM.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, (count) => count === 0);
});

test('what the engine cannot do yet refuses with its name', async () => {
  const [alice] = await world.people('alice15');
  for (const method of ['translateText', 'setGroupCounters', 'getTopicList']) {
    const why = await alice.tim[method]({}).catch((error) => error);
    assert.equal(why.code, 130103);
    assert.match(why.message, new RegExp(`^${method}: `));
  }
});

test('bob connects where an attempt before ended in an error alone, as in Node 22', async () => {
  const { default: Socket } = await import('ws');
  const usual = globalThis.WebSocket;
  let attempts = 0;
  globalThis.WebSocket = function (url, protocol) {
    attempts += 1;
    if (attempts > 1) return new Socket(url, protocol);
    const failed = Object.assign(new EventTarget(), { close: () => {} });
    queueMicrotask(() => failed.onerror?.(new Event('error')));
    return failed;
  };
  try {
    await world.people('bob17');
    assert.ok(attempts > 1);
  } finally {
    globalThis.WebSocket = usual;
  }
});

test('an address of a server that is none is refused at once', async (t) => {
  t.mock.method(console, 'error', () => {});
  const TIM = await load();
  const addresses = ['wss://a:b:c', 'wss://[', 'wss://', 'ws://chat.example', 'https://chat.example', 'wss://chat.example/a'];
  for (const [place, server] of addresses.entries()) {
    const tim = TIM.create({ SDKAppID: 100 + place, server });
    const why = await tim.login({ userID: 'alice', userSig: 'sig' }).catch((error) => error);
    assert.equal(why.code, 130165, server);
  }
});
