// A chat with somebody, by their ID.

import { does, opens } from './dialogs.js';
import { openTalk } from './talk.js';

opens('new-chat', 'chat-dialog');
does('chat-dialog', 'The chat could not be opened', (form) => openTalk(`C2C${form.get('userID').trim()}`));
