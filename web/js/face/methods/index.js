// The table of the methods that both packages have, by their names.

import { applications } from './applications.js';
import { conversations } from './conversations.js';
import { createFiles } from './create-files.js';
import { createMessages } from './create-messages.js';
import { friends } from './friends.js';
import { groups } from './groups.js';
import { lifecycle } from './lifecycle.js';
import { members } from './members.js';
import { messages } from './messages.js';
import { NOT_YET, refusing } from './not-yet.js';
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
  ...applications,
  ...profiles,
  ...friends,
  ...refusing(NOT_YET),
};
