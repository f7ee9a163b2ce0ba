// People send each other pictures, recordings, videos and files, and each can fetch what the other sent.

import assert from 'node:assert/strict';
import { File } from 'node:buffer';
import { after, before, test } from 'node:test';

import { picture } from './picture.mjs';
import { World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

/** The bytes at an address. */
async function fetched(address) {
  const answer = await fetch(address);
  assert.equal(answer.status, 200, address);
  return Buffer.from(await answer.arrayBuffer());
}

test('a picture arrives with addresses for its three sizes', async (t) => {
  t.mock.method(console, 'error', () => {});
  const [alice, bob] = await world.people('alice', 'bob');
  const { TYPES } = alice.TIM;
  const bytes = picture(400, 300);
  const told = [];
  const message = alice.tim.createImageMessage({
    to: 'bob',
    conversationType: TYPES.CONV_C2C,
    payload: { file: bytes },
    onProgress(part) {
      told.push(part);
      throw new Error('a fault of the program');
    },
  });
  assert.equal(message.type, TYPES.MSG_IMAGE);
  assert.deepEqual([message.payload.imageInfoArray[0].width, message.payload.imageInfoArray[0].height], [400, 300]);
  const sent = (await alice.tim.sendMessage(message)).data.message;
  assert.equal(sent, message);
  assert.equal(told.at(-1), 1);
  const received = await bob.message((it) => it.type === TYPES.MSG_IMAGE);
  const { imageInfoArray } = received.payload;
  assert.deepEqual(imageInfoArray.map((it) => [it.type, it.sizeType]), [[0, 1], [1, 2], [2, 3]]);
  for (const it of imageInfoArray) assert.equal(it.url, it.imageUrl);
  assert.deepEqual(await fetched(imageInfoArray[0].url), bytes);
  assert.ok((await fetched(imageInfoArray[1].imageUrl)).length > 0);
  assert.deepEqual(await fetched(message.payload.imageInfoArray[0].url), bytes);

  const { messageList } = (await bob.tim.getMessageList({ conversationID: 'C2Calice' })).data;
  assert.deepEqual(await fetched(messageList[0].payload.imageInfoArray[0].url), bytes);
  const forward = bob.tim.createForwardMessage({ to: 'alice', conversationType: TYPES.CONV_C2C, payload: received });
  await bob.tim.sendMessage(forward);
  const back = await alice.message((it) => it.type === TYPES.MSG_IMAGE);
  assert.equal(back.payload.imageInfoArray[0].path, imageInfoArray[0].path);
  assert.deepEqual(await fetched(back.payload.imageInfoArray[0].url), bytes);
});

test('a file arrives with its name', async () => {
  const [alice, bob] = await world.people('alice2', 'bob2');
  const { TYPES } = alice.TIM;
  const file = new File(['what is in it'], 'notes.txt', { type: 'text/plain' });
  const message = alice.tim.createFileMessage({ to: 'bob2', conversationType: TYPES.CONV_C2C, payload: { file } });
  assert.deepEqual([message.payload.fileName, message.payload.fileSize], ['notes.txt', 13]);
  await alice.tim.sendMessage(message);
  const { payload } = await bob.message((it) => it.type === TYPES.MSG_FILE);
  assert.deepEqual([payload.fileName, payload.fileSize], ['notes.txt', 13]);
  assert.equal(String(await fetched(payload.fileUrl)), 'what is in it');
});

test('a recording and a video arrive with how long they are', async () => {
  const [alice, bob] = await world.people('alice3', 'bob3');
  const { TYPES } = alice.TIM;
  const to = { to: 'bob3', conversationType: TYPES.CONV_C2C };
  const recording = Object.assign(new File(['la la la'], 'song.mp3'), { duration: 2_400 });
  await alice.tim.sendMessage(alice.tim.createAudioMessage({ ...to, payload: { file: recording } }));
  const audio = (await bob.message((it) => it.type === TYPES.MSG_AUDIO)).payload;
  assert.deepEqual([audio.second, audio.url], [2, audio.remoteAudioUrl]);
  assert.equal(String(await fetched(audio.url)), 'la la la');

  const film = Object.assign(new File(['moving'], 'film.mp4'), { duration: 5_000 });
  const payload = { file: film, snapshot: picture(16, 9) };
  await alice.tim.sendMessage(alice.tim.createVideoMessage({ ...to, payload }));
  const video = (await bob.message((it) => it.type === TYPES.MSG_VIDEO)).payload;
  assert.deepEqual([video.videoSecond, video.videoFormat, video.thumbWidth, video.thumbHeight], [5, 'mp4', 16, 9]);
  assert.equal(String(await fetched(video.videoUrl)), 'moving');
  assert.deepEqual(await fetched(video.thumbUrl), payload.snapshot);

  await alice.tim.sendMessage(alice.tim.createVideoMessage({ ...to, payload: { file: film } }));
  const plain = (await bob.message((it) => it.type === TYPES.MSG_VIDEO)).payload;
  assert.deepEqual([plain.snapshotWidth, plain.snapshotHeight], [1, 1]);
});

test('what is no file or no picture is refused at once', async () => {
  const [alice] = await world.people('alice4');
  const to = { to: 'alice4', conversationType: 'C2C' };
  for (const file of [undefined, null, 'file', {}, { files: [] }]) {
    assert.throws(() => alice.tim.createFileMessage({ ...to, payload: { file } }), { message: 'Params validate failed.' });
  }
  assert.throws(() => alice.tim.createImageMessage({ ...to, payload: { file: Buffer.from('no picture') } }), { code: 2252 });
  assert.throws(() => alice.tim.createFileMessage({ ...to, payload: { file: new Uint8Array() } }), { code: 7006 });
});

test('an address that a sender made up is not shown', async () => {
  const [alice, bob] = await world.people('alice9', 'bob9');
  const { TYPES } = alice.TIM;
  const file = new File(['tea'], 'tea.txt');
  await alice.tim.sendMessage(alice.tim.createFileMessage({ to: 'bob9', conversationType: TYPES.CONV_C2C, payload: { file } }));
  const received = await bob.message((it) => it.type === TYPES.MSG_FILE);
  for (const path of ['javascript:void 0', '//elsewhere.example/tea.txt', '/elsewhere']) {
    const payload = { ...received, payload: { ...received.payload, path } };
    await bob.tim.sendMessage(bob.tim.createForwardMessage({ to: 'alice9', conversationType: TYPES.CONV_C2C, payload }));
    const made = await alice.message((it) => it.type === TYPES.MSG_FILE && it.flow === 'in');
    assert.deepEqual([made.payload.path, made.payload.fileUrl], [path, '']);
  }
});
