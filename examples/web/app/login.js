// Who is logged in: the page's first view, the login, and its end, with the reason and what to do.

import { avatar } from './avatar.js';
import { people, userSigOf } from './demo.js';
import { element, find } from './dom.js';
import { EVENT, TYPES, tim } from './tim.js';
import { trying } from './toast.js';

const ENDED = {
  [TYPES.KICKED_OUT_MULT_ACCOUNT]: 'You logged in somewhere else, which ended the login here.',
  [TYPES.KICKED_OUT_MULT_DEVICE]: 'You logged in on another device, which ended the login here.',
  [TYPES.KICKED_OUT_USERSIG_EXPIRED]: 'Your login has expired.',
  [TYPES.KICKED_OUT_REST_API]: 'The server’s operator ended your login.',
};

/** Who is logged in, or is being logged in. */
export let me = '';

/** Shows who may log in. Whoever the address names, as in #alice, is logged in at once. */
export async function start() {
  find('log-out').onclick = () => trying('You could not be logged out', logOut);
  tim.on(EVENT.KICKED_OUT, ({ data }) => ended(`${ENDED[data.type] ?? 'Your login has ended.'} Log in again to go on here.`));
  window.addEventListener('hashchange', () => me === '' && fromAddress());
  await showPeople();
  await fromAddress();
}

async function fromAddress() {
  const userID = decodeURIComponent(location.hash.slice(1));
  if (userID) await logIn(userID);
}

/** Logs in. The event SDK_READY tells when the chat works. */
async function logIn(userID) {
  me = userID;
  find('people').inert = true;
  tell(`${userID} is being logged in…`);
  try {
    await tim.login({ userID, userSig: await userSigOf(userID) });
    history.replaceState(null, '', `#${encodeURIComponent(userID)}`);
  } catch (why) {
    ended(`${userID} could not be logged in: ${why.message}`);
  }
}

async function logOut() {
  await tim.logout();
  // The address would log in again.
  history.replaceState(null, '', location.pathname);
  ended('You are logged out.');
}

function ended(text) {
  me = '';
  document.title = 'tim chat';
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  find('chat').hidden = true;
  find('login').hidden = false;
  find('people').inert = false;
  tell(text);
  find('people').querySelector('button')?.focus();
}

function tell(text) {
  find('login-notice').textContent = text;
  find('login-notice').hidden = false;
}

async function showPeople() {
  const known = await people();
  find('people').replaceChildren(...known.map((userID) => element('li', {}, choice(userID))));
  find('known-people').replaceChildren(...known.map((value) => element('option', { value })));
  find('login').hidden = false;
}

const choice = (userID) => element('button', { type: 'button', className: 'person', onclick: () => logIn(userID) }, avatar(userID), userID);
