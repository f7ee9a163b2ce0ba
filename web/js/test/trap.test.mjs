// A fault in the engine: its WebAssembly traps, of which everybody who waits hears, and nothing is called any more; or it tells what
// nobody can read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { bundled } from './bundled.mjs';

// In the place of what wasm-bindgen writes: an engine that waits, traps in a call, or traps in what the host calls.
const GLUE = `
let wasm;
const instance = { exports: {
  call: (verb) => {
    if (verb === 'logout') throw new WebAssembly.RuntimeError('unreachable');
    return verb === 'login' ? Promise.resolve('{"repeatLogin":false}') : new Promise(() => {});
  },
  closures: () => { throw new WebAssembly.RuntimeError('unreachable'); },
} };
export class Engine {
  constructor(options, hear) { globalThis.heard = hear; }
  call(verb) { return wasm.call(verb); }
  destroy() { return wasm.call('destroy'); }
}
export default async function init() { wasm = instance.exports; globalThis.hostCalls = () => wasm.closures(); }
export function setLogLevel() {}
export function setPut() {}
export function setStorage() {}
export const addFile = () => '';
`;

let fake;
before(async () => (fake = await bundled(GLUE)));
after(() => fake.end());

/** The engine tells events. */
const tell = (...events) => globalThis.heard(JSON.stringify(events));

/** Somebody who is logged in and waits for a profile. */
async function waiting(t, name) {
  t.mock.method(console, 'error', () => {});
  const TIM = await fake.load(name);
  const tim = TIM.create({ SDKAppID: 1, server: 'wss://chat.example' });
  const error = new Promise((told) => tim.on(TIM.EVENT.ERROR, ({ data }) => told(data)));
  const ready = new Promise((told) => tim.on(TIM.EVENT.SDK_READY, told));
  await tim.login({ userID: 'alice', userSig: 'sig' });
  tell({ name: 'sdkStateReady' });
  await ready;
  return { TIM, tim, error, profile: rejection(tim.getMyProfile()) };
}

const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

test('a trap in what the host calls ends what is waited for, and every later call', async (t) => {
  const { tim, error, profile } = await waiting(t, 'host');
  globalThis.hostCalls();
  assert.equal((await profile).code, 130185);
  assert.equal((await error).code, 130185);
  assert.match((await error).message, /report/);
  assert.equal((await rejection(tim.getMyProfile())).code, 130185);
  assert.throws(() => tim.createTextMessage({ to: 'bob', conversationType: 'C2C', payload: { text: 'hi' } }), { code: 130185 });
});

test('a trap in a call ends the others, too', async (t) => {
  const { tim, error, profile } = await waiting(t, 'call');
  assert.equal((await rejection(tim.logout())).code, 130185);
  assert.equal((await profile).code, 130185);
  assert.equal((await error).code, 130185);
});

test('an event that nobody can read is logged, and the next one is told', async (t) => {
  const { TIM, tim, profile } = await waiting(t, 'event');
  const told = new Promise((hear) => tim.on(TIM.EVENT.BLACKLIST_UPDATED, ({ data }) => hear(data)));
  tell({ name: 'onMessageReceived', data: null }, { name: 'blacklistUpdated', data: ['mallory'] });
  assert.deepEqual(await told, ['mallory']);
  assert.equal(console.error.mock.callCount(), 1);
  globalThis.hostCalls();
  await profile;
});
