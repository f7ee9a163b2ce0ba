// The other people of a story: programs in other languages, and a page. Each answers who is there, and tells at the end what it has of
// the group's messages.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { APP } from '../world.mjs';

/** What everybody answers to, and what they end with. */
export const [QUESTION, END] = ['who is here?', 'that is all'];

/** A line for a text, a picture, or what was revoked; none for a tip. */
export function line({ sequence, from, isRevoked, payload }) {
  const [original] = payload.imageInfoArray ?? [];
  const said = isRevoked ? 'revoked' : payload.text ?? (original && `${original.width} x ${original.height}`);
  return said === undefined ? '' : `${sequence} ${from} ${said}`;
}

/** A program: PROGRAM SERVER SDKAPPID USER USERSIG FOLDER prints "ready", and at the end a line for each message. */
export class Program {
  #child;
  #lines;
  #exit;

  constructor(path, world, user, userSig, folder) {
    // A group of its own, which is ended as one.
    const child = spawn(path, [world.server, String(APP), user, userSig, folder], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    this.#child = child;
    this.#exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => (code === 0 ? resolve() : reject(new Error(`${path} ended with ${code ?? signal}`))));
    });
    this.#exit.catch(() => {});
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async ready() {
    const { value } = await this.#lines.next();
    if (value !== 'ready') throw (await this.#exit.catch((why) => why)) ?? new Error(`"ready" is expected, not ${value}`);
  }

  /** Ends it if it has not ended. */
  end() {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }

  async messages() {
    const lines = [];
    for (let it = await this.#lines.next(); !it.done; it = await this.#lines.next()) lines.push(it.value);
    await this.#exit;
    return lines;
  }
}

/** A page in a browser. */
export class Page {
  #page;
  #ready;

  constructor(page, world, user, userSig, group) {
    const login = { SDKAppID: APP, server: world.server, userID: user, userSig };
    this.#page = page;
    this.#ready = page.evaluate(inPage, { login, group, QUESTION, END });
  }

  ready() {
    return this.#ready;
  }

  async messages() {
    const messages = await this.#page.evaluate(() => window.messages);
    return messages.map(line).filter(Boolean);
  }
}

/** Runs in the page. */
async function inPage({ login: { SDKAppID, server, ...who }, group, QUESTION, END }) {
  const tim = TIM.create({ SDKAppID, server });
  const [to, conversationType] = [group, TIM.TYPES.CONV_GROUP];
  window.messages = new Promise((tell, fail) => {
    const hear = async ({ payload: { text } }) => {
      if (text === QUESTION) {
        await tim.sendMessage(tim.createTextMessage({ to, conversationType, payload: { text: `${who.userID} writes JavaScript in a page` } }));
      } else if (text === END) {
        const { messageList } = (await tim.getMessageList({ conversationID: `GROUP${group}` })).data;
        tell(messageList.map(({ sequence, from, isRevoked, payload }) => ({ sequence, from, isRevoked, payload })));
        await tim.destroy();
      }
    };
    tim.on(TIM.EVENT.MESSAGE_RECEIVED, ({ data }) => data.forEach((it) => hear(it).catch(fail)));
  });
  const ready = new Promise((told) => tim.on(TIM.EVENT.SDK_READY, told));
  await tim.login(who);
  await ready;
}
