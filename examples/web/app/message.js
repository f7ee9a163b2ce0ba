// One message on the page: who said what, when, and what became of it.

import { element } from './dom.js';
import { fileOf, pictureOf } from './files.js';
import { senderOf } from './names.js';
import { outcomeOf } from './outcome.js';
import { KINDS, sentenceOf } from './sentences.js';
import { clock, machine } from './times.js';
import { TYPES } from './tim.js';

/** The element of a message. */
export function content(message) {
  const sentence = sentenceOf(message);
  if (sentence !== undefined) return element('p', { className: 'sentence' }, sentence);
  const bubble = element('article', { className: 'bubble' }, sender(message), said(message), below(message));
  return element('div', { className: 'row' }, bubble, action(message));
}

/** In a group it is shown who says it. */
function sender(message) {
  if (message.flow === 'out' || message.conversationType !== TYPES.CONV_GROUP) return null;
  return element('p', { className: 'sender' }, senderOf(message));
}

function said(message) {
  const { type, payload } = message;
  if (type === TYPES.MSG_TEXT) return element('p', { className: 'text' }, payload.text);
  if (type === TYPES.MSG_IMAGE) return pictureOf(message);
  if (type === TYPES.MSG_FILE) return fileOf(message);
  if (type === TYPES.MSG_AUDIO) return element('audio', { controls: true, src: payload.url });
  if (type === TYPES.MSG_VIDEO) return element('video', { controls: true, src: payload.videoUrl, poster: payload.snapshotUrl });
  return element('p', { className: 'text' }, payload.description || KINDS[type] || 'This page cannot show this message.');
}

function below(message) {
  const { text, part, hasFailed } = outcomeOf(message);
  return element(
    'p',
    { className: 'below' },
    part === undefined ? null : element('progress', { value: part, ariaLabel: 'Sent so far' }),
    element('time', { dateTime: machine(message.time) }, clock(message.time)),
    message.flow === 'out' ? element('span', { className: hasFailed ? 'state failed' : 'state' }, text) : null,
  );
}

/** What one can do with a message of one's own; sending.js does it. */
function action({ flow, status }) {
  if (flow !== 'out' || status === 'unSend') return null;
  const [does, name] = status === 'fail' ? ['resend', 'Send again'] : ['recall', 'Recall'];
  const button = element('button', { type: 'button', className: 'quiet action' }, name);
  button.dataset.does = does;
  return button;
}
