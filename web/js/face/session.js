// What an instance knows: its engine, who is logged in or why nobody is, and the nouns that its program has been shown. The methods
// of the program are in other files.

import { Engine, KEEPS_NOTHING, startEngine } from '../engine.js';
import { SharedEngine } from '../shared.js';
import { canFollow } from '../tab.js';
import { addressesOf } from './addresses.js';
import { conversation } from './conversation.js';
import { CODE, error, fromEngine } from './errors.js';
import { Events } from './events.js';
import { Guest } from './guest.js';
import { logError } from './log.js';
import { Messages } from './messages.js';
import { watchNetwork } from './network.js';
import { group } from './nouns.js';
import { AT_ONCE, LOOKED_UP, SILENT } from './told.js';
import { TYPES } from './types.js';

/** The options of the engine that a program may pass on. */
const PASSED_ON = ['heartbeatMs', 'loginTimeoutMs', 'callTimeoutMs'];

export class Session {
  /** Why calls are refused; 0 if they are not. */
  reason = CODE.NO_LOGIN;
  /** Who is logged in. */
  user = null;
  /** Who is being logged in. */
  loggingIn = null;
  isLoggingOut = false;
  /** Nobody who is logged in, but is in live rooms. */
  guest = null;
  /** Whether others have ended the login, of which the program may not have been told yet. */
  isKicked = false;
  isDestroyed = false;
  events = new Events();
  messages = new Messages();
  conversations = new Map();
  groups = new Map();
  unreadCount = 0;
  /** Applications to join groups that were decided here, or are no more. */
  decided = new Set();
  /** Where pages of members go on, by the group and the offset. */
  memberPages = new Map();
  #options;
  #told;
  #engine = null;
  #netState = TYPES.NET_STATE_CONNECTED;
  #unwatch = () => {};
  #telling = Promise.resolve();
  #ending = null;

  /**
   * @param {{SDKAppID: number, server?: string}} options
   * @param {Record<string, Function>} told what the program is told of the engine's events, by their names
   */
  constructor(options, told) {
    this.#options = options;
    this.#told = told;
  }

  get appId() {
    return this.#options.SDKAppID;
  }

  get server() {
    return this.#options.server;
  }

  /** Nobody is logged in, and rooms are to be entered. */
  async beGuest() {
    this.guest ??= new Guest(this);
    await this.guest.ready;
  }

  /** Makes the engine, for the first login. */
  async start() {
    await startEngine();
    if (this.isDestroyed) throw error(CODE.NO_LOGIN);
    this.#engine ??= this.#make();
  }

  get engine() {
    if (this.#engine === null) throw error(CODE.NO_LOGIN);
    return this.#engine;
  }

  /** Calls a verb of the engine. */
  call(verb, parameters = {}) {
    return this.callText(verb, JSON.stringify(parameters));
  }

  /** As `call`, with the parameters as JSON. */
  async callText(verb, parameters) {
    try {
      return await this.engine.callText(verb, parameters);
    } catch (why) {
      throw fromEngine(why);
    }
  }

  /** Makes a message; `progress` is told 0 to 100 while its file goes up, `preview` gives the addresses of its files until then. */
  create(verb, parameters, progress, preview = () => undefined) {
    try {
      return this.messages.showNew(this.engine.create(verb, parameters, progress), preview());
    } catch (why) {
      throw fromEngine(why);
    }
  }

  /** Messages that the engine told, as the program has them. */
  async show(told, addresses) {
    return this.messages.showAll(await this.complete(told, addresses));
  }

  /** Messages that the engine told, with what else is known of them: the addresses of their files, and their group's name. */
  async complete(told, addresses = this.addresses(told)) {
    const found = await addresses;
    return told.map((message, place) => {
      const groupName = this.groups.get(message.to)?.name ?? '';
      return { ...message, known: { addresses: found[place], groupName } };
    });
  }

  /** The addresses of the files of messages that the engine told. */
  addresses(told) {
    return addressesOf((verb, parameters) => this.call(verb, parameters), told);
  }

  /** Others have ended the login: calls are refused from now on, also before the program is told. */
  kicked(reason) {
    const isOfLogin = (this.user === null) !== (this.loggingIn === null);
    if (isOfLogin) Object.assign(this, { isKicked: true, reason });
  }

  /** The login has ended. What is known of it is forgotten; a kick's reason stays. */
  loggedOut(reason) {
    if (this.user === null) return;
    this.user = null;
    this.reason = reason;
    this.unreadCount = 0;
    for (const known of [this.messages, this.conversations, this.groups, this.memberPages, this.decided]) known.clear();
  }

  /** Keeps the conversations that the engine told; gives those of the program. */
  keepConversations(told) {
    this.conversations = new Map(told.map((it) => [it.conversationID, it]));
    return told.map((it) => conversation(it, this.groups));
  }

  /** As `keepConversations`, with groups. */
  keepGroups(told) {
    const groups = told.map((it) => group(it, this));
    this.groups = new Map(groups.map((it) => [it.groupID, it]));
    return groups;
  }

  /** A group of the program, as the server has it. */
  async group(groupID) {
    return group(await this.call('getGroupProfile', { groupID }), this);
  }

  /** Whether the program is told of this state. To it an instance is connected until it hears that there is no network. */
  netStateChanged(state) {
    const isOfLogin = this.loggingIn !== null ? state !== TYPES.NET_STATE_CONNECTING : this.user !== null && !this.isLoggingOut;
    const isNews = isOfLogin && state !== this.#netState;
    if (isNews) this.#netState = state;
    return isNews;
  }

  /** Ends the engine, if there is one; whoever asks again waits for the same end. */
  end() {
    this.isDestroyed = true;
    this.#unwatch();
    return (this.#ending ??= this.#end());
  }

  async #end() {
    // An engine that has failed has ended.
    await this.#engine?.destroy().catch(() => {});
    this.#engine = null;
    await this.#telling;
  }

  #make() {
    const { SDKAppID, server, storage } = this.#options;
    const passedOn = Object.fromEntries(PASSED_ON.filter((name) => name in this.#options).map((name) => [name, this.#options[name]]));
    const isToBeKept = storage === 'indexeddb';
    const isKept = isToBeKept && canFollow();
    const options = { SDKAppID, server: server ?? '', dataDir: isKept ? `tim/${server}` : '', platform: 'web', ...passedOn };
    const engine = new (isKept ? SharedEngine : Engine)(options, (event) => this.#heard(event));
    if (isToBeKept && !isKept) this.#heard(KEEPS_NOTHING);
    this.#unwatch = watchNetwork((up) => engine.networkChanged(up));
    return engine;
  }

  #heard({ name, data }) {
    const isTold = this.guest === null || this.guest.hears(name);
    if (isTold) this.#queue(name, data);
  }

  // Events are told in the order in which they come. What has to be looked up for an event is asked for at once, so that events wait for it together.
  #queue(name, data) {
    AT_ONCE[name]?.(this, data);
    const found = (async () => LOOKED_UP[name]?.(this, data))();
    // A failure is logged when the turn of the event comes.
    found.catch(() => {});
    this.#telling = this.#telling.then(() => this.#tell(name, data, found)).catch((why) => logError(`${name} could not be told`, why));
  }

  async #tell(name, data, found) {
    const tell = this.#told[name];
    const shown = tell ? await tell(this, data, await found) : data;
    if (shown !== SILENT) this.events.emit(name, shown);
  }
}
