// The engine: its WebAssembly, started once from bytes of the bundle, and instances that take and give plain values. Listeners are
// called when no call of the engine is under way. What a value means is none of its business.

import init, { addFile as add, Engine as Instance, setLogLevel, setPut, setStorage } from 'tim-engine';
import wasm from 'tim-engine/wasm';

import { unpack } from './bytes.js';
import { prepareHost } from './host.js';
import { put } from './put.js';
import { onDenied, storage } from './storage.js';
import { hasTrapped, onTrap } from './trap.js';

/** The number of the error of a fault in the engine. */
const PANICKED = 130185;
/** The event of a browser that keeps nothing. */
export const KEEPS_NOTHING = {
  name: 'error',
  data: { code: 6022, message: 'nothing can be kept here: what waits to be sent is lost with the page' },
};

let started = false;
let starting = null;
/** How much the engine logs, by its numbers. */
let level = 1;

/** Starts the engine, once. It is compiled while the page goes on. */
export function startEngine() {
  starting ??= start();
  // Whoever tries again begins anew.
  starting.catch(() => (starting = null));
  return starting;
}

async function start() {
  prepareHost();
  await init({ module_or_path: unpack(wasm) });
  setLogLevel(level);
  setStorage(storage);
  if (typeof XMLHttpRequest === 'function') setPut(put);
  started = true;
}

/** How much the engine logs: 0 everything, 1 what production needs, 2 warnings and errors, 3 errors, 4 nothing. */
export function setEngineLogLevel(given) {
  level = given;
  if (started) setLogLevel(level);
}

/** The files that were added and of which no message was made yet, by their paths. */
const added = new Map();

/** Adds a file, with its first bytes; gives the path by which messages are made of it. The engine has been started. */
export function addFile(name, blob, size, head) {
  const path = add(name, blob, size, head);
  added.set(path, { path, name, blob, size, head });
  return path;
}

/** The files that these parameters name, which is asked once. */
export function takeFiles(parameters) {
  const named = [...added.values()].filter(({ path }) => parameters.includes(JSON.stringify(path)));
  named.forEach(({ path }) => added.delete(path));
  return named;
}

/** What a call ends with once the engine has failed. */
function fault() {
  return Object.assign(new Error('a fault in the engine: load the page again, and please report it'), { code: PANICKED });
}

/** An instance of the engine, which has been started. */
export class Engine {
  #instance;
  #hear;
  #heard = [];
  #waiting = new Set();
  #forgetTrap;
  #forgetDenied;

  /**
   * @param {object} options as the engine has them
   * @param {(event: {name: string, data: any}) => void} hear is called with each event
   */
  constructor(options, hear) {
    if (hasTrapped()) throw fault();
    this.#hear = hear;
    this.#instance = new Instance(JSON.stringify(options), (json) => this.#queue(JSON.parse(json)));
    this.#forgetTrap = onTrap(() => this.#fail());
    const kept = `${options.dataDir}/${options.SDKAppID}/`;
    this.#forgetDenied = onDenied((name) => {
      if (name.startsWith(kept)) this.#queue([KEEPS_NOTHING]);
    });
  }

  /** Calls a verb with its parameters as JSON; resolves with its result. */
  async callText(verb, parameters) {
    return JSON.parse(await this.#wait(() => this.#instance.call(verb, parameters)));
  }

  /** Calls a verb that creates a message; gives that. `progress` is told 0 to 100 while its file goes up. */
  create(verb, parameters, progress) {
    const given = JSON.stringify(parameters);
    takeFiles(given);
    return JSON.parse(this.#attempt(() => this.#instance.create(verb, given, progress)));
  }

  /** From now on messages are created here in the name of a user who is logged in elsewhere. */
  actAs(user) {
    this.#attempt(() => this.#instance.actAs(user));
  }

  /** Gives the files of a message that was created here to one with another ID. */
  giveFiles(from, to) {
    this.#attempt(() => this.#instance.giveFiles(from, to));
  }

  /** Tells that the network came or went. */
  networkChanged(up) {
    if (!hasTrapped()) this.#attempt(() => this.#instance.networkChanged(up));
  }

  /** Ends the instance. No event is told afterwards. */
  async destroy() {
    try {
      await this.#wait(() => this.#instance.destroy());
    } finally {
      this.#forgetTrap();
      this.#forgetDenied();
      this.#hear = () => {};
    }
  }

  #attempt(work) {
    if (hasTrapped()) throw fault();
    try {
      return work();
    } catch (why) {
      throw why instanceof WebAssembly.RuntimeError ? fault() : why;
    }
  }

  /** What is waited for ends with the engine. */
  #wait(work) {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const forget = () => this.#waiting.delete(reject);
      new Promise((begun) => begun(this.#attempt(work))).then(resolve, reject).finally(forget);
    });
  }

  #queue(events) {
    this.#heard.push(...events);
    queueMicrotask(() => this.#deliver());
  }

  #deliver() {
    this.#heard.splice(0).forEach((event) => this.#hear(event));
  }

  #fail() {
    const { code, message } = fault();
    this.#waiting.forEach((reject) => reject(fault()));
    this.#queue([{ name: 'error', data: { code, message } }]);
  }
}
