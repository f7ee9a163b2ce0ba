// What becomes of each message of one's own: on its way, sent, read, or failed and why.

import { TYPES } from './tim.js';

/** How much of a message's file has gone up, and why a message was not sent. */
export const parts = new WeakMap();
export const reasons = new WeakMap();

/** In words; with a part from 0 to 1 while a file goes up. */
export function outcomeOf(message) {
  const { status, conversationType, isPeerRead } = message;
  if (status === 'fail') return { text: `Not sent: ${reasons.get(message) ?? 'try again'}`, hasFailed: true };
  if (status !== 'success') return { text: 'Sending…', part: parts.get(message) };
  return { text: conversationType === TYPES.CONV_C2C && isPeerRead ? 'Read' : 'Sent' };
}
