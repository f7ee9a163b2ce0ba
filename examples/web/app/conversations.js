// The list of conversations: names, avatars, the newest message, its time, and how much is unread.

import { avatar } from './avatar.js';
import { arrange, element, find } from './dom.js';
import { learn, onNames, titleOf } from './names.js';
import { lineOf } from './sentences.js';
import { openConversation, openTalk } from './talk.js';
import { brief, machine } from './times.js';
import { EVENT, tim } from './tim.js';

const items = new Map();
let list = [];

tim.on(EVENT.CONVERSATION_LIST_UPDATED, ({ data }) => show(data));
tim.on(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, ({ data }) => (document.title = data > 0 ? `(${data}) tim chat` : 'tim chat'));

/** Shows the list from its beginning. */
export async function showConversations() {
  items.clear();
  show((await tim.getConversationList()).data.conversationList);
}

onNames(() => show(list));

function show(conversations) {
  list = conversations;
  for (const { userProfile } of conversations) if (userProfile) learn(userProfile);
  arrange(find('conversations'), conversations.map(shown));
  find('no-conversations').hidden = conversations.length > 0;
}

/** Marks the one that is open. */
export function markOpen() {
  for (const [conversationID, item] of items) item.firstElementChild.ariaCurrent = isOpen(conversationID);
}

const isOpen = (conversationID) => String(conversationID === openConversation()?.conversationID);

/** The item of a conversation: the one that it has had, as it is now. */
function shown(conversation) {
  const { conversationID } = conversation;
  const item = items.get(conversationID) ?? element('li', {}, element('button', { type: 'button', className: 'conversation' }));
  items.set(conversationID, item);
  const [button] = item.children;
  button.onclick = () => openTalk(conversationID);
  button.ariaCurrent = isOpen(conversationID);
  button.replaceChildren(...parts(conversation));
  return item;
}

function parts(conversation) {
  const { userProfile, groupProfile, unreadCount, lastMessage } = conversation;
  const name = titleOf(conversation);
  return [
    avatar(name, (userProfile ?? groupProfile)?.avatar),
    element('span', { className: 'name' }, name),
    lastMessage.lastTime > 0 ? element('time', { dateTime: machine(lastMessage.lastTime) }, brief(lastMessage.lastTime)) : '',
    element('span', { className: 'line' }, lineOf(conversation)),
    unreadCount > 0 ? element('span', { className: 'unread' }, String(unreadCount), element('span', { className: 'for-readers' }, ' unread')) : '',
  ];
}
