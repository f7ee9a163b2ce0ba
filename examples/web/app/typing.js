// "bob is typing": custom messages to those who are online, which nothing stores, in the words of TIM's own UIs.

import { EVENT, TYPES, tim } from './tim.js';

const BUSINESS = 'user_typing_status';
/** How often it is told, and how long it holds, in milliseconds. */
const [EVERY, HOLDS] = [3_000, 5_000];

/** Who types, by the conversation; each with the timer that ends it. */
const typing = new Map();
const listeners = [];
let toldAt = -Infinity;

export const typingIn = (conversationID) => typing.has(conversationID);

/** Calls back whenever somebody begins or ends. */
export const onTyping = (listener) => listeners.push(listener);

/** Tells the other side that one types. */
export function tellTyping({ type, userProfile }) {
  if (type !== TYPES.CONV_C2C || performance.now() - toldAt < EVERY) return;
  toldAt = performance.now();
  const payload = { data: JSON.stringify({ businessID: BUSINESS, typingStatus: 1 }) };
  const message = tim.createCustomMessage({ to: userProfile.userID, conversationType: type, payload });
  // Nobody misses it.
  tim.sendMessage(message, { onlineUserOnly: true }).catch(() => {});
}

/** What a message says of typing: undefined if it says something else, else whether somebody types now. */
function typingOf({ type, payload }) {
  if (type !== TYPES.MSG_CUSTOM) return undefined;
  try {
    const { businessID, typingStatus } = JSON.parse(payload.data);
    return businessID === BUSINESS ? typingStatus === 1 : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a message says that somebody types or does not any more, and nothing else. */
export const isTyping = (message) => typingOf(message) !== undefined;

tim.on(EVENT.MESSAGE_RECEIVED, ({ data }) => {
  for (const message of data) set(message.conversationID, typingOf(message) === true);
});

function set(conversationID, isNow) {
  clearTimeout(typing.get(conversationID));
  typing.delete(conversationID);
  if (isNow) typing.set(conversationID, setTimeout(() => set(conversationID, false), HOLDS));
  listeners.forEach((listener) => listener());
}
