// An instance of the engine that the pages of a user share: in one of them it is logged in, and does what the others ask. Each makes its
// messages in an instance of its own. For a program it is like one that it has alone.

import { addFile, Engine, takeFiles } from './engine.js';
import { Tab } from './tab.js';

const LOGGED_IN_AS_ANOTHER = 2026;
const CANCELLED = 130161;
const NETWORK_ERROR = 2800;
const TIMEOUT = 2801;
const LOST = 'the page that did it was closed: what it accepted goes on, ask or try again';

/** What a page that joins is told of what was before. */
const CATCH_UP = ['netStateChange', 'onConversationListUpdated', 'onGroupListUpdated', 'onTotalUnreadMessageCountUpdated', 'sdkStateReady'];

/** How many messages with files are remembered until they are sent. */
const MOST_MADE = 256;

/** How long a page that was kicked keeps the lead, so that the others hear of it before one of them takes it. */
const KICKED_MS = 2_000;

const failure = (code, message) => Object.assign(new Error(message), { code });

export class SharedEngine {
  #make;
  #hear;
  #engine;
  #name;
  /** The login of this page: its user, and its part among the pages of that user. */
  #login = null;
  #made = new Map();
  #asked = 0;

  /** As an `Engine` is made; `dataDir` is not empty. */
  constructor(options, hear) {
    this.#make = () => {
      const engine = new Engine(options, (event) => this.#heard(engine, event));
      return engine;
    };
    this.#hear = hear;
    this.#engine = this.#make();
    this.#name = `${options.dataDir}/${options.SDKAppID}`;
  }

  async callText(verb, parameters) {
    const login = this.#login;
    if (verb === 'login') return this.#logIn(parameters);
    if (verb === 'logout' && login) return this.#logOut(login);
    return login ? this.#call(login, { verb, parameters }) : this.#engine.callText(verb, parameters);
  }

  create(verb, parameters, progress) {
    const login = this.#login;
    // While the lead changes nobody is logged in.
    if (!login?.isReady || login.isWorking) return this.#engine.create(verb, parameters, progress);
    const files = takeFiles(JSON.stringify(parameters));
    this.#engine.actAs(login.user);
    const message = this.#engine.create(verb, parameters);
    if (files.length > 0) this.#made.set(message.ID, { verb, parameters: JSON.stringify(parameters), files, progress });
    if (this.#made.size > MOST_MADE) this.#made.delete(this.#made.keys().next().value);
    return message;
  }

  networkChanged(up) {
    if (this.#login?.tab.leads) this.#engine.networkChanged(up);
  }

  async destroy() {
    const login = this.#login;
    if (login) login.isLeaving = true;
    await this.#engine.destroy();
    if (login) this.#leave(login);
  }

  async #logIn(parameters) {
    const { userID: user } = JSON.parse(parameters);
    const login = this.#login;
    if (login && login.user !== user) throw failure(LOGGED_IN_AS_ANOTHER, 'another user is logged in: call logout first');
    if (login) return login.tab.leads ? this.#engine.callText('login', parameters) : login.result.then(() => ({ repeatLogin: true }));
    return this.#join(user, parameters);
  }

  #join(user, parameters) {
    const login = { user, parameters, pending: new Map(), told: new Map() };
    Object.assign(login, { isIn: false, hasJoined: false, isReady: false, isWorking: false, isLeaving: false });
    login.result = new Promise((resolve, reject) => Object.assign(login, { resolve, reject }));
    login.tab = new Tab(`${this.#name}/${user}`, {
      lead: () => this.#lead(login),
      robbed: () => this.#robbed(login),
      told: (message) => this.#told(login, message),
      asked: (message) => this.#answer(login, message),
    });
    this.#login = login;
    return login.result;
  }

  /** This page's engine logs in. One that takes the lead tries until it is in or refused. */
  async #lead(login) {
    login.told.clear();
    login.working = new Promise((works) => (login.works = works)).then(() => (login.isWorking = true));
    login.tab.tell({ kind: 'leads' });
    const engine = this.#engine;
    const why = await this.#open(login, engine);
    if (this.#login !== login || this.#engine !== engine) return;
    if (!why) {
      login.isIn = true;
      login.resolve({ repeatLogin: false });
      login.tab.tell({ kind: 'joined', isIn: true, events: [] });
      this.#askAgain(login);
      return;
    }
    login.reject(why);
    this.#leave(login);
    if (!login.isIn) return;
    this.#hear({ name: 'error', data: { code: why.code, message: why.message } });
    this.#hear({ name: 'sdkStateNotReady', data: null });
  }

  /** Why the engine cannot be logged in; undefined if it is. */
  async #open(login, engine) {
    for (;;) {
      try {
        await engine.callText('login', login.parameters);
        return undefined;
      } catch (why) {
        const isForNow = why.code === NETWORK_ERROR || why.code === TIMEOUT;
        if (!login.isIn || !isForNow || this.#login !== login) return why;
      }
    }
  }

