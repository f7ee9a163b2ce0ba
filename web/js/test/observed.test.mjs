// What programs observe without a chat: instances, handlers, what is refused when, logins. What differs between the packages is in
// packages.test.mjs.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { NOT_YET } from '../face/methods/not-yet.js';
import { APP, bundle, load, World } from './world.mjs';

let world;
before(async () => (world = await World.start()));
after(() => world.end());

const INVALID = { name: 'Error', message: 'Params validate failed.' };

/** What a promise is rejected with. */
const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

/** An instance without a server. */
async function offline() {
  const TIM = await load();
  return { TIM, tim: TIM.create({ SDKAppID: APP, server: 'ws://127.0.0.1:9' }) };
}

test('there is one instance for each SDKAppID', async () => {
  const TIM = await load();
  const create = (SDKAppID) => TIM.create({ SDKAppID });
  const first = create(APP);
  for (const same of [String(APP), ` ${APP}`, `${APP}.9`, new Number(APP)]) assert.equal(create(same), first);
  for (const other of [APP + 0.9, APP + 1, -1]) assert.notEqual(create(other), first);
  assert.equal(create(-1), create(-1));
  assert.notEqual(create(0), create(0));
});

test('what is not refused before a login says by itself that it cannot work', async () => {
  const { tim } = await offline();
  assert.equal((await rejection(tim.logout())).code, 2024);
  assert.throws(() => tim.joinGroup(), INVALID);
  assert.throws(() => tim.quitGroup(), INVALID);
  assert.equal((await rejection(tim.quitGroup('tea'))).code, 2623);
  assert.deepEqual(await tim.getGroupOnlineMemberCount('tea'), { code: 0, data: { memberCount: 0 } });
  assert.throws(() => tim.registerPlugin(), TypeError);
  assert.throws(() => tim.registerPlugin(null), TypeError);
  assert.equal(tim.registerPlugin({}), undefined);
  for (const level of [-1, 0, 1, 2, 3, 4, '0', null, undefined, NaN, 'word', 9]) assert.equal(tim.setLogLevel(level), undefined);
});

/** An instance whose ERROR events come from a refused call, at once. */
async function loud() {
  const { TIM, tim } = await offline();
  const emit = () => void tim.getMyProfile().catch(() => {});
  return { name: TIM.EVENT.ERROR, tim, emit };
}

test('all handlers get the same event, and one that throws stops nobody', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { name, tim, emit } = await loud();
  const heard = [];
  const context = {};
  tim.on(name, () => {
    throw new Error('a fault of the program');
  });
  tim.on(name, function (event) {
    heard.push([this, event]);
  }, context);
  tim.on(name, (event) => heard.push([context, event]));
  emit();
  assert.equal(heard.length, 2);
  assert.equal(heard[0][0], context);
  assert.equal(heard[0][1], heard[1][1]);
  assert.deepEqual(Object.keys(heard[0][1]), ['name', 'data']);
  assert.equal(heard[0][1].name, name);
});

test('a handler that was given twice is called twice, and one off takes it away', async () => {
  const { name, tim, emit } = await loud();
  let calls = 0;
  const handler = () => (calls += 1);
  tim.on(name, handler);
  tim.on(name, handler);
  emit();
  assert.equal(calls, 2);
  tim.off(name, () => {});
  emit();
  assert.equal(calls, 4);
  tim.off(name, handler);
  emit();
  assert.equal(calls, 4);
});

test('handlers that are given or taken away in a handler count from the next event on', async () => {
  const { name, tim, emit } = await loud();
  const heard = [];
  const later = () => heard.push('later');
  const added = () => heard.push('added');
  const first = () => {
    tim.off(name, later);
    tim.on(name, added);
    tim.off(name, first);
  };
  tim.on(name, first);
  tim.on(name, later);
  emit();
  assert.deepEqual(heard, ['later']);
  emit();
  assert.deepEqual(heard, ['later', 'added']);
});

test('handlers that are none throw, and names that are none do not', async () => {
  const { name, tim } = await loud();
  for (const handler of [undefined, null, 'handler', {}]) {
    assert.throws(() => tim.on(name, handler), INVALID);
    assert.throws(() => tim.off(name, handler), INVALID);
  }
  assert.equal(tim.on('nothing', () => {}), undefined);
});

test('a login without a user or token throws', async () => {
  const { tim } = await offline();
  const wrong = [{}, { userID: '', userSig: 'x' }, { userID: 'alice' }, { userID: 'alice', userSig: '' }, { userID: 1, userSig: 'x' }, { userID: 'alice', userSig: 1 }, 'alice', undefined];
  for (const options of wrong) assert.throws(() => tim.login(options), INVALID);
  assert.throws(() => tim.login(null), TypeError);
});

test('an example without an SDKAppID is refused with 2000', async () => {
  const TIM = await load();
  const tim = TIM.create({ SDKAppID: 0 });
  assert.equal((await rejection(tim.login({ userID: 'alice', userSig: 'x' }))).code, 2000);
  assert.equal((await rejection(tim.getMyProfile())).code, 3000);
});

test('without a server the login says what to name', async () => {
  const TIM = await load();
  const why = await rejection(TIM.create({ SDKAppID: APP }).login({ userID: 'alice', userSig: 'x' }));
  assert.equal(why.code, 130165);
  assert.match(why.message, /server/);
});

