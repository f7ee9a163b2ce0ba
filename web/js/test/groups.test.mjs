// People meet in groups: create, join, talk, tips and notices, profiles, members, attributes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

const tipOf = (type) => (it) => it.payload.operationType === type && it.type === 'TIMGroupTipElem';
const noticeOf = (type) => (it) => it.payload.operationType === type && it.type === 'TIMGroupSystemNoticeElem';

/** A group of alice's, whose type people may join. */
async function meeting(alice, more = {}) {
  const { TYPES } = alice.TIM;
  return (await alice.tim.createGroup({ name: 'Tea', type: TYPES.GRP_MEETING, ...more })).data.group;
}

test('bob joins a group of alice and both talk', async () => {
  const [alice, bob] = await world.people('alice', 'bob');
  const { EVENT, TYPES } = alice.TIM;
  const group = await meeting(alice, { groupID: 'tea', introduction: 'about tea', groupCustomField: [{ key: 'sort', value: 'green' }] });
  assert.deepEqual(
    [group.groupID, group.name, group.type, group.ownerID, group.memberCount, group.memberNum, group.introduction, group.groupCustomField],
    ['tea', 'Tea', TYPES.GRP_MEETING, 'alice', 1, 1, 'about tea', [{ key: 'sort', value: 'green' }]],
  );
  assert.deepEqual([group.selfInfo.userID, group.selfInfo.role], ['alice', TYPES.GRP_MBR_ROLE_OWNER]);
  const joined = (await bob.tim.joinGroup({ groupID: 'tea' })).data;
  assert.deepEqual([joined.status, joined.group.groupID], [TYPES.JOIN_STATUS_SUCCESS, 'tea']);
  assert.equal((await bob.tim.joinGroup({ groupID: 'tea' })).data.status, TYPES.JOIN_STATUS_ALREADY_IN_GROUP);

  const tip = await alice.message(tipOf(TYPES.GRP_TIP_MBR_JOIN));
  assert.deepEqual([tip.conversationID, tip.payload.userIDList, tip.payload.memberNum], ['GROUPtea', ['bob'], 2]);
  assert.deepEqual([tip.payload.groupProfile.groupID, tip.payload.groupProfile.groupName], ['tea', 'Tea']);
  assert.deepEqual(tip.payload.memberList.map((it) => it.userID), ['bob']);
  await alice.tim.deleteMessage([tip]);
  await bob.event(EVENT.GROUP_LIST_UPDATED, ([it]) => it?.groupID === 'tea');

  await alice.says('welcome', 'tea', TYPES.CONV_GROUP);
  const received = await bob.receives('welcome');
  assert.deepEqual([received.conversationID, received.conversationType, received.to, received.from], ['GROUPtea', TYPES.CONV_GROUP, 'tea', 'alice']);
  const { conversation } = (await bob.tim.getConversationProfile('GROUPtea')).data;
  assert.deepEqual([conversation.subType, conversation.groupProfile.name, conversation.groupProfile.ownerID], [TYPES.GRP_MEETING, 'Tea', 'alice']);

  await bob.event(EVENT.CONVERSATION_LIST_UPDATED, ([it]) => it?.lastMessage.payload?.text === 'welcome');
  const [{ lastMessage, nextMessageSeq }] = (await bob.tim.getGroupList()).data.groupList;
  assert.deepEqual([lastMessage.fromAccount, lastMessage.messageForShow, nextMessageSeq], ['alice', 'welcome', received.sequence + 1]);

  assert.deepEqual((await bob.tim.quitGroup('tea')).data, { groupID: 'tea' });
  await alice.message(tipOf(TYPES.GRP_TIP_MBR_QUIT));
  assert.equal((await bob.tim.quitGroup('tea').catch((why) => why)).code, 10007);
});

test('messages in a group mention members, and tell who read them', async () => {
  const [alice, bob, carol] = await world.people('alice2', 'bob2', 'carol2');
  const { EVENT, TYPES } = alice.TIM;
  const { group, overLimitUserIDList } = (await alice.tim.createGroup({ name: 'Work', memberList: [{ userID: 'bob2' }, { userID: 'carol2' }] })).data;
  assert.deepEqual([group.type, group.memberNum, overLimitUserIDList], [TYPES.GRP_WORK, 3, []]);
  const { groupID } = group;
  const payload = { text: '@bob2 look', atUserList: ['bob2'] };
  const message = alice.tim.createTextAtMessage({ to: groupID, conversationType: TYPES.CONV_GROUP, payload, needReadReceipt: true });
  assert.deepEqual(message.atUserList, ['bob2']);
  await alice.tim.sendMessage(message);
  const received = await bob.receives('@bob2 look');
  await carol.receives('@bob2 look');
  const mine = ([it]) => it?.groupAtInfoList.length === 1;
  const [{ groupAtInfoList }] = await bob.event(EVENT.CONVERSATION_LIST_UPDATED, mine);
  assert.deepEqual(groupAtInfoList, [{ from: 'alice2', groupID, topicID: '', messageSequence: received.sequence, atTypeArray: [TYPES.CONV_AT_ME] }]);
  await bob.tim.sendMessageReadReceipt([received]);
  const [receipt] = await alice.event(EVENT.MESSAGE_READ_RECEIPT_RECEIVED);
  assert.deepEqual(receipt, { groupID, messageID: message.ID, readCount: 1, unreadCount: 1 });
  const readers = async (filter) => (await alice.tim.getGroupMessageReadMemberList({ message, filter })).data;
  assert.deepEqual((await readers(0)).readUserIDList, ['bob2']);
  assert.deepEqual((await readers(1)).unreadUserIDList, ['carol2']);
});

