// The messages of the open conversation on the page: each in its place, by its sequence, with the day before the first of a day.

import { element, find } from './dom.js';
import { content } from './message.js';
import { day } from './times.js';
import { TYPES } from './tim.js';

/** How near an edge counts as there, in pixels. */
const NEAR = 80;
/** Messages of one sender within so many seconds stand together. */
const TOGETHER_S = 300;

/** The items by the IDs of their messages, and the messages by their items. */
const items = new Map();
const messages = new WeakMap();

export const has = ({ ID }) => items.has(ID);

/** The message in which an element is. */
export const messageAt = (inside) => messages.get(inside.closest('.message'));

/** Takes all away. */
export function clear() {
  items.clear();
  find('messages').replaceChildren();
}

/** Shows a message as it is now. Who is at the end, or has said it, sees the end afterwards. */
export function show(message) {
  const stays = isAtEnd() || (message.flow === 'out' && !has(message));
  put(message);
  if (stays) toEnd();
}

/** Shows a page of messages. Who looks at others goes on seeing those at the same place. */
export function showPage(page) {
  const stays = isAtEnd();
  const before = below();
  page.forEach(put);
  if (stays) toEnd();
  else scroller().scrollTop += below() - before;
}

/** Shows a message again if it is shown. */
export const refresh = (message) => has(message) && show(message);

/** Shows all again. */
export const refreshAll = () => showPage([...items.values()].map((item) => messages.get(item)));

/** Brings a message to the page, as it is now and where it belongs. */
function put(message) {
  const item = items.get(message.ID) ?? element('li');
  items.set(message.ID, item);
  messages.set(item, message);
  place(item, message);
  item.replaceChildren(content(message));
  for (const it of [item, item.nextElementSibling]) if (it) relate(it);
}

// What is not sent yet has no sequence, and stands last.
const position = ({ sequence }) => sequence || Infinity;

function place(item, message) {
  const list = find('messages');
  const others = [...list.children].filter((it) => it !== item);
  const next = others.find((it) => position(messages.get(it)) > position(message)) ?? null;
  const isThere = item.parentElement === list && item.nextElementSibling === next;
  if (!isThere) list.insertBefore(item, next);
}

/** What an item shows because of the one before it. */
function relate(item) {
  const [message, before] = [messages.get(item), messages.get(item.previousElementSibling)];
  const isNewDay = !before || day(before.time) !== day(message.time);
  item.querySelector('.day')?.remove();
  if (isNewDay) item.prepend(element('p', { className: 'day' }, day(message.time)));
  const follows = !isNewDay && before.from === message.from && !before.isRevoked && before.type !== TYPES.MSG_GRP_TIP && message.time - before.time < TOGETHER_S;
  item.className = `message ${message.flow === 'out' ? 'mine' : 'theirs'} ${follows ? 'follows' : ''}`;
}

const scroller = () => find('scroller');
const below = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight;

export const isAtTop = () => scroller().scrollTop < NEAR;
export const isAtEnd = () => below() < NEAR;
const toEnd = () => scroller().scrollTo({ top: scroller().scrollHeight, behavior: 'instant' });

// Who is at the end stays there when the place for messages gets lower, as by the keyboard of a phone.
let wasAtEnd = true;
scroller().addEventListener('scroll', () => (wasAtEnd = isAtEnd()));
new ResizeObserver(() => wasAtEnd && toEnd()).observe(scroller());
