// The web chat of examples/web in Chromium, against a real server: alice, bob and carol each have a page, see what the others do, and the
// page looks as it should in each of its states.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { serve } from '../../../../examples/web/serve.mjs';
import { picture } from '../picture.mjs';
import { APP, World } from '../world.mjs';
import { Album, DESK } from './album.mjs';
import { browser as launch } from './browser.mjs';

const NICKS = { alice: 'Alice', bob: 'Bob', carol: 'Carol Ann', dave: 'Dave', erin: 'Erin', frank: 'Frank', grace: 'Grace' };

const PATIENCE_MS = 120_000;

let world;
let pages;
let browser;
let album;
before(async () => {
  world = await World.start('tim-js-sdk', NICKS);
  const userSigs = {};
  for (const user of Object.keys(NICKS)) userSigs[user] = await world.userSig(user);
  pages = await serve(async () => ({ SDKAppID: APP, server: world.server, userSigs }));
  browser = await launch();
  album = await Album.open();
});
after(async () => {
  await album?.close();
  await browser?.close();
  pages?.server.closeAllConnections();
  pages?.server.close();
  await world?.end();
});

/** A page of its own, at an address. */
async function open(address) {
  const context = await browser.newContext({ viewport: DESK, locale: 'en' });
  // Others may keep the machine busy.
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Somebody's page, with what one does there. */
class Visitor {
  static async come(user) {
    const visitor = new Visitor(await open(`${pages.address}/#${user}`));
    await visitor.page.locator('#chat').waitFor();
    return visitor;
  }

  faults = [];

  constructor(page) {
    this.page = page;
    page.on('pageerror', (fault) => this.faults.push(fault));
  }

  /** Waits until a text is shown in a part of the page. */
  sees(text, where = '#messages') {
    return this.page.locator(where).getByText(text).first().waitFor();
  }

  /** Waits until a condition holds in the page. */
  until(condition, ...args) {
    return this.page.waitForFunction(condition, ...args);
  }

  async opens(name) {
    await this.page.locator('.conversation').filter({ has: this.page.locator('.name').getByText(name, { exact: true }) }).click();
    await this.page.locator('#talk-name', { hasText: name }).waitFor();
  }

  async startsChat(userID) {
    await this.page.click('#new-chat');
    await this.page.fill('#chat-dialog [name=userID]', userID);
    await this.page.click('#chat-dialog [type=submit]');
    await this.page.locator('#open').waitFor();
  }

  async says(text) {
    await this.page.fill('#text', text);
    await this.page.press('#text', 'Enter');
    await this.sees(text);
  }

  /** Waits until the last message of this user has become of what is told. */
  becomes(state) {
    return this.until((wanted) => [...document.querySelectorAll('.mine .state')].at(-1)?.textContent === wanted, state);
  }

  async leaves() {
    assert.deepEqual(this.faults, []);
    await this.page.context().close();
  }
}

const come = (...users) => Promise.all(users.map((user) => Visitor.come(user)));

test('whoever comes without a name is asked for it', async () => {
  const page = await open(pages.address);
  await page.locator('.person').first().waitFor();
  await album.look(page, 'login');
  await page.getByRole('button', { name: 'grace' }).click();
  await page.locator('#chat').waitFor();
  assert.equal(new URL(page.url()).hash, '#grace');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.locator('#login-notice', { hasText: 'You are logged out.' }).waitFor();
  await page.context().close();
});

test('alice and bob chat: what is unread, who types, what was read', async () => {
  const [alice, bob] = await come('alice', 'bob');
  await alice.page.click('#new-chat');
  await alice.page.fill('#chat-dialog [name=userID]', 'nobody');
  await alice.page.press('#chat-dialog [name=userID]', 'Enter');
  await alice.sees('This conversation cannot be opened', '#chat-dialog');
  await alice.page.keyboard.press('Escape');
  await alice.startsChat('bob');
  await alice.says('Are you coming tonight?');
  await alice.becomes('Sent');
  await bob.sees('Are you coming tonight?', '#conversations');
  await bob.until(() => document.title === '(1) tim chat' && document.querySelector('.unread')?.textContent === '1 unread');
  await bob.opens('Alice');
  await bob.sees('Are you coming tonight?');
  await bob.until(() => document.title === 'tim chat' && !document.querySelector('.unread'));
  await alice.becomes('Read');

  await bob.page.locator('#text').pressSequentially('Y');
  await alice.sees('Bob is typing…', '#talk-detail');
  await bob.says('Yes! I bring the cake.');
  await alice.sees('Yes! I bring the cake.');
  await alice.until(() => document.getElementById('talk-detail').textContent === '');
  await alice.until(() => document.querySelector('#conversations .line').textContent === 'Yes! I bring the cake.');
  await alice.says('Wonderful. A text that is long enough to need more than one line, also where there is a lot of room for it, as on a desk.');
  await alice.says('And https://example.org/a/very/long/address/that/nothing/breaks/and/that/goes/on/and/on/and/on');
  await bob.sees('that/nothing/breaks');
  await alice.becomes('Read');
  await alice.until(() => document.querySelector('#conversations .line').textContent.startsWith('You: And https'));
  await album.look(alice.page, 'talk');
  await album.look(bob.page, 'talk-other');

  await bob.page.setViewportSize({ width: 390, height: 780 });
  await bob.page.getByRole('button', { name: 'Back to the conversations' }).click();
  await bob.page.locator('.sidebar').waitFor();
  await album.look(bob.page, 'list');
  await alice.leaves();
  await bob.leaves();
});

test('pictures and files are picked, dropped and pasted, open, and are saved', async () => {
  const [carol, dave] = await come('carol', 'dave');
  await carol.startsChat('dave');
  await carol.page.setInputFiles('#file', { name: 'hill.png', mimeType: 'image/png', buffer: picture(640, 400) });
  await carol.becomes('Sent');
  await dave.opens('Carol Ann');
  const image = dave.page.locator('.picture img');
  await image.waitFor();
  await dave.until(() => document.querySelector('.picture img').naturalWidth > 0);
  await dave.page.getByRole('button', { name: 'Picture from Carol Ann' }).click();
  await dave.until(() => document.getElementById('viewer').open && document.getElementById('viewer-picture').naturalWidth === 640);
  await album.look(dave.page, 'picture');
  await dave.page.keyboard.press('Escape');
  await dave.until(() => !document.getElementById('viewer').open);

  for (const [kind, name] of [['drop', 'dropped.txt'], ['paste', 'pasted.txt']]) {
    await carol.page.evaluate(give, { kind, name });
    await dave.sees(name);
    await carol.becomes('Read');
  }
  const [saved] = await Promise.all([dave.page.waitForEvent('download'), dave.page.getByRole('button', { name: 'dropped.txt' }).click()]);
  assert.equal(saved.suggestedFilename(), 'dropped.txt');
  await album.look(carol.page, 'files');
  await carol.leaves();
  await dave.leaves();
});

/** Drops or pastes a file into the conversation. Runs in the page. */
function give({ kind, name }) {
  const files = new DataTransfer();
  files.items.add(new File(['tea'], name, { type: 'text/plain' }));
  const event = kind === 'drop' ? new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }) : new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true });
  document.getElementById('text').dispatchEvent(event);
}

