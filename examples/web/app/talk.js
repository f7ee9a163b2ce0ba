// The open conversation: its name, its history with older pages when one scrolls up, what comes in, and that it was read.

import { avatar } from './avatar.js';
import { find } from './dom.js';
import { clear, has, isAtEnd, isAtTop, refreshAll, show, showPage } from './history.js';
import { onNames, titleOf } from './names.js';
import { EVENT, TYPES, tim } from './tim.js';
import { trying } from './toast.js';
import { isTyping, onTyping, typingIn } from './typing.js';

/** The open conversation, with where its history goes on; null if none is. */
let open = null;
const listeners = [];

export const openConversation = () => open?.conversation ?? null;

/** Calls back whenever another conversation is open, or none. */
export const onOpen = (listener) => listeners.push(listener);

const isHere = ({ conversationID }) => conversationID === open?.conversation.conversationID;

/** The conversation that one wants to see, from the click until it is there. */
let wanted = null;

/** Opens a conversation, also one in which nothing was said. Gives false if it cannot be opened. */
export async function openTalk(conversationID) {
  wanted = conversationID;
  const answer = await trying('This conversation cannot be opened', () => tim.getConversationProfile(conversationID));
  if (!answer) return false;
  // Another one was clicked meanwhile.
  if (wanted !== conversationID) return true;
  set({ conversation: answer.data.conversation, next: '', isCompleted: false, isLoading: false });
  await newest(open);
  return true;
}

/** Closes what is open. */
export function closeTalk() {
  wanted = null;
  set(null);
}

function set(talk) {
  open = talk;
  clear();
  find('chat').classList.toggle('in-talk', open !== null);
  find('open').hidden = open === null;
  find('nothing-open').hidden = open !== null;
  if (open) showTitle();
  listeners.forEach((listener) => listener());
}

function showTitle() {
  const { conversation } = open;
  const { type, groupProfile, userProfile } = conversation;
  const name = titleOf(conversation);
  const isTypingNow = type === TYPES.CONV_C2C && typingIn(conversation.conversationID);
  const { memberCount } = groupProfile ?? {};
  find('talk-name').textContent = name;
  find('talk-avatar').replaceChildren(avatar(name, (userProfile ?? groupProfile)?.avatar));
  find('talk-detail').textContent = isTypingNow ? `${name} is typing…` : memberCount ? `${memberCount} members` : '';
  find('show-members').hidden = type !== TYPES.CONV_GROUP;
  find('composer').hidden = type === TYPES.CONV_SYSTEM;
}

/** The newest messages; older ones as long as there is room. */
async function newest(talk) {
  await page(talk, '');
  read();
  await older();
}

async function older() {
  const talk = open;
  if (talk === null || talk.isLoading || talk.isCompleted || !isAtTop()) return;
  if (await page(talk, talk.next)) await older();
}

/** Lists a page and shows it, unless another conversation is open by then. Gives whether it did. */
async function page(talk, nextReqMessageID) {
  const { conversationID } = talk.conversation;
  talk.isLoading = true;
  const answer = await trying('Messages could not be listed', () => tim.getMessageList({ conversationID, nextReqMessageID }));
  talk.isLoading = false;
  if (!answer || talk !== open) return false;
  const { messageList, nextReqMessageID: next, isCompleted } = answer.data;
  showPage(messageList);
  Object.assign(talk, { next, isCompleted });
  return true;
}

/** Tells that what is seen was read: who looks at older messages does not see the newest. */
function read() {
  if (open && document.visibilityState === 'visible' && isAtEnd()) tim.setMessageRead({ conversationID: open.conversation.conversationID }).catch(() => {});
}

tim.on(EVENT.MESSAGE_RECEIVED, ({ data }) => {
  const here = data.filter((message) => isHere(message) && !isTyping(message));
  here.forEach(show);
  if (here.length > 0) read();
});
for (const name of [EVENT.MESSAGE_MODIFIED, EVENT.MESSAGE_REVOKED, EVENT.MESSAGE_READ_BY_PEER]) {
  tim.on(name, ({ data }) => data.filter((message) => isHere(message) && has(message)).forEach(show));
}
tim.on(EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => {
  const conversation = data.find(isHere);
  if (conversation) Object.assign(open, { conversation });
  if (conversation) showTitle();
});
// What was said while there was no connection.
tim.on(EVENT.NET_STATE_CHANGE, ({ data }) => data.state === TYPES.NET_STATE_CONNECTED && open && newest(open));
onTyping(() => open && showTitle());
onNames(refreshAll);
document.addEventListener('visibilitychange', read);
find('scroller').addEventListener('scroll', older);
find('scroller').addEventListener('scroll', () => open?.conversation.unreadCount > 0 && read());
find('back').onclick = closeTalk;
