// Somebody who is not logged in listens in a live room; a login follows.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

/** A live room of alice's, in which she is. */
async function room(owner, groupID) {
  const [alice] = await world.people(owner);
  const { TYPES } = alice.TIM;
  await alice.tim.createGroup({ name: 'Stage', type: TYPES.GRP_AVCHATROOM, groupID });
  await alice.tim.joinGroup({ groupID });
  return { alice, says: (text) => alice.says(text, groupID, TYPES.CONV_GROUP) };
}

test('a guest hears what is said in a live room, and nothing else works', async () => {
  const { alice, says } = await room('alice', 'stage');
  const guest = await world.person('bob');
  const { EVENT, TYPES } = guest.TIM;
  const twice = [guest.tim.joinGroup({ groupID: 'stage' }), guest.tim.joinGroup({ groupID: 'stage', type: TYPES.GRP_AVCHATROOM })];
  const statuses = (await Promise.all(twice)).map((it) => it.data.status);
  assert.ok(statuses.includes(TYPES.JOIN_STATUS_SUCCESS), `${statuses}`);
  await alice.message((it) => it.payload.memberCount === 2);
  assert.equal((await guest.tim.getGroupOnlineMemberCount('stage')).data.memberCount, 2);
  await says('welcome');
  assert.equal((await guest.receives('welcome')).from, 'alice');

  await assert.rejects(guest.tim.getConversationList(), { code: 2024 });
  const hello = { to: 'alice', conversationType: TYPES.CONV_C2C, payload: { text: 'hello' } };
  await assert.rejects(async () => guest.tim.createTextMessage(hello), { code: 2024 });
  await assert.rejects(guest.tim.joinGroup({ groupID: 'nowhere' }), { code: 10010 });
  const told = [EVENT.SDK_READY, EVENT.SDK_NOT_READY, EVENT.CONVERSATION_LIST_UPDATED, EVENT.NET_STATE_CHANGE].map((name) => guest.count(name));
  assert.deepEqual(told, [0, 0, 0, 0], 'for the program nobody is logged in');
  assert.equal((await guest.tim.quitGroup('stage')).data.groupID, 'stage');
});

test('a guest who logs in is somebody from then on', async () => {
  const { says } = await room('alice2', 'hall');
  const carol = await world.person('carol');
  const { EVENT, TYPES } = carol.TIM;
  await carol.tim.joinGroup({ groupID: 'hall' });
  await carol.login();
  assert.deepEqual([carol.count(EVENT.SDK_READY), carol.count(EVENT.SDK_NOT_READY)], [0, 0], 'ready once, which the login has heard');
  assert.equal((await carol.tim.getMyProfile()).data.userID, 'carol');
  await says('unheard');
  await carol.tim.joinGroup({ groupID: 'hall' });
  await says('heard');
  await carol.receives('heard');
  await carol.says('hello', 'hall', TYPES.CONV_GROUP);
});
