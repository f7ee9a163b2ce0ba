// People invite each other by the API of @tencentcloud/chat, and answer.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from '../world.mjs';

let world;
before(async () => (world = await World.start('@tencentcloud/chat')));
after(() => world.end());

const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

test('bob accepts an invitation of alice, and the messages tell what happened', async () => {
  const [alice, bob] = await world.people('alice', 'bob');
  const { TSignaling } = alice.TIM;
  const { inviteID } = (await alice.tim.invite({ userID: 'bob', data: 'a call', timeout: 30 })).data;
  const told = await bob.event(TSignaling.NEW_INVITATION_RECEIVED);
  assert.deepEqual([told.inviteID, told.inviter, told.groupID, told.inviteeList, told.data], [inviteID, 'alice', '', ['bob'], 'a call']);
  const message = await bob.message((it) => it.from === 'alice');
  const signal = bob.tim.getSignalingInfo(message);
  assert.deepEqual([signal.inviteID, signal.actionType, signal.timeout], [inviteID, TSignaling.ACTION_TYPE_INVITE, 30]);
  assert.deepEqual((await bob.tim.accept({ inviteID, data: 'yes' })).data, { inviteID });
  const answer = await alice.event(TSignaling.INVITEE_ACCEPTED);
  assert.deepEqual(answer, { inviteID, groupID: '', inviter: 'alice', invitee: 'bob', data: 'yes' });
  const accepted = await alice.message((it) => it.from === 'bob');
  assert.equal(alice.tim.getSignalingInfo(accepted).actionType, TSignaling.ACTION_TYPE_ACCEPT_INVITE);
  assert.equal(alice.tim.getSignalingInfo(await alice.says('hello', 'bob')), null);
  assert.throws(() => alice.tim.getSignalingInfo(), { message: 'Params validate failed.' });
});

test('an invitation is rejected, or taken back, and then nothing more is said about it', async () => {
  const [alice, bob] = await world.people('alice1', 'bob1');
  const { TSignaling } = alice.TIM;
  const invited = () => bob.event(TSignaling.NEW_INVITATION_RECEIVED);
  const invite = async () => (await alice.tim.invite({ userID: 'bob1' })).data.inviteID;
  const first = await invite();
  await invited();
  await bob.tim.reject({ inviteID: first });
  assert.equal((await alice.event(TSignaling.INVITEE_REJECTED)).invitee, 'bob1');
  const second = await invite();
  await invited();
  await alice.tim.cancel({ inviteID: second, data: 'never mind' });
  assert.equal((await bob.event(TSignaling.INVITATION_CANCELLED)).data, 'never mind');
  for (const inviteID of [first, second]) assert.equal((await rejection(bob.tim.accept({ inviteID }))).code, 8010);
});

test('an invitation that waits is changed', async () => {
  const [alice, bob] = await world.people('alice5', 'bob5');
  const { TSignaling } = alice.TIM;
  const { inviteID } = (await alice.tim.invite({ userID: 'bob5', data: 'a call', timeout: 60 })).data;
  await bob.event(TSignaling.NEW_INVITATION_RECEIVED);
  assert.deepEqual((await alice.tim.modifyInvitation({ inviteID, data: 'a call with pictures' })).data, { inviteID });
  const told = await bob.event(TSignaling.INVITATION_MODIFIED);
  assert.deepEqual([told.inviteID, told.data], [inviteID, 'a call with pictures']);
  assert.equal((await rejection(bob.tim.modifyInvitation({ inviteID, data: 'mine' }))).code, 8011);
});

test('nobody answers, and both hear that the time is over', async () => {
  const [alice, bob] = await world.people('alice2', 'bob2');
  const { INVITATION_TIMEOUT } = alice.TIM.TSignaling;
  const { inviteID } = (await alice.tim.invite({ userID: 'bob2', timeout: 1 })).data;
  for (const somebody of [bob, alice]) {
    const told = await somebody.event(INVITATION_TIMEOUT);
    assert.deepEqual([told.inviteID, told.inviteeList, told.isSelfTimeout], [inviteID, ['bob2'], true]);
  }
});

test('members of a group are invited, with a callback, to those who are online', async () => {
  const [alice, bob, carol] = await world.people('alice3', 'bob3', 'carol3');
  const { TSignaling, TYPES } = alice.TIM;
  const memberList = [{ userID: 'bob3' }, { userID: 'carol3' }];
  const { groupID } = (await alice.tim.createGroup({ name: 'Work', type: TYPES.GRP_WORK, memberList })).data.group;
  const options = { groupID, inviteeList: ['bob3'], data: 'meet', timeout: 0, onlineUserOnly: true };
  const { inviteID } = await new Promise((told, failed) => alice.tim.inviteInGroupSync(options, told, failed));
  assert.equal((await bob.event(TSignaling.NEW_INVITATION_RECEIVED)).groupID, groupID);
  await bob.tim.accept({ inviteID });
  assert.equal((await alice.event(TSignaling.INVITEE_ACCEPTED)).invitee, 'bob3');
  assert.equal(carol.count(TSignaling.NEW_INVITATION_RECEIVED), 0);
  const [code, message] = await new Promise((failed) => alice.tim.inviteSync({ userID: 'alice3' }, undefined, (...why) => failed(why)));
  assert.deepEqual([code, typeof message], [20001, 'string']);
});

test('who does not listen any more hears nothing', async () => {
  const [alice, bob] = await world.people('alice4', 'bob4');
  const { NEW_INVITATION_RECEIVED } = alice.TIM.TSignaling;
  let calls = 0;
  const listener = () => (calls += 1);
  bob.tim.addSignalingListener(NEW_INVITATION_RECEIVED, listener);
  await alice.tim.invite({ userID: 'bob4' });
  await bob.event(NEW_INVITATION_RECEIVED);
  bob.tim.removeSignalingListener(NEW_INVITATION_RECEIVED, listener);
  await alice.tim.invite({ userID: 'bob4' });
  await bob.event(NEW_INVITATION_RECEIVED);
  assert.equal(calls, 1);
});