test('older messages come when one scrolls up, and what one looks at stays where it is', async () => {
  const [erin, frank] = await come('erin', 'frank');
  await erin.page.evaluate(async () => {
    const { tim } = await import('/app/tim.js');
    for (let number = 1; number <= 60; number += 1) {
      await tim.sendMessage(tim.createTextMessage({ to: 'frank', conversationType: 'C2C', payload: { text: `number ${number}.` } }));
    }
  });
  await frank.opens('Erin');
  await frank.sees('number 60.');
  const { page } = frank;
  const shown = () => page.locator('#messages .text').allTextContents();
  assert.ok((await shown()).length < 60);
  while ((await shown())[0] !== 'number 1.') {
    const count = (await shown()).length;
    const [first, moved] = await page.evaluate(async (before) => {
      const scroller = document.getElementById('scroller');
      const [item] = document.getElementById('messages').children;
      scroller.scrollTop = 0;
      const top = item.querySelector('.bubble').getBoundingClientRect().top;
      while (document.querySelectorAll('#messages .text').length === before) await new Promise(requestAnimationFrame);
      return [item.querySelector('.text').textContent, item.querySelector('.bubble').getBoundingClientRect().top - top];
    }, count);
    assert.ok(Math.abs(moved) < 2, `${first} moved by ${moved}`);
  }
  assert.deepEqual(await shown(), Array.from({ length: 60 }, (_, number) => `number ${number + 1}.`));
  await erin.leaves();
  await frank.leaves();
});