test('a message to some of a group reaches nobody else', async () => {
  const [alice, bob, carol] = await world.people('alice3', 'bob3', 'carol3');
  const { TYPES } = alice.TIM;
  const { groupID } = (await alice.tim.createGroup({ name: 'Work', memberList: [{ userID: 'bob3' }, { userID: 'carol3' }] })).data.group;
  await alice.says('for bob', groupID, TYPES.CONV_GROUP, { receiverList: ['bob3'] });
  await alice.says('for all', groupID, TYPES.CONV_GROUP);
  await bob.receives('for bob');
  await carol.receives('for all');
  const { messageList } = (await carol.tim.getMessageList({ conversationID: `GROUP${groupID}` })).data;
  assert.deepEqual(messageList.map((it) => it.payload.text).filter(Boolean), ['for all']);
});

test('an application to join is accepted by the owner', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const { EVENT, TYPES } = alice.TIM;
  const { group } = (await alice.tim.createGroup({ name: 'Club', type: TYPES.GRP_PUBLIC, groupID: 'club' })).data;
  assert.equal(group.joinOption, TYPES.JOIN_OPTIONS_NEED_PERMISSION);
  assert.equal((await bob.tim.joinGroup({ groupID: 'club', applyMessage: 'may I?' })).data.status, TYPES.JOIN_STATUS_WAIT_APPROVAL);
  const message = await alice.message(noticeOf(1));
  assert.deepEqual([message.conversationID, message.payload.operatorID, message.payload.groupProfile.groupID], [TYPES.CONV_SYSTEM, 'bob4', 'club']);
  const handled = await alice.tim.handleGroupApplication({ handleAction: 'Agree', handleMessage: 'welcome', message });
  assert.equal(handled.data.group.memberNum, 2);
  const accepted = await bob.message(noticeOf(2));
  assert.equal(accepted.payload.handleMessage, 'welcome');
  const again = alice.tim.handleGroupApplication({ handleAction: 'Agree', message });
  assert.equal((await again.catch((why) => why)).code, 10024);
});

test('a profile of a group changes, and members hear what', async () => {
  const [alice, bob] = await world.people('alice5', 'bob5');
  const { EVENT, TYPES } = alice.TIM;
  await meeting(alice, { groupID: 'board' });
  await bob.tim.joinGroup({ groupID: 'board' });
  const updated = (await alice.tim.updateGroupProfile({ groupID: 'board', name: 'Board', notification: 'at nine' })).data.group;
  assert.deepEqual([updated.name, updated.notification], ['Board', 'at nine']);
  const tip = await bob.message(tipOf(TYPES.GRP_TIP_GRP_PROFILE_UPDATED));
  assert.deepEqual(tip.payload.newGroupProfile, { groupName: 'Board', notification: 'at nine' });
  assert.equal((await bob.tim.getGroupProfile({ groupID: 'board' })).data.group.name, 'Board');
  assert.equal((await bob.tim.searchGroupByID('board')).data.group.name, 'Board');
  assert.equal((await bob.tim.updateGroupProfile({ groupID: 'board', name: 'Mine' }).catch((why) => why)).code, 10007);
  const muted = (await alice.tim.setMessageRemindType({ groupID: 'board', messageRemindType: TYPES.MSG_REMIND_DISCARD })).data.group;
  assert.equal(muted.selfInfo.messageRemindType, TYPES.MSG_REMIND_DISCARD);
});

