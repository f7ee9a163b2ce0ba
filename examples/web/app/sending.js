// Sends messages, sends them again, and takes them back.

import { find } from './dom.js';
import { messageAt, refresh, show } from './history.js';
import { parts, reasons } from './outcome.js';
import { tim } from './tim.js';
import { trying } from './toast.js';

/** Shows a message and sends it. */
export const send = (message) => attempt(message, () => tim.sendMessage(message));

/** So much of a message's file has gone up, from 0 to 1. */
export function progressed(message, part) {
  parts.set(message, part);
  if (message.status === 'unSend') refresh(message);
}

async function attempt(message, work) {
  reasons.delete(message);
  show(message);
  await work().catch((why) => reasons.set(message, why.message));
  parts.delete(message);
  refresh(message);
}

/** What the buttons of messages do. */
const DOES = {
  resend: (message) => attempt(Object.assign(message, { status: 'unSend' }), () => tim.resendMessage(message)),
  async recall(message) {
    await trying('This message cannot be recalled', () => tim.revokeMessage(message));
    refresh(message);
  },
};

find('messages').addEventListener('click', ({ target }) => {
  const does = DOES[target.closest('button')?.dataset.does];
  if (does) void does(messageAt(target));
});
