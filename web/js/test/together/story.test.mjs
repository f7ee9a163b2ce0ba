// Five people with five languages in one group: what each has of it is the same. TIM_MEMBERS is a folder with a program for each
// language that is not JavaScript: script/test-together writes it.

import assert from 'node:assert/strict';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { browser as launch } from '../page/browser.mjs';
import { addressOf, servePages } from '../page/pages.mjs';
import { picture } from '../picture.mjs';
import { World } from '../world.mjs';
import { END, line, Page, Program, QUESTION } from './members.mjs';

const GROUP = 'kitchen';
const PROGRAMS = { bob: 'cpp', carol: 'kotlin', dave: 'swift' };

let world;
let pages;
let browser;
let running = [];
before(async () => ([world, pages, browser] = [await World.start(), await servePages(), await launch()]));
after(async () => {
  running.forEach((program) => program.end());
  await browser?.close();
  pages?.close();
  await world?.end();
});

/** A page that has the package as a script. */
async function openPage() {
  const page = await browser.newPage();
  await page.goto(addressOf(pages, '/script.html'));
  return page;
}

async function programs() {
  const folder = process.env.TIM_MEMBERS;
  const there = folder ? await readdir(folder) : [];
  assert.deepEqual(there.sort(), Object.values(PROGRAMS).sort(), 'TIM_MEMBERS has the programs: run script/test-together');
  const start = async ([user, language]) =>
    new Program(join(folder, language), world, user, await world.userSig(user), await mkdtemp(join(world.folder, user)));
  running = await Promise.all(Object.entries(PROGRAMS).map(start));
  return running;
}

test('C++, Kotlin, Swift, a page and Node have one conversation', async () => {
  const alice = await (await world.person('alice')).login();
  const { TYPES } = alice.TIM;
  const others = [...Object.keys(PROGRAMS), 'eve'];
  const memberList = others.map((userID) => ({ userID }));
  // Who logs in for the first time does so before anybody adds them.
  const members = [...(await programs()), new Page(await openPage(), world, 'eve', await world.userSig('eve'), GROUP)];
  await Promise.all(members.map((member) => member.ready()));
  await alice.tim.createGroup({ name: 'The kitchen', type: TYPES.GRP_WORK, groupID: GROUP, memberList });

  const sends = (text) => alice.says(text, GROUP, TYPES.CONV_GROUP);
  await sends(QUESTION);
  const languages = ['bob writes C++', 'carol writes Kotlin', 'dave writes Swift', 'eve writes JavaScript in a page'];
  const heard = new Set();
  while (heard.size < languages.length) heard.add((await alice.message(({ payload }) => languages.includes(payload.text))).payload.text);
  const regretted = await sends('never mind this one');
  const file = picture(64, 48);
  await alice.tim.sendMessage(alice.tim.createImageMessage({ to: GROUP, conversationType: TYPES.CONV_GROUP, payload: { file } }));
  await alice.tim.revokeMessage(regretted);
  await sends(END);

  const { messageList } = (await alice.tim.getMessageList({ conversationID: `GROUP${GROUP}` })).data;
  const lines = messageList.map(line).filter(Boolean);
  const said = lines.map((it) => it.split(' ').slice(1).join(' '));
  assert.deepEqual(new Set(said.slice(1, 5)), new Set(languages.map((it) => `${it.split(' ')[0]} ${it}`)));
  assert.deepEqual([said[0], ...said.slice(5)], [`alice ${QUESTION}`, 'alice revoked', 'alice 64 x 48', `alice ${END}`]);
  for (const [place, member] of members.entries()) assert.deepEqual(await member.messages(), lines, others[place]);
});
