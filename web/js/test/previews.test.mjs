// A file that is not sent yet is shown by its preview, which is given up once nobody needs it: it would keep the file in memory.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { Messages } from '../face/messages.js';

const PREVIEW = 'blob:preview';
const file = (status, ID = 'one') => ({ ID, status, version: 0, isRevoked: false, type: 'TIMFileElem', payload: { fileUrl: '/media/x', fileName: 'notes.txt' } });

let messages;
let givenUp;
beforeEach(() => {
  messages = new Messages();
  givenUp = [];
  mock.method(URL, 'revokeObjectURL', (url) => givenUp.push(url));
  messages.showNew(file('unSend'), { 0: PREVIEW });
});

const address = () => messages.find('one').payload.fileUrl;

test('a message that could not be sent keeps its preview, and one that was sent has the address of the server', () => {
  assert.equal(address(), PREVIEW);
  messages.show(file('fail'));
  assert.deepEqual([address(), givenUp], [PREVIEW, []]);
  messages.show({ ...file('success'), known: { addresses: { 0: 'https://chat.example/x' } } });
  assert.deepEqual([address(), givenUp], ['https://chat.example/x', [PREVIEW]]);
  messages.show(file('success'));
  assert.deepEqual(givenUp, [PREVIEW]);
});

test('a message that is deleted gives its preview up, and so do all when they are forgotten', () => {
  messages.giveUpPreview('one');
  assert.deepEqual(givenUp, [PREVIEW]);
  messages.showNew(file('unSend', 'two'), { 0: 'blob:two', 1: 'blob:two' });
  messages.clear();
  assert.deepEqual(givenUp, [PREVIEW, 'blob:two']);
});

test('of very many messages the first gives its preview up when it is forgotten', () => {
  for (let number = 0; number < 10_000; number += 1) messages.show(file('success', `next ${number}`));
  assert.deepEqual([messages.find('one'), givenUp], [null, [PREVIEW]]);
});