test('a message is recalled, and one that was refused is sent again', async () => {
  const [grace, frank] = await come('grace', 'frank');
  await grace.startsChat('frank');
  await grace.says('Forget this.');
  await frank.opens('Grace');
  await frank.sees('Forget this.');
  await grace.becomes('Read');
  await grace.page.locator('.message', { hasText: 'Forget this.' }).hover();
  await grace.page.getByRole('button', { name: 'Recall' }).click();
  await grace.sees('You recalled a message');
  await frank.sees('Grace recalled a message');

  const blacklist = (method) => frank.page.evaluate(async (name) => (await import('/app/tim.js')).tim[name]({ userIDList: ['grace'] }), method);
  await blacklist('addToBlacklist');
  await grace.says('Hear me.');
  await grace.sees('Not sent');
  await album.look(grace.page, 'failed');
  await blacklist('removeFromBlacklist');
  await grace.page.getByRole('button', { name: 'Send again' }).click();
  await frank.sees('Hear me.');
  await grace.becomes('Read');
  await grace.leaves();
  await frank.leaves();
});

test('a group: who is in it, who says what, and what happens there in sentences', async () => {
  const [alice, bob, carol] = await come('alice', 'bob', 'carol');
  await alice.page.click('#new-group');
  await alice.page.getByRole('checkbox', { name: 'bob' }).check();
  await alice.page.fill('#group-dialog [name=name]', 'Tea at five');
  await album.look(alice.page, 'new-group');
  await alice.page.getByRole('button', { name: 'Create' }).click();
  await alice.page.locator('#talk-name', { hasText: 'Tea at five' }).waitFor();
  await bob.opens('Tea at five');
  await bob.says('What shall I bring?');
  await alice.sees('What shall I bring?');
  await alice.sees('Bob', '#messages .sender');

  await alice.page.click('#show-members');
  await alice.page.fill('#members-dialog [name=userID]', 'nobody');
  await alice.page.getByRole('button', { name: 'Add', exact: true }).click();
  await alice.sees('nobody could not be added', '#toast');
  await alice.page.fill('#members-dialog [name=userID]', 'carol');
  await alice.page.getByRole('button', { name: 'Add', exact: true }).click();
  await alice.sees('Carol Ann', '#members');
  await album.look(alice.page, 'members');
  await alice.page.getByRole('button', { name: 'Close' }).click();
  await bob.sees('Alice added Carol Ann');
  await bob.sees('3 members', '#talk-detail');

  await carol.opens('Tea at five');
  await carol.says('I have biscuits.');
  await alice.sees('I have biscuits.');
  await alice.says('Perfect, then we have all we need.');
  await bob.sees('Perfect');
  await alice.page.setInputFiles('#file', { name: 'garden.png', mimeType: 'image/png', buffer: await garden(alice.page) });
  await bob.page.locator('.picture').waitFor();
  await bob.until(() => document.querySelector('.picture img').naturalWidth > 0);
  await alice.becomes('Sent');
  await album.look(bob.page, 'group');
  await album.document(bob.page, 'web-chat.png');
  for (const visitor of [alice, bob, carol]) await visitor.leaves();
});

/** A picture that is one: hills under an evening sky. */
async function garden(page) {
  const address = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 480, height: 300 });
    const context = canvas.getContext('2d');
    const sky = context.createLinearGradient(0, 0, 0, 220);
    sky.addColorStop(0, '#3f5f8a');
    sky.addColorStop(1, '#f6c28b');
    const fill = (colour, draw) => {
      context.fillStyle = colour;
      context.beginPath();
      draw();
      context.fill();
    };
    fill(sky, () => context.rect(0, 0, 480, 300));
    fill('#fbe3b5', () => context.arc(340, 150, 34, 0, 7));
    fill('#4f7f6c', () => context.ellipse(120, 300, 260, 110, 0, 0, 7));
    fill('#2f5d4c', () => context.ellipse(400, 320, 240, 110, 0, 0, 7));
    return canvas.toDataURL();
  });
  return Buffer.from(address.split(',')[1], 'base64');
}

