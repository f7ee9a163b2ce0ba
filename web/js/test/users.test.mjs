// People know each other: profiles, the blacklist, who is online, friends, applications and friend groups.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

test('a profile is changed and read', async () => {
  const [alice, bob] = await world.people('alice', 'bob');
  const { TYPES, EVENT } = alice.TIM;
  const fields = { nick: 'Alice', gender: TYPES.GENDER_FEMALE, birthday: 20000419, allowType: TYPES.ALLOW_TYPE_NEED_CONFIRM };
  const { data: own } = await alice.tim.updateMyProfile(fields);
  assert.deepEqual({ ...own, ...fields }, own);
  assert.deepEqual([own.userID, own.messageSettings, own.adminForbidType], ['alice', 0, TYPES.FORBID_TYPE_NONE]);
  const [told] = await alice.event(EVENT.PROFILE_UPDATED);
  assert.equal(told.nick, 'Alice');
  assert.equal((await alice.tim.getMyProfile()).data.nick, 'Alice');
  const { data: found } = await bob.tim.getUserProfile({ userIDList: ['alice', 'nobody'] });
  assert.deepEqual(found.map((it) => [it.userID, it.nick]), [['alice', 'Alice']]);
  assert.equal((await alice.tim.updateMyProfile({}).catch((why) => why)).code, 2722);
});

test('the blacklist is told and listed', async () => {
  const [alice] = await world.people('alice2', 'bob2');
  const { EVENT } = alice.TIM;
  assert.deepEqual((await alice.tim.addToBlacklist({ userIDList: ['bob2'] })).data, ['bob2']);
  assert.deepEqual(await alice.event(EVENT.BLACKLIST_UPDATED), ['bob2']);
  assert.deepEqual((await alice.tim.getBlacklist()).data, ['bob2']);
  assert.deepEqual((await alice.tim.removeFromBlacklist({ userIDList: ['bob2'] })).data, []);
  assert.equal((await alice.tim.addToBlacklist({ userIDList: ['alice2'] }).catch((why) => why)).code, 2742);
});

test('alice sees who is online, and what they say of themselves', async () => {
  const [alice, bob] = await world.people('alice3', 'bob3');
  const { EVENT, TYPES } = alice.TIM;
  const status = { userID: 'bob3', statusType: TYPES.USER_STATUS_ONLINE, customStatus: '' };
  assert.deepEqual((await alice.tim.getUserStatus({ userIDList: ['bob3'] })).data.successUserList, [status]);
  assert.deepEqual((await alice.tim.subscribeUserStatus({ userIDList: ['bob3'] })).data, { failureUserList: [] });
  assert.deepEqual((await bob.tim.setSelfStatus({ customStatus: 'reading' })).data, { ...status, customStatus: 'reading' });
  const [told] = await alice.event(EVENT.USER_STATUS_UPDATED, ([it]) => it.customStatus === 'reading');
  assert.deepEqual(told, { ...status, customStatus: 'reading' });
  await bob.tim.logout();
  await alice.event(EVENT.USER_STATUS_UPDATED, ([it]) => it.statusType !== TYPES.USER_STATUS_ONLINE);
  assert.deepEqual((await alice.tim.unsubscribeUserStatus({})).data, { failureUserList: [] });
});

