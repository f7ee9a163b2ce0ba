// What the methods that make messages have in common: for whom a message is, and with what options.

import { invalid } from '../errors.js';
import { having, pick } from './verb.js';

/** Who receives a message to some of a group, at most. */
const MOST_RECEIVERS = 50;

/** The parameters of the engine that every kind of message has, and the payload that was given. */
export function commonOf(given) {
  const { to, conversationType, payload } = having(given, 'to', 'conversationType');
  if (typeof payload !== 'object' || payload === null) throw invalid();
  return { to, conversationType, payload, options: options(given) };
}

function options(given) {
  const receivers = given.receiverList;
  return {
    ...pick(given, 'priority', 'cloudCustomData', 'needReadReceipt'),
    ...(Array.isArray(receivers) && receivers.length > 0 && { receiverList: receivers.slice(0, MOST_RECEIVERS) }),
  };
}
