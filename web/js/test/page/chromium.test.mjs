// Two pages of a browser chat: one with a script tag, one with a module.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { picture } from '../picture.mjs';
import { sections } from '../quickstart.mjs';
import { APP, World } from '../world.mjs';
import { browser as launch } from './browser.mjs';
import { addressOf, servePages } from './pages.mjs';

let world;
let pages;
let browser;
before(async () => {
  world = await World.start();
  pages = await servePages();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  pages?.close();
  await world?.end();
});

/** Somebody in a page, logged in. */
async function visitor(user, path) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (fault) => faults.push(fault));
  await page.goto(addressOf(pages, path));
  await page.waitForFunction(() => 'TIM' in window);
  await page.evaluate(login, { SDKAppID: APP, server: world.server, userID: user, userSig: await world.userSig(user) });
  return { page, faults };
}

// Runs in the page, as what follows.
async function login({ SDKAppID, server, userID, userSig }) {
  window.tim = TIM.create({ SDKAppID, server });
  window.received = [];
  tim.on(TIM.EVENT.MESSAGE_RECEIVED, ({ data }) => received.push(...data));
  const ready = new Promise((told) => tim.on(TIM.EVENT.SDK_READY, told));
  await tim.login({ userID, userSig });
  await ready;
}

async function say({ to, text }) {
  const message = tim.createTextMessage({ to, conversationType: TIM.TYPES.CONV_C2C, payload: { text } });
  return (await tim.sendMessage(message)).data.message.status;
}

for (const [name, people, script, module] of [
  ['tim-js-sdk', ['alice', 'bob'], '/script.html', '/module.html'],
  ['@tencentcloud/chat', ['carol', 'dave'], '/chat-script.html', '/chat-module.html'],
]) {
  test(`two pages chat with ${name}, and each knows what the other said`, () => talk(people, script, module));
}

async function talk([first, second], script, module) {
  const alice = await visitor(first, script);
  const bob = await visitor(second, module);
  assert.equal(await alice.page.evaluate(say, { to: second, text: 'from a script' }), 'success');
  await bob.page.waitForFunction(() => received.some((it) => it.payload.text === 'from a script'));
  assert.equal(await bob.page.evaluate(say, { to: first, text: 'from a module' }), 'success');
  await alice.page.waitForFunction(() => received.some((it) => it.payload.text === 'from a module'));
  const told = await alice.page.evaluate(async () => {
    const [it] = (await tim.getConversationList()).data.conversationList;
    return [it.conversationID, it.unreadCount, it.lastMessage.messageForShow];
  });
  assert.deepEqual(told, [`C2C${second}`, 1, 'from a module']);
  for (const { page, faults } of [alice, bob]) {
    await page.evaluate(() => tim.destroy());
    assert.deepEqual(faults, []);
  }
}

test('the code of the quick start sends the picture that a user has picked', async () => {
  const alice = await visitor('alice2', '/script.html');
  const user1 = await visitor('user1', '/module.html');
  const file = { name: 'picture.png', mimeType: 'image/png', buffer: picture(400, 300) };
  await alice.page.setInputFiles('#imagePicker', file);
  const parts = [];
  alice.page.on('console', (line) => line.text().startsWith('file uploading:') && parts.push(Number(line.text().split(' ').at(-1))));
  const code = (await sections())['Send a picture'];
  // The page shows it before it is sent, and says what became of it.
  const [before, status, preview] = await alice.page.evaluate(`(async () => {
    ${code}
    const preview = message.payload.imageInfoArray[1].url;
    const before = await size(preview);
    await promise;
    return [before, message.status, await fetch(preview).catch(() => 'given up')];
    ${size}
  })()`);
  // What showed it keeps no file in memory.
  assert.deepEqual([before, status, preview], [[400, 300], 'success', 'given up']);
  assert.equal(parts.at(-1), 1);
  await user1.page.waitForFunction(() => received.some((it) => it.type === TIM.TYPES.MSG_IMAGE));
  const shown = await user1.page.evaluate(`(async () => {
    const { imageInfoArray } = received.find((it) => it.type === TIM.TYPES.MSG_IMAGE).payload;
    return Promise.all(imageInfoArray.map((it) => size(it.imageUrl)));
    ${size}
  })()`);
  assert.deepEqual(shown[0], [400, 300]);
  for (const { faults } of [alice, user1]) assert.deepEqual(faults, []);
});

/** How large a picture is that the page loads. */
async function size(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return [image.naturalWidth, image.naturalHeight];
}

test('the preview of a picture that is never sent is given up at the logout', async () => {
  const { page, faults } = await visitor('alice3', '/script.html');
  await page.setInputFiles('#imagePicker', { name: 'picture.png', mimeType: 'image/png', buffer: picture(40, 30) });
  const [shown, after] = await page.evaluate(async () => {
    const payload = { file: document.getElementById('imagePicker') };
    const message = tim.createImageMessage({ to: 'alice3', conversationType: TIM.TYPES.CONV_C2C, payload });
    const { url } = message.payload.imageInfoArray[0];
    const load = () => fetch(url).then((answer) => answer.status, () => 'given up');
    const before = await load();
    await tim.logout();
    return [before, await load()];
  });
  assert.deepEqual([shown, after], [200, 'given up']);
  assert.deepEqual(faults, []);
});
