// When events are told: in their order, none after the end, and what ends a login at once. The engine is one of the test's own, whose
// answers the test gives.

import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';

import { bundled } from './bundled.mjs';

const GLUE = `
let wasm;
const instance = { exports: {} };
export class Engine {
  constructor(options, hear) { globalThis.engineHears = hear; }
  call(verb, parameters) { return globalThis.engineAnswers(verb, JSON.parse(parameters)); }
  destroy() { return globalThis.engineAnswers('destroy'); }
}
export default async function init() { wasm = instance.exports; await globalThis.engineStarts; }
export function setLogLevel() {}
export function setPut() {}
export function setStorage() {}
export const addFile = () => '';
`;

let fake;
before(async () => {
  fake = await bundled(GLUE);
  // Nothing ends by its time.
  mock.method(globalThis, 'setTimeout', () => {});
});
after(() => fake.end());

const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

/** The engine tells events. */
const tell = (...events) => globalThis.engineHears(JSON.stringify(events));

/** What runs as soon as nothing else does. */
const settled = () => new Promise((done) => setImmediate(done));

/** The calls of the engine, each of which is answered by `answer(result)`, or refused by `refuse()`. */
function calls() {
  const made = [];
  globalThis.engineAnswers = (verb, parameters) =>
    new Promise((resolve, reject) => {
      made.push({ verb, parameters, answer: (result = null) => resolve(JSON.stringify(result)), refuse: () => reject(new Error('gone')) });
    });
  return made;
}

/** An instance whose events of some names are kept by what tells them apart. */
async function somebody(name) {
  const TIM = await fake.load(name);
  const tim = TIM.create({ SDKAppID: 1, server: 'wss://chat.example' });
  const told = [];
  const { EVENT } = TIM;
  tim.on(EVENT.MESSAGE_RECEIVED, ({ data }) => told.push(...data.map((it) => it.ID)));
  for (const event of [EVENT.BLACKLIST_UPDATED, EVENT.KICKED_OUT, EVENT.GROUP_ATTRIBUTES_UPDATED, EVENT.SDK_DESTROY]) tim.on(event, (it) => told.push(it.name));
  return { TIM, tim, told, made: calls() };
}

/** As `somebody`, logged in. */
async function alice(name) {
  const made = await somebody(name);
  const login = made.tim.login({ userID: 'alice', userSig: 'sig' });
  await settled();
  made.made.pop().answer({ repeatLogin: false });
  await login;
  tell({ name: 'sdkStateReady' });
  await settled();
  return made;
}

const file = (ID) => ({ ID, type: 'TIMFileElem', status: 'success', to: 'alice', version: 0, payload: { fileUrl: '/media/x', fileName: ID } });
const text = (ID) => ({ ...file(ID), type: 'TIMTextElem', payload: { text: ID } });
const received = (...messages) => ({ name: 'onMessageReceived', data: messages });

test('addresses of all that is heard are asked for at once, and what is heard first is told first', async () => {
  const { told, made } = await alice('order');
  tell(received(file('slow')), received(text('text')), received(file('quick')));
  await settled();
  assert.deepEqual(made.map(({ verb, parameters }) => [verb, parameters.message.ID]), [['getAttachmentUrl', 'slow'], ['getAttachmentUrl', 'quick']]);
  made[1].answer('https://chat.example/quick');
  await settled();
  assert.deepEqual(told, []);
  made[0].answer('https://chat.example/slow');
  await settled();
  assert.deepEqual(told, ['slow', 'text', 'quick']);
});

test('what waits when an instance is destroyed is told before that ends, and nothing afterwards', async () => {
  const { TIM, tim, told, made } = await alice('destroy');
  tell(received(file('waiting')), { name: 'groupAttributesUpdated', data: { groupID: 'tea', groupAttributes: [], deletedKeyList: [] } });
  await settled();
  const [address] = made.splice(0);
  const destroyed = tim.destroy();
  await settled();
  const [end] = made.splice(0).filter(({ verb }) => verb === 'destroy');
  tell(received(text('last')));
  await settled();
  end.answer();
  await settled();
  assert.deepEqual(told, []);
  address.refuse();
  await destroyed;
  const all = ['waiting', 'last', TIM.EVENT.SDK_DESTROY];
  assert.deepEqual(told, all);
  // What the engine still tells.
  tell(received(text('late')), { name: 'blacklistUpdated', data: [] });
  made.forEach(({ refuse }) => refuse());
  await settled();
  assert.deepEqual(told, all);
});

test('attributes that are asked for when an instance is destroyed are not told', async () => {
  const { TIM, tim, told, made } = await alice('attributes');
  tell({ name: 'groupAttributesUpdated', data: { groupID: 'tea', groupAttributes: [], deletedKeyList: [] } });
  await settled();
  const [attributes] = made.splice(0);
  assert.equal(attributes.verb, 'getGroupAttributes');
  const destroyed = tim.destroy();
  await settled();
  made.pop().answer();
  await destroyed;
  attributes.refuse();
  await settled();
  assert.deepEqual(told, [TIM.EVENT.SDK_DESTROY]);
});

test('a kick is known at once, also while an event waits that is told before it', async () => {
  const { TIM, tim, told, made } = await alice('kick');
  tell(received(file('waiting')), { name: 'kickedOut', data: { type: TIM.TYPES.KICKED_OUT_REST_API } });
  await settled();
  assert.equal((await rejection(tim.getMyProfile())).code, 3006);
  assert.deepEqual(told, []);
  made[0].refuse();
  await settled();
  assert.deepEqual(told, ['waiting', TIM.EVENT.KICKED_OUT]);
  assert.equal((await rejection(tim.getMyProfile())).code, 3006);
});

test('a login that is ended before it is ready says why', async () => {
  const { TIM, tim, made } = await somebody('early');
  const login = tim.login({ userID: 'alice', userSig: 'sig' });
  await settled();
  tell({ name: 'sdkStateReady' }, { name: 'kickedOut', data: { type: TIM.TYPES.KICKED_OUT_MULT_ACCOUNT } });
  await settled();
  assert.equal((await rejection(tim.getMyProfile())).code, 3003);
  made.pop().answer({ repeatLogin: false });
  await login;
  assert.equal((await rejection(tim.getMyProfile())).code, 3003);
  assert.equal((await rejection(tim.logout())).code, 2024);
});

test('the engine starts beside what the program does, and a second try may succeed', async () => {
  const { tim, made } = await somebody('start');
  let start;
  globalThis.engineStarts = new Promise((_, fail) => (start = fail));
  const first = tim.login({ userID: 'alice', userSig: 'sig' });
  await settled();
  assert.deepEqual(made, []);
  assert.equal((await rejection(tim.getMyProfile())).code, 3000);
  start(new Error('not enough memory'));
  assert.match((await rejection(first)).message, /memory/);
  globalThis.engineStarts = undefined;
  const second = tim.login({ userID: 'alice', userSig: 'sig' });
  await settled();
  made.pop().answer({ repeatLogin: false });
  assert.equal((await second).code, 0);
});

test('an instance that is destroyed while its engine starts logs nobody in', async () => {
  const { tim, made } = await somebody('gone');
  let start;
  globalThis.engineStarts = new Promise((begun) => (start = begun));
  const login = rejection(tim.login({ userID: 'alice', userSig: 'sig' }));
  const destroyed = rejection(tim.destroy());
  start();
  assert.deepEqual([(await login).code, (await destroyed).code, made], [2024, 2024, []]);
  globalThis.engineStarts = undefined;
});