  /** Another page has taken this one for frozen, and leads: what this engine stores from now on is refused. */
  #robbed(login) {
    login.hasJoined = false;
    login.isWorking = false;
    const engine = this.#engine;
    this.#engine = this.#make();
    void engine.destroy().catch(() => {});
  }

  async #logOut(login) {
    login.isLeaving = true;
    try {
      return login.tab.leads ? await this.#engine.callText('logout', '{}') : {};
    } finally {
      const followed = !login.tab.leads;
      this.#leave(login);
      if (followed && login.isReady) this.#hear({ name: 'sdkStateNotReady', data: null });
    }
  }

  #leave(login, keptMs = 0) {
    if (this.#login === login) this.#login = null;
    login.reject(failure(CANCELLED, 'the login ended first'));
    for (const { reject } of login.pending.values()) reject(failure(NETWORK_ERROR, LOST));
    login.pending.clear();
    login.works?.();
    this.#made.clear();
    if (keptMs > 0) setTimeout(() => login.tab.end(), keptMs);
    else login.tab.end();
  }

  // What the program asks.

  async #call(login, { verb, parameters }) {
    const made = verb === 'sendMessage' ? this.#take(parameters) : undefined;
    if (login.tab.leads) return this.#does(login, verb, parameters, made);
    return new Promise((resolve, reject) => {
      const id = (this.#asked += 1);
      login.pending.set(id, { verb, parameters, made, resolve, reject, isTaken: false });
      this.#ask(login, id);
    });
  }

  #ask(login, id) {
    const { verb, parameters, made } = login.pending.get(id);
    login.tab.ask({ kind: 'call', id, verb, parameters, made: made && { ...made, progress: undefined } });
  }

  /** The leader is another one: what the former has not taken is asked again, of the rest nobody knows what became. */
  #askAgain(login) {
    for (const [id, { verb, parameters, made, resolve, reject, isTaken }] of [...login.pending]) {
      if (!isTaken && !login.tab.leads) {
        this.#ask(login, id);
        continue;
      }
      login.pending.delete(id);
      if (isTaken) reject(failure(NETWORK_ERROR, LOST));
      else this.#does(login, verb, parameters, made).then(resolve, reject);
    }
  }

  #take(parameters) {
    const { ID } = JSON.parse(parameters).message;
    const made = this.#made.get(ID);
    this.#made.delete(ID);
    return made && { ...made, ID };
  }

  // What the leader does.

  async #does(login, verb, parameters, made, progress = made?.progress) {
    await login.working;
    if (made) this.#adopt(made, progress);
    return this.#engine.callText(verb, parameters);
  }

  /** Takes the files of a message that another page made. */
  #adopt({ ID, verb, parameters, files }, progress) {
    const named = files.reduce((text, { path, name, blob, size, head }) => {
      const here = addFile(name, blob, size, head);
      return text.replaceAll(JSON.stringify(path), JSON.stringify(here));
    }, parameters);
    takeFiles(named);
    const made = this.#engine.create(verb, JSON.parse(named), progress);
    this.#engine.giveFiles(made.ID, ID);
  }

  async #answer(login, { kind, id, from, verb, parameters, made }) {
    if (this.#login !== login) return undefined;
    if (kind === 'join') return login.tab.tell({ kind: 'joined', isIn: login.isIn, events: [...login.told.values()] }, from);
    login.tab.tell({ kind: 'taken', id }, from);
    const answer = await this.#does(login, verb, parameters, made, (percent) => login.tab.tell({ kind: 'progress', id, percent }, from)).then(
      (result) => ({ result }),
      ({ code, message }) => ({ why: { code, message } }),
    );
    return login.tab.tell({ kind: 'answer', id, ...answer }, from);
  }

  #heard(engine, event) {
    const login = this.#login;
    if (engine !== this.#engine) return;
    if (!login) return this.#hear(event);
    if (!login.tab.leads) return;
    if (event.name === 'sdkStateReady') login.works?.();
    if (CATCH_UP.includes(event.name)) login.told.set(event.name, event);
    const isEnd = !login.isLeaving && login.isIn && (event.name === 'kickedOut' || event.name === 'sdkStateNotReady');
    if (!login.isLeaving) login.tab.tell({ kind: 'event', event });
    this.#show(login, event);
    if (isEnd) this.#leave(login, KICKED_MS);
  }

  // What a page that follows hears.

  #told(login, message) {
    const pending = login.pending.get(message.id);
    switch (message.kind) {
      case 'joined':
        if (!login.hasJoined) message.events.forEach((event) => this.#show(login, event));
        login.hasJoined = true;
        if (message.isIn) this.#isIn(login);
        break;
      case 'leads':
        this.#askAgain(login);
        break;
      case 'event':
        if (login.hasJoined) this.#follow(login, message.event);
        break;
      case 'taken':
        if (pending) pending.isTaken = true;
        break;
      case 'progress':
        pending?.made?.progress?.(message.percent);
        break;
      case 'answer':
        login.pending.delete(message.id);
        if (message.why) pending?.reject(failure(message.why.code, message.why.message));
        else pending?.resolve(message.result);
        break;
      default:
    }
  }

  #isIn(login) {
    login.isIn = true;
    login.resolve({ repeatLogin: false });
  }

  #follow(login, event) {
    this.#show(login, event);
    if (event.name === 'kickedOut' && login.isReady) this.#hear({ name: 'sdkStateNotReady', data: null });
    if (event.name === 'kickedOut' || event.name === 'sdkStateNotReady') this.#leave(login);
  }

  /** Tells the program, to whom it is ready but once. */
  #show(login, event) {
    if (event.name === 'sdkStateReady') {
      if (login.isReady) return;
      login.isReady = true;
    }
    this.#hear(event);
  }
}
