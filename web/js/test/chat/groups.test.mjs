// People meet in groups by the API of @tencentcloud/chat: applications, pinned messages, members by role, searches.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from '../world.mjs';

let world;
before(async () => (world = await World.start('@tencentcloud/chat')));
after(() => world.end());

const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

/** The next notice of an application to join. */
const application = (person) => person.message((it) => it.type === 'TIMGroupSystemNoticeElem' && it.payload.operationType === 1);
const listed = async (person) => (await person.tim.getGroupApplicationList()).data.applicationList;

test('applications to join are listed until somebody decides', async () => {
  const [alice, bob, carol] = await world.people('alice', 'bob', 'carol');
  const { TYPES } = alice.TIM;
  await alice.tim.createGroup({ name: 'Club', type: TYPES.GRP_PUBLIC, groupID: 'club' });
  assert.deepEqual(await listed(alice), []);
  for (const somebody of [bob, carol]) {
    assert.equal((await somebody.tim.joinGroup({ groupID: 'club', applyMessage: `from ${somebody.user}` })).data.status, TYPES.JOIN_STATUS_WAIT_APPROVAL);
    await application(alice);
  }
  const both = await listed(alice);
  assert.deepEqual(
    both.map((it) => [it.applicant, it.groupID, it.groupName, it.note, it.applicationType, it.userID]),
    [['bob', 'club', 'Club', 'from bob', 0, ''], ['carol', 'club', 'Club', 'from carol', 0, '']],
  );
  const { group } = (await alice.tim.handleGroupApplication({ handleAction: 'Agree', application: both[0] })).data;
  assert.equal(group.memberCount, 2);
  assert.deepEqual((await listed(alice)).map((it) => it.applicant), ['carol']);
  await alice.tim.handleGroupApplication({ handleAction: 'Reject', handleMessage: 'full', application: both[1] });
  assert.deepEqual(await listed(alice), []);
  await carol.tim.joinGroup({ groupID: 'club', applyMessage: 'please' });
  await application(alice);
  assert.deepEqual((await listed(alice)).map((it) => it.note), ['please']);
  assert.deepEqual(await listed(bob), []);
});

test('who was let in is listed no more, and who was refused by another admin until one hears of it', async () => {
  const [alice, bob, carol, dave] = await world.people('alice1', 'bob1', 'carol1', 'dave1');
  const { TYPES } = alice.TIM;
  const groupID = 'club1';
  await alice.tim.createGroup({ name: 'Club', type: TYPES.GRP_PUBLIC, groupID, inviteOption: TYPES.INVITE_OPTIONS_FREE_ACCESS });
  await alice.tim.addGroupMember({ groupID, userIDList: ['bob1'] });
  await alice.tim.setGroupMemberRole({ groupID, userID: 'bob1', role: TYPES.GRP_MBR_ROLE_ADMIN });
  for (const [somebody, handleAction] of [[carol, 'Reject'], [dave, 'Agree']]) {
    await somebody.tim.joinGroup({ groupID });
    await application(alice);
    await bob.tim.handleGroupApplication({ handleAction, message: await application(bob) });
  }
  const open = await listed(alice);
  assert.deepEqual(open.map((it) => it.applicant), ['carol1']);
  assert.equal((await rejection(alice.tim.handleGroupApplication({ handleAction: 'Agree', application: open[0] }))).code, 10024);
  assert.deepEqual(await listed(alice), []);
});

test('a member invites, and the owner decides', async () => {
  const [alice, bob, carol] = await world.people('alice2', 'bob2', 'carol2');
  const { TYPES } = alice.TIM;
  const groupID = 'club2';
  await alice.tim.createGroup({ name: 'Club', type: TYPES.GRP_PUBLIC, groupID, inviteOption: TYPES.INVITE_OPTIONS_NEED_PERMISSION });
  await alice.tim.addGroupMember({ groupID, userIDList: ['bob2'] });
  await bob.tim.addGroupMember({ groupID, userIDList: ['carol2'] });
  await application(alice);
  const [it] = await listed(alice);
  assert.deepEqual([it.applicant, it.applicationType, it.userID], ['bob2', 2, 'carol2']);
  const { group } = (await alice.tim.handleGroupApplication({ handleAction: 'Agree', application: it })).data;
  assert.equal(group.memberCount, 3);
  await carol.event(carol.TIM.EVENT.GROUP_LIST_UPDATED, ([first]) => first?.groupID === groupID);
});

