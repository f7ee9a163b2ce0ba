// People chat: texts, history, unread counts, read marks, and messages that are taken back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { World } from './world.mjs';

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
