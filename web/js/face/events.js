// The handlers of an instance's events. What an event means is none of its business.

import { invalid } from './errors.js';
import { logError } from './log.js';

export class Events {
  /** @type {Map<string, {handler: Function, context: any, once: boolean}[]>} */
  #handlers = new Map();

  /** Calls a handler with each event of a name, once for each time that it was given. */
  on(name, handler, context) {
    this.#add(name, { handler, context, once: false });
  }

  /** Calls a handler with the next event of a name. */
  once(name, handler, context) {
    this.#add(name, { handler, context, once: true });
  }

  /** Takes a handler away, however often it was given. */
  off(name, handler) {
    if (typeof handler !== 'function') throw invalid();
    this.#keep(name, (it) => it.handler !== handler);
  }

  /** Calls the handlers that there are now, all with the same object. One that throws stops no other. */
  emit(name, data) {
    const event = { name, data };
    const handlers = this.#handlers.get(name) ?? [];
    this.#keep(name, (it) => !it.once);
    for (const { handler, context } of handlers) {
      try {
        handler.call(context, event);
      } catch (why) {
        logError(`a handler of ${name} threw`, why);
      }
    }
  }

  #add(name, entry) {
    if (typeof entry.handler !== 'function') throw invalid();
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), entry]);
  }

  // Lists are replaced, never changed: an emit that is under way goes on with its own.
  #keep(name, wanted) {
    const handlers = this.#handlers.get(name);
    if (handlers) this.#handlers.set(name, handlers.filter(wanted));
  }
}