test('a message is pinned in a group, and members hear who did it', async () => {
  const [alice, bob] = await world.people('alice3', 'bob3');
  const { EVENT, TYPES } = alice.TIM;
  await alice.tim.updateMyProfile({ nick: 'Alice' });
  const groupID = 'board';
  await alice.tim.createGroup({ name: 'Board', type: TYPES.GRP_MEETING, groupID });
  await bob.tim.joinGroup({ groupID });
  const message = await alice.says('at nine', groupID, TYPES.CONV_GROUP);
  const received = await bob.receives('at nine');
  await alice.tim.pinGroupMessage({ groupID, message, isPinned: true });
  const told = await bob.event(EVENT.PINNED_GROUP_MESSAGE_UPDATED);
  assert.equal(told.message, received);
  assert.deepEqual([told.groupID, told.isPinned, told.operatorInfo], [groupID, true, { userID: 'alice3', nick: 'Alice', avatar: '' }]);
  const { messageList } = (await bob.tim.getPinnedGroupMessageList(groupID)).data;
  assert.deepEqual(messageList.map((it) => it.ID), [message.ID]);
  await alice.tim.pinGroupMessage({ groupID, message, isPinned: false });
  assert.equal((await bob.event(EVENT.PINNED_GROUP_MESSAGE_UPDATED)).isPinned, false);
  assert.deepEqual((await bob.tim.getPinnedGroupMessageList(groupID)).data.messageList, []);
});

test('members are listed by their role, and found with their groups', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const { TYPES } = alice.TIM;
  const groupID = 'crew';
  await alice.tim.createGroup({ name: 'Kitchen crew', type: TYPES.GRP_MEETING, groupID });
  await bob.tim.joinGroup({ groupID });
  const owners = (await alice.tim.getGroupMemberList({ groupID, role: TYPES.GRP_MBR_ROLE_OWNER })).data;
  assert.deepEqual([owners.memberList.map((it) => it.userID), owners.offset], [['alice4'], 0]);
  await bob.event(bob.TIM.EVENT.GROUP_LIST_UPDATED, ([first]) => first?.groupID === groupID);
  const groups = (await bob.tim.searchCloudGroups({ keywordList: ['kitchen'] })).data;
  assert.deepEqual([groups.totalCount, groups.cursor, groups.searchResultList.map((it) => it.groupID)], [1, '', [groupID]]);
  assert.equal((await bob.tim.searchCloudGroups({ keywordList: ['kitchen'], groupTypeList: [TYPES.GRP_WORK] })).data.totalCount, 0);
  const members = (await bob.tim.searchCloudGroupMembers({ keywordList: ['alice4'], groupIDList: [groupID] })).data;
  const [{ groupInfo, memberList }] = members.searchResultList;
  assert.deepEqual(groupInfo, { groupID, name: 'Kitchen crew', type: TYPES.GRP_MEETING, avatar: '' });
  assert.deepEqual([members.totalCount, memberList.map((it) => it.userID)], [1, ['alice4']]);
});

test('what the engine does not have refuses and says why', async () => {
  const [alice] = await world.people('alice5');
  const missing = ['followUser', 'convertVoiceToText', 'searchCloudUsers', 'createConversationGroup', 'getTopicList'];
  for (const method of missing) {
    const why = await rejection(alice.tim[method]({}));
    assert.equal(why.code, 130103);
    assert.match(why.message, new RegExp(`^${method}: `));
  }
});