test('bob becomes a friend of alice on asking', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const { EVENT, TYPES } = alice.TIM;
  await alice.tim.updateMyProfile({ allowType: TYPES.ALLOW_TYPE_NEED_CONFIRM, nick: 'Alice' });
  const asked = await bob.tim.addFriend({ to: 'alice4', source: 'AddSource_Type_Web', wording: 'it is me', type: TYPES.SNS_ADD_TYPE_BOTH });
  assert.deepEqual(asked.data, { userID: 'alice4', code: 30539 });
  const { friendApplicationList: [application], unreadCount } = await alice.event(EVENT.FRIEND_APPLICATION_LIST_UPDATED, (it) => it.unreadCount === 1);
  assert.equal(unreadCount, 1);
  assert.deepEqual([application.userID, application.wording, application.type], ['bob4', 'it is me', TYPES.SNS_APPLICATION_SENT_TO_ME]);
  await alice.tim.setFriendApplicationRead();
  assert.equal((await alice.tim.getFriendApplicationList()).data.friendApplicationList.length, 1);
  assert.deepEqual((await alice.tim.acceptFriendApplication({ userID: 'bob4', type: TYPES.SNS_APPLICATION_AGREE_AND_ADD })).data, {});
  const [friend] = await bob.event(EVENT.FRIEND_LIST_UPDATED);
  assert.deepEqual([friend.userID, friend.profile.nick, friend.profile.adminForbidType], ['alice4', 'Alice', TYPES.FORBID_TYPE_NONE]);
  assert.deepEqual((await alice.tim.getFriendList()).data.map((it) => it.userID), ['bob4']);
  const checked = (await bob.tim.checkFriend({ userIDList: ['alice4'], type: TYPES.SNS_CHECK_TYPE_BOTH })).data;
  assert.deepEqual(checked, { successUserIDList: [{ userID: 'alice4', code: 0, relation: TYPES.SNS_TYPE_BOTH_WAY }], failureUserIDList: [] });
  assert.equal((await bob.tim.updateFriend({ userID: 'alice4', remark: 'the tea one' })).data.remark, 'the tea one');
  const profiles = (await bob.tim.getFriendProfile({ userIDList: ['alice4', 'nobody'] })).data;
  assert.deepEqual([profiles.friendList[0].remark, profiles.failureUserIDList[0].userID], ['the tea one', 'nobody']);
  const gone = (await bob.tim.deleteFriend({ userIDList: ['alice4', 'nobody'], type: TYPES.SNS_DELETE_TYPE_BOTH })).data;
  assert.deepEqual(gone.successUserIDList.map((it) => it.userID), ['alice4']);
  assert.deepEqual(gone.failureUserIDList.map((it) => [it.userID, it.code]), [['nobody', 31704]]);
});

test('an application is refused or deleted', async () => {
  const [alice, bob, carol] = await world.people('alice5', 'bob5', 'carol5');
  const { EVENT, TYPES } = alice.TIM;
  await alice.tim.updateMyProfile({ allowType: TYPES.ALLOW_TYPE_NEED_CONFIRM });
  for (const somebody of [bob, carol]) await somebody.tim.addFriend({ to: 'alice5', source: 'AddSource_Type_Web', type: TYPES.SNS_ADD_TYPE_BOTH });
  await alice.event(EVENT.FRIEND_APPLICATION_LIST_UPDATED, (it) => it.friendApplicationList.length === 2);
  await alice.tim.refuseFriendApplication({ userID: 'bob5' });
  await alice.tim.deleteFriendApplication({ userID: 'carol5', type: TYPES.SNS_APPLICATION_SENT_TO_ME });
  assert.deepEqual((await alice.tim.getFriendApplicationList()).data.friendApplicationList, []);
  assert.equal((await alice.tim.refuseFriendApplication({ userID: 'bob5' }).catch((why) => why)).code, 30614);
});

test('friends are put into groups', async () => {
  const [alice] = await world.people('alice6', 'bob6');
  const { EVENT, TYPES } = alice.TIM;
  await alice.tim.addFriend({ to: 'bob6', source: 'AddSource_Type_Web', type: TYPES.SNS_ADD_TYPE_SINGLE });
  const created = (await alice.tim.createFriendGroup({ name: 'tea', userIDList: ['bob6', 'nobody'] })).data;
  assert.deepEqual(created.friendGroup, { name: 'tea', count: 1, userIDList: ['bob6'] });
  assert.deepEqual(created.failureUserIDList.map((it) => it.userID), ['nobody']);
  await alice.event(EVENT.FRIEND_GROUP_LIST_UPDATED, ([it]) => it?.name === 'tea');
  assert.equal((await alice.tim.renameFriendGroup({ oldName: 'tea', newName: 'coffee' })).data.name, 'coffee');
  assert.deepEqual((await alice.tim.removeFromFriendGroup({ name: 'coffee', userIDList: ['bob6'] })).data.friendGroup.userIDList, []);
  assert.deepEqual((await alice.tim.addToFriendGroup({ name: 'coffee', userIDList: ['bob6'] })).data.friendGroup.count, 1);
  assert.deepEqual((await alice.tim.getFriendGroupList()).data, [{ name: 'coffee', count: 1, userIDList: ['bob6'] }]);
  assert.equal((await alice.tim.deleteFriendGroup({ name: 'coffee' })).data.name, 'coffee');
  assert.deepEqual((await alice.tim.getFriendGroupList()).data, []);
});
