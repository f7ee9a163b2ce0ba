// The server goes and comes back: programs hear of it, and what was said meanwhile arrives.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

test('alice and bob talk on once the server is back', async () => {
  const [alice, bob] = await world.people('alice', 'bob');
  const { EVENT, TYPES } = alice.TIM;
  await world.pause();
  const states = [TYPES.NET_STATE_CONNECTING, TYPES.NET_STATE_DISCONNECTED];
  const { state } = await alice.event(EVENT.NET_STATE_CHANGE);
  assert.ok(states.includes(state), state);
  const message = alice.tim.createTextMessage({ to: 'bob', conversationType: TYPES.CONV_C2C, payload: { text: 'meanwhile' } });
  const sending = alice.tim.sendMessage(message);
  await world.resume();
  assert.equal((await sending).data.message, message);
  await bob.receives('meanwhile');
  await alice.event(EVENT.NET_STATE_CHANGE, (it) => it.state === TYPES.NET_STATE_CONNECTED);
  assert.deepEqual([alice.count(EVENT.SDK_READY), alice.count(EVENT.SDK_NOT_READY)], [0, 0]);
});