test('the connection is cut and comes back: what was written meanwhile arrives', async () => {
  const [dave, erin] = await come('dave', 'erin');
  await dave.startsChat('erin');
  await dave.says('Before.');
  await erin.opens('Dave');
  await erin.sees('Before.');
  await dave.becomes('Read');
  await world.pause();
  await dave.page.locator('#network').waitFor();
  await dave.says('Meanwhile.');
  await dave.becomes('Sending…');
  await album.look(dave.page, 'no-connection');
  await world.resume();
  await erin.sees('Meanwhile.');
  await dave.becomes('Read');
  for (const { page } of [dave, erin]) await page.locator('#network').waitFor({ state: 'hidden' });
  await dave.leaves();
  await erin.leaves();
});

test('a second login ends the first, which says so and can log in again', async () => {
  const first = await Visitor.come('bob');
  const second = await Visitor.come('bob');
  await first.sees('You logged in', '#login-notice');
  await album.look(first.page, 'kicked');
  await first.page.getByRole('button', { name: 'bob' }).click();
  await first.page.locator('#chat').waitFor();
  await second.sees('You logged in', '#login-notice');
  await first.leaves();
  await second.leaves();
});

test('a long name pushes nothing out, a text that is too long is not lost, and a second click makes no second group', async () => {
  const grace = await Visitor.come('grace');
  const name = 'The very long name of a group';
  await grace.page.click('#new-group');
  await grace.page.getByRole('checkbox', { name: 'frank' }).check();
  await grace.page.fill('#group-dialog [name=name]', name);
  await grace.page.evaluate(() => {
    const form = document.querySelector('#group-dialog form');
    for (let click = 0; click < 2; click += 1) form.requestSubmit();
  });
  await grace.page.locator('#talk-name', { hasText: name }).waitFor();
  const groups = await grace.page.evaluate(async () => (await (await import('/app/tim.js')).tim.getGroupList()).data.groupList.map((it) => it.name));
  assert.deepEqual(groups, [name]);

  await grace.page.setViewportSize({ width: 390, height: 780 });
  const { x, width } = await grace.page.locator('#composer [type=submit]').boundingBox();
  assert.ok(x + width <= 390, `Send ends at ${x + width}`);
  const text = 'x'.repeat(13_000);
  await grace.page.fill('#text', text);
  await grace.page.press('#text', 'Enter');
  await grace.sees('This cannot be sent', '#toast');
  assert.equal(await grace.page.inputValue('#text'), text);
  await grace.leaves();
});

/** Whether the list says that of a conversation. Runs in the page. */
function unreadIs([name, wanted]) {
  const conversation = [...document.querySelectorAll('.conversation')].find((it) => it.querySelector('.name').textContent === name);
  return conversation?.querySelector('.unread')?.textContent === wanted;
}

test('who looks at older messages has not read the newest', async () => {
  const [erin, frank] = await come('erin', 'frank');
  await frank.opens('Erin');
  await frank.sees('number 60.');
  await frank.until(unreadIs, ['Erin', undefined]);
  await frank.page.evaluate(() => (document.getElementById('scroller').scrollTop = 0));
  await erin.opens('Frank');
  await erin.says('Are you still there?');
  await frank.sees('Are you still there?', '#conversations');
  await frank.until(unreadIs, ['Erin', '1 unread']);
  await frank.page.evaluate(() => (document.getElementById('scroller').scrollTop = document.getElementById('scroller').scrollHeight));
  await erin.becomes('Read');
  await erin.leaves();
  await frank.leaves();
});

test('the server of the demo gives nothing but the page, the package and what its people log in with', async () => {
  const answer = (path, headers = {}) => fetch(`${pages.address}${path}`, { headers });
  assert.deepEqual(await (await answer('/demo/people')).json(), Object.keys(NICKS));
  assert.equal((await answer('/tim-js-sdk/tim-js.mjs')).status, 200);
  for (const path of ['/serve.mjs', '/../../README.md', '/%2e%2e/%2e%2e/web/js/package.json', '/tim-js-sdk/%2e%2e/js/build.mjs', '/demo/usersig/mallory', '/demo/constructor', '/%']) {
    assert.equal((await answer(path)).status, 404, path);
  }
});
