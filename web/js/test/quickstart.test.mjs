// The code of quickstart.md runs as it is, with an SDKAppID, a userID and a userSig filled in, as a program that imports the packages.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { sections } from './quickstart.mjs';
import { APP, bundle, Person, World } from './world.mjs';

let world;
let folder;
before(async () => {
  world = await World.start();
  folder = await mkdtemp(join(tmpdir(), 'tim-quickstart-'));
});
after(async () => {
  await world.end();
  await rm(folder, { recursive: true, force: true });
});

/** The code, filled in once. */
function filled(code, from, to) {
  assert.equal(code.split(from).length, 2, `${from} is there once`);
  return code.replace(from, () => to);
}

/** A package that the bundler wrote, as npm links it. */
async function install(name, path) {
  const packages = join(folder, 'node_modules');
  await mkdir(packages, { recursive: true });
  await symlink(dirname(bundle(path)), join(packages, name));
}

test('two users chat with the code of the quick start', async (t) => {
  const logged = new Promise((told) => t.mock.method(console, 'log', told));
  const code = await sections();
  await install('tim-js-sdk', 'package.json');
  await install('tim-upload-plugin', 'tim-upload-plugin/package.json');
  const user1 = await world.person('user1');
  await user1.login();
  const create = filled(code.Create, 'SDKAppID: 0 //', `SDKAppID: ${APP} //`);
  const login = filled(code['Listen and log in'], "userID: 'your userID', userSig: 'your userSig'", `userID: 'alice', userSig: '${await world.userSig('alice')}'`);
  const program = `${create}\n${login}\ntim.on(TIM.EVENT.SDK_READY, () => {\n${code['Send a text']}\n});\n${code.Receive}\nexport { tim, TIM };`;
  await writeFile(join(folder, 'app.mjs'), program);

  // The page comes from the server.
  globalThis.location = { protocol: 'http:', host: new URL(world.server).host };
  const { tim, TIM } = await import(pathToFileURL(join(folder, 'app.mjs')));
  try {
    const alice = new Person('alice', TIM, tim);
    await alice.event(TIM.EVENT.SDK_READY);
    const received = await user1.receives('Hello world!');
    assert.equal(received.from, 'alice');
    const imResponse = await logged;
    assert.deepEqual([imResponse.code, imResponse.data.message.ID], [0, received.ID]);
    await user1.says('Hello alice!', 'alice');
    assert.equal((await alice.receives('Hello alice!')).from, 'user1');
  } finally {
    delete globalThis.location;
    await tim.destroy();
  }
});
