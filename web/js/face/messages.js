// The messages that an instance has shown: each is one object for the program, which changes when the message does.

import { shown, update } from './message.js';
import { Previews } from './previews.js';

/** Whether this was told before what is known: an event may wait for the addresses of files while a call returns. */
const isOlder = (told, known) => (known.isRevoked && !told.isRevoked) || told.version < known.version;

/** So many are known at most; those that were shown first are forgotten first. */
const MOST = 10_000;

export class Messages {
  #known = new Map();
  #previews = new Previews();

  /** A message that the program makes, with the addresses of its files until it is sent. */
  showNew(told, addresses) {
    this.#previews.keep(told.ID, addresses);
    return this.show(told);
  }

  /** A message that the engine told: the object that the program has already, as it is now, or a new one. */
  show(told) {
    const complete = this.#previewed(told);
    const known = this.#known.get(told.ID);
    if (!known) return this.#keep(shown(complete));
    return isOlder(complete, known) ? known : update(known, complete);
  }

  /** As `show`, for several. */
  showAll(told) {
    return told.map((message) => this.show(message));
  }

  /** Writes what the engine told into the object that a program passed in, which may be a copy of the one that is known here. */
  showIn(message, told) {
    const known = this.show(told);
    return known === message ? message : update(message, told);
  }

  /** The message with an ID, or null. */
  find(id) {
    return this.#known.get(id) ?? null;
  }

  /** The program needs the preview of a message no more. */
  giveUpPreview(id) {
    this.#previews.giveUp(id);
  }

  /** Forgets all. */
  clear() {
    this.#known.clear();
    this.#previews.clear();
  }

  /** What is not sent is shown by its preview, and nothing else. */
  #previewed(told) {
    if (told.status === 'success') this.#previews.giveUp(told.ID);
    const addresses = this.#previews.of(told.ID);
    return addresses ? { ...told, known: { ...told.known, addresses } } : told;
  }

  #keep(message) {
    this.#known.set(message.ID, message);
    if (this.#known.size > MOST) this.#forget(this.#known.keys().next().value);
    return message;
  }

  #forget(id) {
    this.#known.delete(id);
    this.#previews.giveUp(id);
  }
}
