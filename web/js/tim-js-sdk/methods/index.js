// The table of methods by their names.

import { conversations } from './conversations.js';
import { createFiles } from './create-files.js';
import { createMessages } from './create-messages.js';
import { friends } from './friends.js';
import { groups } from './groups.js';
import { lifecycle } from './lifecycle.js';
import { members } from './members.js';
import { messages } from './messages.js';
import { notYet } from './not-yet.js';
import { profiles } from './users.js';

/** @type {Record<string, (session: import('../session.js').Session, ...args: any[]) => any>} */
export const METHOD = {
  ...lifecycle,
  ...createMessages,
  ...createFiles,
  ...messages,
  ...conversations,
  ...groups,
  ...members,
  ...profiles,
  ...friends,
  ...notYet,
};
