// Somebody who is not logged in and enters a live room: a login of the engine's without a userSig, of which the program is told nothing
// but what is said in the room.

import { CODE, error } from './errors.js';

/** The events that the program is told of. */
const TOLD = new Set(['onMessageReceived', 'groupAttributesUpdated', 'error']);
/** The events with which the login ends. */
const ENDS = new Set(['sdkStateNotReady', 'kickedOut', 'sdkDestroy']);

export class Guest {
  #session;
  #waiting = new Map();

  /** @param {import('./session.js').Session} session */
  constructor(session) {
    this.#session = session;
    /** Resolves once rooms can be entered. */
    this.ready = this.#login();
    this.ready.catch(() => this.#ended());
  }

  /** Hears an event of the engine's; whether the program is told of it. */
  hears(name) {
    this.#waiting.get(name)?.resolve();
    if (ENDS.has(name)) this.#ended();
    return TOLD.has(name);
  }

  /** Ends the login, if it has not failed. */
  async leave() {
    const isIn = await this.ready.then(
      () => true,
      () => false,
    );
    if (!isIn) return;
    const end = this.#event('sdkStateNotReady');
    await this.#session.call('logout');
    await end;
  }

  async #login() {
    const { server } = this.#session;
    if (server === undefined) throw error(CODE.NO_LOGIN);
    await this.#session.start();
    const ready = this.#event('sdkStateReady');
    await this.#session.call('loginAsGuest');
    await ready;
  }

  #event(name) {
    return new Promise((resolve, reject) => this.#waiting.set(name, { resolve, reject }));
  }

  #ended() {
    if (this.#session.guest === this) this.#session.guest = null;
    this.#waiting.forEach(({ reject }) => reject(error(CODE.NO_LOGIN)));
  }
}
