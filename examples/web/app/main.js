// The page: its parts by their events, and what is shown once somebody is logged in.

import { avatar } from './avatar.js';
import './composer.js';
import { markOpen, showConversations } from './conversations.js';
import { people } from './demo.js';
import { find } from './dom.js';
import './groups.js';
import { start } from './login.js';
import { learn, nameOf } from './names.js';
import './network.js';
import './new-chat.js';
import { closeTalk, onOpen } from './talk.js';
import { EVENT, tim } from './tim.js';
import { trying } from './toast.js';

onOpen(markOpen);
tim.on(EVENT.SDK_READY, () => trying('The conversations could not be listed', showChat));

async function showChat() {
  const { data: profile } = await tim.getMyProfile();
  learn(profile);
  const name = nameOf(profile.userID);
  find('me').replaceChildren(avatar(name, profile.avatar), name);
  closeTalk();
  await showConversations();
  // What they are called is known when a group is made.
  (await people()).forEach(nameOf);
  find('login').hidden = true;
  find('chat').hidden = false;
}

await start();