test('calls are refused with 3000 while the login is under way, and with 3001 once it has failed', async () => {
  const alice = await world.person('alice');
  const login = alice.tim.login({ userID: 'alice', userSig: 'nonsense' });
  assert.equal((await rejection(alice.tim.getMyProfile())).code, 3000);
  assert.equal((await rejection(alice.tim.login({ userID: 'bob', userSig: 'x' }))).code, 2025);
  assert.equal((await rejection(alice.tim.logout())).code, 2024);
  const why = await rejection(login);
  assert.ok(why.code >= 70001 && why.code <= 70052, `${why.code} ${why.message}`);
  assert.equal((await rejection(alice.tim.getMyProfile())).code, 3001);
  await alice.login();
  assert.equal((await alice.tim.getMyProfile()).data.userID, 'alice');
});

test('a login answers as TIM does, a second one says so, and after a logout calls are refused with 3005', async () => {
  const bob = await world.person('bob');
  const { EVENT } = bob.TIM;
  const options = { userID: 'bob', userSig: bob.userSig };
  const ok = { actionStatus: 'OK', errorCode: 0, errorInfo: '' };
  assert.deepEqual(await bob.tim.login(options), { code: 0, data: ok });
  await bob.event(EVENT.SDK_READY);
  assert.deepEqual(await bob.tim.login(options), { code: 0, data: { ...ok, repeatLogin: true } });
  assert.deepEqual(await bob.tim.logout(), { code: 0, data: {} });
  await bob.event(EVENT.SDK_NOT_READY);
  assert.equal((await rejection(bob.tim.getMyProfile())).code, 3005);
  assert.equal(bob.count(EVENT.NET_STATE_CHANGE), 0);
  await bob.login();
});

test('another device takes the place of the first', async () => {
  const first = await world.person('carol');
  await first.login();
  const second = await world.person('carol');
  await second.login();
  const { type } = await first.event(first.TIM.EVENT.KICKED_OUT);
  await first.event(first.TIM.EVENT.SDK_NOT_READY);
  const codes = { multipleDevice: 3002, multipleAccount: 3003 };
  assert.equal((await rejection(first.tim.getMyProfile())).code, codes[type]);
});

test('a method without what it needs throws at once', async () => {
  const frank = await (await world.person('frank')).login();
  const { tim } = frank;
  const needsNothing = [
    'logout', 'destroy', 'setLogLevel', 'registerPlugin', 'findMessage', 'setAllMessageRead', 'getConversationList',
    'getConversationGroupList', 'getTotalUnreadMessageCount', 'getGroupList', 'getGroupOnlineMemberCount', 'getJoinedCommunityList', 'getMyProfile', 'updateMyProfile', 'setSelfStatus',
    'unsubscribeUserStatus', 'getBlacklist', 'getFriendList', 'getFriendApplicationList', 'setFriendApplicationRead', 'getFriendGroupList',
    'getGroupApplicationList',
    ...Object.keys(NOT_YET),
  ];
  for (const name of Object.keys(tim).filter((it) => !needsNothing.includes(it))) assert.throws(() => tim[name](), INVALID, name);
});

test('once is for the next event alone', async () => {
  const grace = await (await world.person('grace')).login();
  let calls = 0;
  grace.tim.once(grace.TIM.EVENT.MESSAGE_RECEIVED, () => (calls += 1));
  const frank = await (await world.person('frank2')).login();
  for (const text of ['one', 'two']) {
    await frank.says(text, 'grace');
    await grace.receives(text);
  }
  assert.equal(calls, 1);
});

test('an instance that was destroyed refuses, and another one takes its place', async () => {
  const { TIM, tim } = await offline();
  const told = [];
  tim.on(TIM.EVENT.SDK_DESTROY, ({ data }) => told.push(data));
  const destroyed = tim.destroy();
  assert.equal(TIM.create({ SDKAppID: APP }), tim);
  assert.equal((await rejection(destroyed)).code, 2024);
  assert.deepEqual(told, [{ SDKAppID: APP }]);
  assert.notEqual(TIM.create({ SDKAppID: APP }), tim);
  assert.equal((await rejection(tim.getMyProfile())).code, 2024);
  assert.equal(await tim.login({ userID: 'alice', userSig: 'x' }), undefined);
  assert.equal((await rejection(tim.destroy())).code, 2024);
  assert.equal(told.length, 2);
});

test('who is logged in leaves with the instance', async () => {
  const [dave] = await world.people('dave');
  const { SDK_NOT_READY, SDK_DESTROY } = dave.TIM.EVENT;
  const told = [];
  for (const name of [SDK_NOT_READY, SDK_DESTROY]) dave.tim.on(name, (event) => told.push(event.name));
  assert.equal(await dave.tim.destroy(), undefined);
  assert.deepEqual(told, [SDK_NOT_READY, SDK_DESTROY]);
  assert.equal((await rejection(dave.tim.getMyProfile())).code, 2024);
});

test('a program ends by itself once its instance is destroyed', async () => {
  const program = `
    const TIM = require(${JSON.stringify(bundle('tim-js.js'))});
    const tim = TIM.create({ SDKAppID: ${APP}, server: '${world.server}' });
    tim.on(TIM.EVENT.SDK_READY, () => tim.destroy().then(() => console.log('destroyed')));
    tim.login({ userID: 'erin', userSig: '${await world.userSig('erin')}' });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { timeout: 20_000 });
  assert.equal(stdout, 'destroyed\n');
});
