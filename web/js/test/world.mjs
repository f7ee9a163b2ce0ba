// A server of the test's own, and people with instances of the package. Needs TIM_SERVER_BIN, the path of tim-server, and the
// bundles that build.mjs wrote.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const APP = 1400000001;

/** A bundle by its name, such as `tim-js.js`. */
export function bundle(name) {
  const path = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: node build.mjs FOLDER writes it`);
  return path;
}

/** What Node loads of each package, as a module and as a script. */
export const PACKAGES = {
  'tim-js-sdk': { module: 'tim-js.node.mjs', script: 'tim-js.js' },
  '@tencentcloud/chat': { module: 'chat/index.node.mjs', script: 'chat/index.js' },
};

/** A package, loaded anew: each has instances of its own. */
let loads = 0;
export async function load(name = 'tim-js-sdk') {
  loads += 1;
  return (await import(`${pathToFileURL(bundle(PACKAGES[name].module))}?${loads}`)).default;
}

function serverProgram() {
  const path = process.env.TIM_SERVER_BIN;
  if (!path || !existsSync(path)) throw new Error('TIM_SERVER_BIN is the path of tim-server: build it (cargo build -p tim-server) and name it');
  return path;
}

/** What the server is told besides: pages of any origin may send files, messages are searched, and guests may listen in live rooms. */
const CONFIG = `[media]\norigins = ["*"]\n[search]\nenabled = true\n[guests]\napps = [${APP}]\n`;
const ANY = '127.0.0.1:0';

/** A server with an application, users with nicks, and the package that people have. */
export class World {
  static async start(name, nicks = {}) {
    const program = serverProgram();
    const folder = await mkdtemp(join(tmpdir(), 'tim-js-'));
    const [data, config] = [join(folder, 'data'), join(folder, 'config.toml')];
    await writeFile(config, CONFIG);
    await run(program, ['app', '--data', data, '--id', String(APP)]);
    const world = new World({ program, folder, data, config, name });
    for (const [user, nick] of Object.entries(nicks)) await world.#account(user, nick);
    world.server = await world.serve(ANY);
    return world;
  }

  #people = [];

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Serves, and gives the address. */
  serve(listen) {
    const where = ['--listen', listen, '--admin-listen', ANY];
    this.child = spawn(this.program, ['serve', '--data', this.data, '--config', this.config, ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
    return address(this.child);
  }

  /** Ends the server; `resume` serves again where it was. */
  async pause() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }

  async resume() {
    await this.serve(new URL(this.server).host);
  }

  /** What a user logs in with. */
  async userSig(user) {
    const { stdout } = await run(this.program, ['usersig', '--data', this.data, '--app', String(APP), '--user', user]);
    return stdout.trim().split('\n').at(-1);
  }

  /** Makes a user with a nick, before the first login. */
  async #account(user, nick) {
    await run(this.program, ['user', 'put', '--data', this.data, '--app', String(APP), '--user', user, '--nick', nick]);
  }

  /** Somebody with an instance, not logged in. */
  async person(user) {
    const TIM = await load(this.name);
    const person = new Person(user, TIM, TIM.create({ SDKAppID: APP, server: this.server }), await this.userSig(user));
    this.#people.push(person);
    return person;
  }

  /** Several, logged in. */
  async people(...users) {
    return Promise.all(users.map(async (user) => (await this.person(user)).login()));
  }

  /** Ends the instances, then the server. */
  async end() {
    await Promise.all(this.#people.map((person) => person.tim.destroy().catch(() => {})));
    await this.pause();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Where the server says that it listens. */
function address(child) {
  return new Promise((resolve, reject) => {
    let told = '';
    const read = (text) => {
      told += text;
      const [, found] = /listening on (ws:\/\/[\d.]+:\d+)/.exec(told) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`the server ended: ${told}`)));
  });
}

/** Somebody with an instance, who hears every event. */
export class Person {
  #heard = [];
  #wake = () => {};

  constructor(user, TIM, tim, userSig) {
    Object.assign(this, { user, TIM, tim, userSig });
    for (const name of new Set(Object.values(TIM.EVENT))) {
      tim.on(name, (event) => this.#hear(event));
    }
    for (const name of Object.values(TIM.TSignaling ?? {}).filter((it) => typeof it === 'string')) {
      tim.addSignalingListener(name, (event) => this.#hear(event));
    }
  }

  #hear(event) {
    this.#heard.push(event);
    this.#wake();
  }

  /** Logs in, until everything works. */
  async login() {
    await this.tim.login({ userID: this.user, userSig: this.userSig });
    await this.event(this.TIM.EVENT.SDK_READY);
    return this;
  }

  /** The data of the next event of a name that is as wanted; those before it are passed over. */
  async event(name, wanted = () => true) {
    for (;;) {
      const place = this.#heard.findIndex((event) => event.name === name && wanted(event.data));
      if (place >= 0) return this.#heard.splice(place, 1)[0].data;
      await new Promise((resolve) => (this.#wake = resolve));
    }
  }

  /** How many events of a name were heard and not asked for. */
  count(name) {
    return this.#heard.filter((event) => event.name === name).length;
  }

  /** The next message received that is as wanted; those before it are passed over. */
  async message(wanted) {
    const list = await this.event(this.TIM.EVENT.MESSAGE_RECEIVED, (messages) => messages.some(wanted));
    const place = list.findIndex(wanted);
    // What came with it comes next.
    this.#heard.unshift({ name: this.TIM.EVENT.MESSAGE_RECEIVED, data: list.slice(place + 1) });
    return list[place];
  }

  /** The next message received with this text. */
  receives(text) {
    return this.message((it) => it.payload.text === text);
  }

  /** A text, sent. */
  async says(text, to, conversationType = this.TIM.TYPES.CONV_C2C, more = {}) {
    const message = this.tim.createTextMessage({ to, conversationType, payload: { text }, ...more });
    const { data } = await this.tim.sendMessage(message);
    return data.message;
  }
}
