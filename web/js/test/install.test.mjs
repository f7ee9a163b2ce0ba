// npm installs our packages in the place of others: by their names, and by an override for what depends on them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { build } from 'esbuild';

import { APP, bundle, World } from './world.mjs';

const run = promisify(execFile);
const CHAT = dirname(bundle('chat/package.json'));
const PLUGIN = dirname(bundle('tim-upload-plugin/package.json'));
const WS = dirname(createRequire(import.meta.url).resolve('ws/package.json'));

let world;
let folder;
before(async () => {
  world = await World.start('@tencentcloud/chat');
  folder = await mkdtemp(join(tmpdir(), 'tim-install-'));
});
after(async () => {
  await world.end();
  await rm(folder, { recursive: true, force: true });
});

/** Writes a package of a program. */
async function write(name, manifest, files) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const all = { 'package.json': JSON.stringify({ name, version: '1.0.0', private: true, type: 'module', ...manifest }), ...files };
  await Promise.all(Object.entries(all).map(([file, text]) => writeFile(join(path, file), text)));
  return path;
}

const npm = (path, ...args) => run('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd: path });

/** What greets somebody, in a program of its own. */
const greeting = async (user, to, more = '') => `
  const chat = TencentCloudChat.create({ SDKAppID: ${APP}, server: '${world.server}' });
  chat.on(TencentCloudChat.EVENT.SDK_READY, async () => {
    ${more}
    const to = { to: '${to}', conversationType: TencentCloudChat.TYPES.CONV_C2C };
    await chat.sendMessage(chat.createTextMessage({ ...to, payload: { text: 'from ${user}' } }));
    await chat.destroy();
    console.log('the end');
  });
  chat.login({ userID: '${user}', userSig: '${await world.userSig(user)}' });`;

test('a new project installs the packages by their names, and its program ends by itself', async () => {
  const [bob] = await world.people('bob');
  const register = "chat.registerPlugin({ 'tim-upload-plugin': TIMUploadPlugin, 'group-module': GroupModule });";
  const program = `
    import TencentCloudChat from '@tencentcloud/chat';
    import GroupModule from '@tencentcloud/chat/modules/group-module.js';
    import Same from '@tencentcloud/chat/index.es.js';
    import TIMUploadPlugin from 'tim-upload-plugin';
    import { createRequire } from 'node:module';
    if (Same !== TencentCloudChat) throw new Error('there are two');
    const require = createRequire(import.meta.url);
    for (const path of ['@tencentcloud/chat/index', '@tencentcloud/chat/package.json', 'tim-upload-plugin/index.js']) require(path);
    ${await greeting('alice', 'bob', register)}`;
  const path = await write('app', {}, { 'main.js': program });
  await npm(path, 'install', '--install-links', `@tencentcloud/chat@file:${CHAT}`, `tim-upload-plugin@file:${PLUGIN}`, `ws@file:${WS}`);
  const { dependencies } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys(dependencies).sort(), ['@tencentcloud/chat', 'tim-upload-plugin', 'ws']);
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: path });
  assert.equal(stdout, 'the end\n');
  await bob.receives('from alice');
});

test('an override takes the place for a package that asks for the original', async () => {
  const [dave] = await world.people('dave');
  const uikit = await write('uikit', { main: 'index.js', dependencies: { '@tencentcloud/chat': '^3.6.0' } }, {
    'index.js': `import TencentCloudChat from '@tencentcloud/chat'; ${await greeting('carol', 'dave')}`,
  });
  await npm(uikit, 'pack');
  const path = await write(
    'shop',
    { dependencies: { uikit: 'file:../uikit/uikit-1.0.0.tgz', ws: `file:${WS}` }, overrides: { '@tencentcloud/chat': `file:${CHAT}` } },
    { 'main.js': "import 'uikit';" },
  );
  await npm(path, 'install');
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: path });
  assert.equal(stdout, 'the end\n');
  await dave.receives('from carol');
});

test('a bundler for pages takes it by an alias', async () => {
  const program = "import TencentCloudChat from '@tencentcloud/chat'; export const { VERSION } = TencentCloudChat;";
  const path = await write('page', {}, { 'main.js': program });
  const outfile = join(path, 'bundle.mjs');
  await build({ entryPoints: [join(path, 'main.js')], bundle: true, format: 'esm', platform: 'browser', alias: { '@tencentcloud/chat': CHAT }, outfile });
  assert.equal((await import(pathToFileURL(outfile))).VERSION, '3.6.6');
});