test('members are listed, named, muted, promoted and removed', async () => {
  const [alice, bob, carol] = await world.people('alice6', 'bob6', 'carol6');
  const { EVENT, TYPES } = alice.TIM;
  const groupID = 'crew';
  await meeting(alice, { groupID });
  for (const somebody of [bob, carol]) await somebody.tim.joinGroup({ groupID });
  const first = (await alice.tim.getGroupMemberList({ groupID, count: 2 })).data;
  assert.deepEqual([first.memberList.length, first.offset], [2, 2]);
  const second = (await alice.tim.getGroupMemberList({ groupID, count: 2, offset: first.offset })).data;
  assert.deepEqual([second.memberList.length, second.offset], [1, 0]);
  const users = [...first.memberList, ...second.memberList].map((it) => it.userID).sort();
  assert.deepEqual(users, ['alice6', 'bob6', 'carol6']);

  const named = (await bob.tim.setGroupMemberNameCard({ groupID, nameCard: 'Bobby' })).data;
  assert.deepEqual([named.member.nameCard, named.group.groupID], ['Bobby', groupID]);
  const promoted = (await alice.tim.setGroupMemberRole({ groupID, userID: 'bob6', role: TYPES.GRP_MBR_ROLE_ADMIN })).data.member;
  assert.equal(promoted.role, TYPES.GRP_MBR_ROLE_ADMIN);
  await alice.tim.setGroupMemberMuteTime({ groupID, userID: 'carol6', muteTime: 600 });
  const muteTip = (it) => tipOf(TYPES.GRP_TIP_MBR_PROFILE_UPDATED)(it) && it.payload.memberList[0].userID === 'carol6';
  const muted = await carol.message(muteTip);
  const { muteTime } = muted.payload.memberList[0];
  assert.ok(muteTime >= 599 && muteTime <= 600, `${muteTime}`);
  assert.equal((await carol.says('may I speak?', groupID, TYPES.CONV_GROUP).catch((why) => why)).code, 10017);
  const fields = [{ key: 'team', value: 'red' }];
  const kept = (await alice.tim.setGroupMemberCustomField({ groupID, memberCustomField: fields })).data.member;
  assert.deepEqual(kept.memberCustomField, fields);
  const { memberList } = (await alice.tim.getGroupMemberProfile({ groupID, userIDList: ['bob6', 'nobody'] })).data;
  assert.deepEqual(memberList.map((it) => [it.userID, it.role, it.nameCard]), [['bob6', TYPES.GRP_MBR_ROLE_ADMIN, 'Bobby']]);

  const removed = (await alice.tim.deleteGroupMember({ groupID, userIDList: ['carol6'], reason: 'noise' })).data;
  assert.deepEqual([removed.userIDList, removed.group.memberNum], [['carol6'], 2]);
  await carol.message(noticeOf(4));
  const owned = (await alice.tim.changeGroupOwner({ groupID, newOwnerID: 'bob6' })).data.group;
  assert.equal(owned.ownerID, 'bob6');
  assert.equal((await bob.tim.getGroupOnlineMemberCount(groupID)).data.memberCount, 2);
  assert.deepEqual((await bob.tim.dismissGroup(groupID)).data, { groupID });
  await alice.message(noticeOf(5));
  assert.deepEqual((await bob.tim.getGroupList()).data.groupList, []);
});

test('members are added', async () => {
  const [alice] = await world.people('alice7', 'bob7', 'carol7');
  const { groupID } = (await alice.tim.createGroup({ name: 'Work', memberList: [{ userID: 'bob7' }] })).data.group;
  const added = (await alice.tim.addGroupMember({ groupID, userIDList: ['bob7', 'carol7', 'nobody'] })).data;
  assert.deepEqual(
    [added.successUserIDList, added.existedUserIDList, added.failureUserIDList, added.overLimitUserIDList, added.group.memberNum],
    [['carol7'], ['bob7'], ['nobody'], [], 3],
  );
  assert.deepEqual((await alice.tim.getJoinedCommunityList()).data, { groupList: [] });
});

test('attributes of a group are one object, of which members hear', async () => {
  const [alice, bob] = await world.people('alice8', 'bob8');
  const groupID = 'room';
  await meeting(alice, { groupID });
  await bob.tim.joinGroup({ groupID });
  await alice.tim.initGroupAttributes({ groupID, groupAttributes: { seat1: 'alice8', light: 'on' } });
  const { groupAttributes } = (await alice.tim.setGroupAttributes({ groupID, groupAttributes: { seat2: 'bob8' } })).data;
  assert.deepEqual(groupAttributes, { seat2: 'bob8' });
  const seated = await bob.event(bob.TIM.EVENT.GROUP_ATTRIBUTES_UPDATED, (it) => it.updatedKeyList.includes('seat2'));
  assert.deepEqual(seated, { groupID, groupAttributes: { seat1: 'alice8', light: 'on', seat2: 'bob8' }, updatedKeyList: ['seat2'], deletedKeyList: [] });
  assert.deepEqual((await alice.tim.deleteGroupAttributes({ groupID, keyList: ['light'] })).data, { keyList: ['light'] });
  assert.deepEqual((await bob.tim.getGroupAttributes({ groupID, keyList: [] })).data, { groupAttributes: { seat1: 'alice8', seat2: 'bob8' } });
});
