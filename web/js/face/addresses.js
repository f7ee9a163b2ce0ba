// The addresses of the files of messages. The server's are paths, for which the engine signs addresses that a page can show for some
// minutes: they are made when a message is shown.

import { TYPES } from './types.js';

/** The renditions of a file, by the type of the message: 0 the file, 1 a small and 2 a large picture, 3 a video's snapshot. */
const RENDITIONS = {
  [TYPES.MSG_IMAGE]: [0, 1, 2],
  [TYPES.MSG_AUDIO]: [0],
  [TYPES.MSG_VIDEO]: [0, 3],
  [TYPES.MSG_FILE]: [0],
};

/** How long a message waits for its addresses. */
const WITHIN_MS = 3_000;

/**
 * The addresses of the files of each message, by their renditions, as far as they are known soon.
 * @param {(verb: string, parameters: object) => Promise<any>} call calls the engine
 * @param {object[]} told the messages, as the engine told them
 * @returns {Promise<Record<number, string>[]>}
 */
export function addressesOf(call, told) {
  return Promise.all(told.map((message) => (message.status === 'success' ? ofOne(call, message) : {})));
}

async function ofOne(call, message) {
  const find = async (rendition) => [rendition, await soon(call('getAttachmentUrl', { message, rendition }))];
  const found = await Promise.all((RENDITIONS[message.type] ?? []).map(find));
  return Object.fromEntries(found.filter(([, address]) => address !== undefined));
}

/** What a promise gives, or nothing if that takes long or fails. */
function soon(promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, WITHIN_MS);
    promise.then(resolve, () => resolve()).finally(() => clearTimeout(timer));
  });
}
