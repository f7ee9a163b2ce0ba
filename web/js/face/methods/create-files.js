// Methods that make a message of a file. It goes up when the message is sent.

import { add } from '../files.js';
import { logError } from '../log.js';
import { previewOf } from '../previews.js';
import { commonOf } from './common.js';

const MS = 1_000;
/** A black point, for videos without a picture. */
const POINT = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
);

/** The renditions of a file. */
const [ORIGINAL, THUMB, LARGE] = [0, 1, 2];

/**
 * A method that makes a message of a file.
 * @param {string} name the engine's verb
 * @param {(file: {path: string, name: string, duration?: number}, payload: any) => object} take its own parameters
 * @param {number[]} renditions which of them the file itself shows until it is sent
 */
const creator = (name, take, renditions) => (session, given) => {
  const { payload, ...common } = commonOf(given);
  const file = add(payload.file);
  const preview = () => previewOf(file.blob, renditions);
  return session.create(name, { ...common, file: file.path, ...take(file, payload) }, progressOf(given), preview);
};

/** The program is told 0 to 1, when no call of the engine is under way. */
function progressOf({ onProgress }) {
  if (typeof onProgress !== 'function') return undefined;
  return (percent) => {
    const told = Promise.resolve(percent / 100).then(onProgress);
    told.catch((why) => logError('onProgress threw', why));
  };
}

/** In seconds. A program tells how long a recording is with its file, in milliseconds. */
const seconds = ({ duration }, { second }) => Math.round(second ?? (duration ?? 0) / MS);

export const createFiles = {
  createImageMessage: creator('createImageMessage', () => ({}), [ORIGINAL, THUMB, LARGE]),
  createFileMessage: creator('createFileMessage', ({ name }) => ({ name }), [ORIGINAL]),
  createAudioMessage: creator('createAudioMessage', (file, payload) => ({ second: seconds(file, payload) }), [ORIGINAL]),
  createVideoMessage: creator(
    'createVideoMessage',
    (file, payload) => {
      const snapshot = add(payload.snapshot ?? POINT).path;
      return { format: formatOf(file), second: seconds(file, payload), snapshot };
    },
    [ORIGINAL],
  ),
};

/** The extension of the file, or what its type says. */
function formatOf({ name, blob }) {
  const [, extension = blob.type.split('/')[1] ?? ''] = /\.(\w{1,16})$/.exec(name) ?? [];
  return /^\w{1,16}$/.test(extension) ? extension : 'mp4';
}
