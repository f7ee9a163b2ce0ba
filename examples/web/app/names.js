// The nicks of people, as the page hears of them. It asks for those that it does not know, and tells when it knows them.

import { EVENT, tim } from './tim.js';

/** By the users' IDs; an empty text for who has none. */
const nicks = new Map();
/** Of whom is asked next. */
const unknown = new Set();
const listeners = [];

/** Calls back whenever names have become known that were asked for. */
export const onNames = (listener) => listeners.push(listener);

/** Remembers what the SDK told of a user. */
export function learn({ userID, nick = '' }) {
  if (nick || !nicks.has(userID)) nicks.set(userID, nick);
}

/** The nick of a user, else the ID. */
export function nameOf(userID) {
  if (!nicks.has(userID)) ask(userID);
  return nicks.get(userID) || userID;
}

/** Whoever is named at the same time is asked for together. */
function ask(userID) {
  if (unknown.size === 0) queueMicrotask(lookUp);
  unknown.add(userID);
  nicks.set(userID, '');
}

async function lookUp() {
  const userIDList = [...unknown];
  unknown.clear();
  const answer = await tim.getUserProfile({ userIDList }).catch(() => ({ data: [] }));
  answer.data.forEach(learn);
  listeners.forEach((listener) => listener());
}

/** Who sent a message: by the name card in a group, the nick, or the ID. */
export const senderOf = ({ from, nick, nameCard }) => nameCard || nick || nameOf(from);

/** What a conversation is called. */
export function titleOf({ userProfile, groupProfile }) {
  if (groupProfile) return groupProfile.name || groupProfile.groupID;
  return userProfile ? userProfile.nick || nameOf(userProfile.userID) : 'Notices';
}

/** Several names in a sentence: "Alice, Bob and Carol". */
export const listed = (names) => new Intl.ListFormat('en', { type: 'conjunction' }).format(names);

tim.on(EVENT.PROFILE_UPDATED, ({ data }) => data.forEach(learn));
