// What a page keeps, over its end and without a network, and pages of one user that share it.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { picture } from '../picture.mjs';
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

/** Names that no other test has. */
let round = 0;
let [alice, bob] = [];
beforeEach(() => {
  round += 1;
  [alice, bob] = [`alice${round}`, `bob${round}`];
});

/** A page of a user's browser, with an instance that keeps what it stores; `login` begins. */
async function open(user, context, prepare = () => {}) {
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (fault) => faults.push(fault));
  await page.addInitScript(prepare);
  await page.goto(addressOf(pages, '/script.html'));
  await page.evaluate(start, { SDKAppID: APP, server: world.server, storage: 'indexeddb', userID: user, userSig: await world.userSig(user) });
  return Object.assign(page, { faults, end: () => end(page) });
}

/** As `open`, until everything works. */
async function visit(user, context, prepare) {
  const page = await open(user, context, prepare);
  await page.evaluate(() => ready);
  return page;
}

async function end(page) {
  await page.close();
  assert.deepEqual(page.faults, []);
}

// What runs in pages.

function start({ SDKAppID, server, storage, userID, userSig }) {
  window.tim = TIM.create({ SDKAppID, server, storage });
  window.received = [];
  window.lists = [];
  window.told = [];
  for (const name of Object.values(TIM.EVENT)) tim.on(name, ({ data }) => told.push({ name, code: data?.code, type: data?.type }));
  tim.on(TIM.EVENT.MESSAGE_RECEIVED, ({ data }) => received.push(...data));
  tim.on(TIM.EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => lists.push(data.map((it) => it.conversationID)));
  window.ready = new Promise((done) => tim.on(TIM.EVENT.SDK_READY, done));
  window.login = tim.login({ userID, userSig });
  login.catch(() => {});
}

function send({ to, text }) {
  const message = tim.createTextMessage({ to, conversationType: TIM.TYPES.CONV_C2C, payload: { text } });
  window.sending = tim.sendMessage(message).then(
    () => message.status,
    ({ code }) => code,
  );
}

async function say(given) {
  const message = tim.createTextMessage({ to: given.to, conversationType: TIM.TYPES.CONV_C2C, payload: { text: given.text } });
  return tim.sendMessage(message).then(
    () => message.status,
    ({ code }) => code,
  );
}

const hears = (page, text, times = 1) =>
  page.waitForFunction(([wanted, count]) => received.filter((it) => it.payload.text === wanted).length === count, [text, times]);

/** Whether the database has a row of a kind. */
async function has(kind) {
  const [{ name } = {}] = await indexedDB.databases();
  if (!name) return false;
  const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
  const keys = database.transaction('rows').objectStore('rows').getAllKeys();
  await new Promise((resolve) => (keys.onsuccess = resolve));
  database.close();
  return keys.result.some((key) => key.startsWith(kind));
}

/** Writes a row of the database, or makes it one of another version. */
async function change({ key, text, version, store = 'rows' }) {
  const [{ name }] = await indexedDB.databases();
  const request = indexedDB.open(name, version);
  const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  if (key !== undefined) {
    const work = database.transaction(store, 'readwrite');
    work.objectStore(store).put(text, key);
    await new Promise((resolve) => (work.oncomplete = resolve));
  }
  database.close();
}

/** Waits until something that takes time holds in a page. */
async function until(page, holds, given) {
  while (!(await page.evaluate(holds, given))) await page.evaluate(() => new Promise(requestIdleCallback));
}

/** The data of `TIM.EVENT.ERROR` with a code was told. */
const isTold = (page, code) => page.waitForFunction((wanted) => told.some((it) => it.code === wanted), code);

test('what was sent without a network survives the page, and arrives once', async () => {
  const [mine, his] = [await browser.newContext(), await browser.newContext()];
  const first = await visit(alice, mine);
  const other = await visit(bob, his);
  await world.pause();
  await first.evaluate(send, { to: bob, text: 'from the tunnel' });
  await until(first, has, 'outbox ');
  await first.end();
  await world.resume();
  const second = await visit(alice, mine);
  await hears(other, 'from the tunnel');
  assert.equal(await second.evaluate(say, { to: bob, text: 'out again' }), 'success');
  await hears(other, 'out again');
  await hears(other, 'from the tunnel');
  await second.end();
  await other.end();
});

