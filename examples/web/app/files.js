// Pictures and files of messages. Their addresses are signed for some minutes: before an old one is used, the message is listed anew.

import { element } from './dom.js';
import { senderOf } from './names.js';
import { tim } from './tim.js';
import { trying } from './toast.js';
import { view } from './viewer.js';

/** How large a picture is shown, at most, in pixels. */
const [WIDEST, HIGHEST] = [280, 320];
/** The renditions of a picture in `imageInfoArray`. */
const [ORIGINAL, SMALL] = [0, 1];

/** What shows each picture: it stays when the message around it is shown anew. */
const shown = new WeakMap();

/** A button with the picture, which opens it. */
export function pictureOf(message) {
  if (!shown.has(message)) shown.set(message, picture(message));
  return shown.get(message);
}

function picture(message) {
  // Before it is sent only the size of the original is known.
  const [{ width, height }, { imageUrl }] = message.payload.imageInfoArray;
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const image = element('img', { ...size, src: imageUrl, alt: message.flow === 'out' ? 'Your picture' : `Picture from ${senderOf(message)}` });
  image.addEventListener('error', () => anew(message).then(() => (image.src = message.payload.imageInfoArray[SMALL].imageUrl)), { once: true });
  return element('button', { type: 'button', className: 'picture', onclick: () => openPicture(message, image.alt) }, image);
}

async function openPicture(message, alt) {
  await anew(message);
  view(message.payload.imageInfoArray[ORIGINAL].imageUrl, alt);
}

/** A button with the name of the file and its size, which saves it. */
export function fileOf(message) {
  const { fileName, fileSize } = message.payload;
  const save = () => trying('The file could not be loaded', () => saveFile(message));
  return element('button', { type: 'button', className: 'file', onclick: save }, element('span', {}, fileName), element('small', {}, size(fileSize)));
}

async function saveFile(message) {
  await anew(message);
  const answer = await fetch(message.payload.fileUrl);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const href = URL.createObjectURL(await answer.blob());
  element('a', { href, download: message.payload.fileName }).click();
  URL.revokeObjectURL(href);
}

/** Has the message get fresh addresses. One that is not sent yet shows the file itself. */
async function anew({ status, conversationID, sequence }) {
  if (status === 'success') await tim.getMessageListHopping({ conversationID, sequence, count: 1, direction: 1 }).catch(() => {});
}

const size = (bytes) =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
