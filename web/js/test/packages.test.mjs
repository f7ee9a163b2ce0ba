// Each package has the names and values that were observed of the one whose place it takes.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { observed } from './observed.mjs';
import { APP, bundle, load, PACKAGES } from './world.mjs';

/** What a promise is rejected with. */
const rejection = (promise) => promise.then(() => assert.fail('it was fulfilled'), (why) => why);

/** An instance without a server. */
async function offline(name) {
  const made = await load(name);
  return { made, instance: made.create({ SDKAppID: APP, server: 'ws://127.0.0.1:9' }) };
}

for (const [name, { script }] of Object.entries(PACKAGES)) {
  test(`${name} has its names and values, as a module and as a script`, async () => {
    const { own, ...seen } = await observed(name);
    for (const made of [await load(name), createRequire(import.meta.url)(bundle(script))]) {
      assert.deepEqual(Object.keys(made), own);
      assert.equal(made.VERSION, seen.version);
      for (const words of own.filter((it) => typeof made[it] === 'object')) assert.deepEqual(made[words], seen[words], words);
    }
  });

  test(`an instance of ${name} has its functions and nothing else`, async () => {
    const { instance } = await offline(name);
    const { methods } = await observed(name);
    assert.equal(Object.getPrototypeOf(instance), null);
    assert.deepEqual(Object.keys(instance).sort(), [...methods].sort());
    for (const method of methods) assert.deepEqual([typeof instance[method], instance[method].name, instance[method].length], ['function', '', 0], method);
  });

  test(`an SDKAppID that is none gives null in ${name}, and options that are none throw`, async (t) => {
    const made = await load(name);
    const told = t.mock.method(console, 'error', () => {});
    for (const options of [{}, { SDKAppID: 'abc' }, { SDKAppID: `${APP}xyz` }, { SDKAppID: NaN }]) assert.equal(made.create(options), null);
    assert.equal(told.mock.callCount(), 4);
    for (const options of [undefined, null, { SDKAppID: 1n }]) assert.throws(() => made.create(options), TypeError);
  });

  test(`before a login ${name} refuses its methods with 2024, by a promise and the event ERROR`, async () => {
    const { made, instance } = await offline(name);
    const { methods, ungated } = await observed(name);
    const errors = [];
    instance.on(made.EVENT.ERROR, ({ data }) => errors.push(data));
    for (const method of methods.filter((it) => !ungated.includes(it))) {
      const refused = instance[method]();
      assert.equal(errors.length, 1, `${method} emits before it returns`);
      const [told] = errors.splice(0);
      assert.deepEqual(Object.keys(told), ['code', 'message']);
      const why = await rejection(refused);
      assert.ok(why instanceof Error);
      assert.deepEqual([why.name, why.code, why.message, why.data], ['Error', 2024, told.message, {}]);
      assert.deepEqual([told.code, told.message.split(' | ')[1]], [2024, method]);
      assert.deepEqual(Object.keys(why), ['code', 'message', 'data']);
    }
    for (const method of ungated) {
      await new Promise((called) => called(instance[method]())).catch(() => {});
      assert.deepEqual(errors, [], method);
    }
  });
}

test('what only @tencentcloud/chat never refuses answers before a login, too', async () => {
  const { made, instance } = await offline('@tencentcloud/chat');
  assert.deepEqual([instance.getLoginUser(), instance.isReady()], ['', false]);
  const name = made.TSignaling.NEW_INVITATION_RECEIVED;
  assert.equal(instance.addSignalingListener(name, () => {}), undefined);
  for (const method of ['addSignalingListener', 'removeSignalingListener']) {
    assert.throws(() => instance[method](name), { name: 'Error', message: 'Params validate failed.' });
  }
  assert.equal((await rejection(instance.callExperimentalAPI('anything'))).code, 130103);
});

test('kits of components hear from @tencentcloud/chat what they can use', async () => {
  const { instance } = await offline('@tencentcloud/chat');
  assert.equal(instance.callExperimentalAPI('canIUseModule', [17]), true);
  const [readReceipts, statuses, reactions, translations] = [5, 7, 48, 38].map((bit) => 2 ** bit);
  const isEnabled = async (sum) => (await instance.callExperimentalAPI('isCommercialAbilityEnabled', sum)).data.enabled;
  for (const sum of [readReceipts, statuses, reactions, readReceipts + reactions]) assert.equal(await isEnabled(sum), true, `${sum}`);
  for (const sum of [translations, reactions + translations, undefined]) assert.equal(await isEnabled(sum), false, `${sum}`);
  assert.deepEqual(await instance.callExperimentalAPI('statTUIKeyFeatures', { code: 1 }), { code: 0, data: {} });
});

test('an instance of @tencentcloud/chat that was destroyed refuses a login with 2903', async () => {
  const { instance } = await offline('@tencentcloud/chat');
  await rejection(instance.destroy());
  assert.equal((await rejection(instance.login({ userID: 'alice', userSig: 'x' }))).code, 2903);
  assert.deepEqual([instance.getLoginUser(), instance.isReady()], ['', false]);
});