test('a list is there before the network', async () => {
  const [mine, his] = [await browser.newContext(), await browser.newContext()];
  const other = await visit(bob, his);
  const first = await visit(alice, mine);
  assert.equal(await first.evaluate(say, { to: bob, text: 'one' }), 'success');
  await first.end();
  await world.pause();
  const second = await open(alice, mine);
  await second.waitForFunction((bob) => lists.some((list) => list.includes(`C2C${bob}`)), bob);
  await world.resume();
  await second.evaluate(() => ready);
  const texts = await second.evaluate(async (bob) => {
    const { data } = await tim.getMessageList({ conversationID: `C2C${bob}` });
    return data.messageList.map((it) => it.payload.text);
  }, bob);
  assert.deepEqual(texts, ['one']);
  await second.end();
  await other.end();
});

test('nothing is kept of a user whose login was refused', async () => {
  const mine = await browser.newContext();
  const page = await mine.newPage();
  await page.goto(addressOf(pages, '/script.html'));
  await page.evaluate(start, { SDKAppID: APP, server: world.server, storage: 'indexeddb', userID: alice, userSig: 'forged' });
  await page.evaluate(() => login.catch(() => {}));
  assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
  await page.close();
});

test('where storage is denied people chat all the same, and the program is told', async () => {
  const deny = () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    LockManager.prototype.request = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  };
  const other = await visit(bob, await browser.newContext());
  const page = await visit(alice, await browser.newContext(), deny);
  await isTold(page, 6022);
  assert.equal(await page.evaluate(say, { to: bob, text: 'in private' }), 'success');
  await hears(other, 'in private');
  await page.end();
  await other.end();
});

test('a full storage refuses what it cannot keep, and takes it once there is space', async () => {
  const his = await browser.newContext();
  const other = await visit(bob, his);
  const page = await visit(alice, await browser.newContext(), () => {
    // As browsers do it: the transaction is taken, and fails when it is to be complete.
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...given) {
      const request = put.apply(this, given);
      if (window.isFull && String(given[1]).startsWith('outbox')) queueMicrotask(() => this.transaction.abort());
      return request;
    };
    const full = new DOMException('full', 'QuotaExceededError');
    Object.defineProperty(IDBTransaction.prototype, 'error', { get: () => (window.isFull ? full : null) });
  });
  await page.evaluate(() => (window.isFull = true));
  assert.equal(await page.evaluate(say, { to: bob, text: 'too much' }), 130168);
  await page.evaluate(() => (window.isFull = false));
  await until(page, () => tim.getConversationList().then(() => true, () => false));
  assert.equal(await page.evaluate(say, { to: bob, text: 'fits' }), 'success');
  await hears(other, 'fits');
  await hears(other, 'too much', 0);
  await page.end();
  await other.end();
});

test('a database that is damaged or of a later version is told by its number', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const first = await visit(alice, mine);
  await first.evaluate(say, { to: bob, text: 'hello' });
  await first.end();
  const second = await mine.newPage();
  await second.goto(addressOf(pages, '/script.html'));
  await second.evaluate(change, { key: 'sync', text: '{' });
  await second.close();
  const third = await visit(alice, mine);
  await isTold(third, 130166);
  assert.equal(await third.evaluate(say, { to: bob, text: 'anew' }), 'success');
  await third.evaluate(change, { version: 2 });
  await third.end();
  const fourth = await open(alice, mine);
  assert.equal(await fourth.evaluate(() => login.catch(({ code }) => code)), 130167);
  await fourth.end();
  await other.end();
});

test('a page stores nothing once another one has opened its database', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const page = await visit(alice, mine);
  // What the engine stores besides may be refused in the message's place, after which it opens the database again.
  const sent = [];
  while (sent.at(-1) !== 6005 && sent.length < 20) {
    await page.evaluate(change, { key: 0, text: 'another page', store: 'writer' });
    sent.push(await page.evaluate(say, { to: bob, text: 'too late' }).catch(() => 'not yet'));
  }
  assert.equal(sent.at(-1), 6005);
  assert.equal(await page.evaluate(has, 'outbox '), false);
  await page.end();
  await other.end();
});

test('two pages of a user share a login, and one goes on when the other is closed', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const [first, second] = [await visit(alice, mine), await visit(alice, mine)];
  assert.equal(await other.evaluate(say, { to: alice, text: 'to both' }), 'success');
  await hears(first, 'to both');
  await hears(second, 'to both');
  assert.equal(await second.evaluate(say, { to: bob, text: 'from the second' }), 'success');
  await hears(other, 'from the second');
  await first.end();
  assert.equal(await second.evaluate(say, { to: bob, text: 'alone' }), 'success');
  await hears(other, 'alone');
  assert.equal(await other.evaluate(say, { to: alice, text: 'to one' }), 'success');
  await hears(second, 'to one');
  const told = await second.evaluate(() => window.told.map((it) => it.name));
  assert.equal(told.filter((name) => name === 'sdkStateReady').length, 1);
  assert.ok(!told.includes('kickedOut') && !told.includes('sdkStateNotReady'));
  await second.end();
  await other.end();
});

test('who logs out in one page stays in the others', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const [first, second, third] = [await visit(alice, mine), await visit(alice, mine), await visit(alice, mine)];
  await second.evaluate(() => tim.logout());
  await first.evaluate(() => tim.logout());
  assert.equal(await third.evaluate(say, { to: bob, text: 'from the third' }), 'success');
  await hears(other, 'from the third');
  for (const page of [first, second]) assert.equal(await page.evaluate(() => tim.getMyProfile().catch(({ code }) => code)), 3005);
  for (const page of [first, second, third, other]) await page.end();
});

test('another device takes the place of all pages of a browser', async () => {
  const mine = await browser.newContext();
  const [first, second] = [await visit(alice, mine), await visit(alice, mine)];
  const elsewhere = await visit(alice, await browser.newContext());
  for (const page of [first, second]) await page.waitForFunction(() => told.some(({ name }) => name === 'kickedOut'));
  assert.equal(await elsewhere.evaluate(say, { to: alice, text: 'here' }), 'success');
  for (const page of [first, second]) assert.equal(await page.evaluate(() => tim.getMyProfile().catch(({ code }) => code)), 3002);
  for (const page of [first, second, elsewhere]) await page.end();
});

test('a page that follows sends a picture, and is told how far it is', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const [first, second] = [await visit(alice, mine), await visit(alice, mine)];
  await second.setInputFiles('#imagePicker', { name: 'picture.png', mimeType: 'image/png', buffer: picture(400, 300) });
  const [status, parts] = await second.evaluate(async (to) => {
    const parts = [];
    const payload = { file: document.querySelector('#imagePicker') };
    const onProgress = (part) => parts.push(part);
    const message = tim.createImageMessage({ to, conversationType: TIM.TYPES.CONV_C2C, payload, onProgress });
    await tim.sendMessage(message);
    return [message.status, parts];
  }, bob);
  assert.deepEqual([status, parts.at(-1)], ['success', 1]);
  await other.waitForFunction(() => received.some((it) => it.type === TIM.TYPES.MSG_IMAGE));
  for (const page of [first, second, other]) await page.end();
});

test('a page that is frozen loses the lead, and follows when it goes on', async () => {
  const mine = await browser.newContext();
  const other = await visit(bob, await browser.newContext());
  const first = await visit(alice, mine);
  const devtools = await mine.newCDPSession(first);
  const second = await visit(alice, mine, () => {
    // Its patience passes at once, where it waits for the leader.
    const { setInterval } = window;
    window.setInterval = (work, ms) => setInterval(work, ms === 5_000 ? 50 : ms);
  });
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  assert.equal(await other.evaluate(say, { to: alice, text: 'are you there?' }), 'success');
  await hears(second, 'are you there?');
  assert.equal(await second.evaluate(say, { to: bob, text: 'yes' }), 'success');
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await hears(other, 'yes');
  assert.equal(await other.evaluate(say, { to: alice, text: 'both of you?' }), 'success');
  await hears(first, 'both of you?');
  assert.equal(await first.evaluate(say, { to: bob, text: 'both' }), 'success');
  assert.ok(!(await first.evaluate(() => told.some(({ name }) => name === 'kickedOut'))));
  for (const page of [first, second, other]) await page.end();
});
