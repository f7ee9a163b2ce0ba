// What one writes, picks, drops or pastes, as messages to the open conversation.

import { find } from './dom.js';
import { progressed, send } from './sending.js';
import { onOpen, openConversation } from './talk.js';
import { TYPES, tim } from './tim.js';
import { toast } from './toast.js';
import { tellTyping } from './typing.js';

/** The types of pictures that the server makes small ones of. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'];

/** For whom a message is. */
function receiver() {
  const { type, userProfile, groupProfile } = openConversation();
  return { conversationType: type, to: type === TYPES.CONV_GROUP ? groupProfile.groupID : userProfile.userID };
}

function sendText() {
  const text = find('text').value.trim();
  if (!text) return;
  try {
    void send(tim.createTextMessage({ ...receiver(), payload: { text } }));
    find('text').value = '';
  } catch (why) {
    toast(`This cannot be sent: ${why.message}`);
  }
}

function sendFile(file) {
  const create = PICTURES.includes(file.type) ? tim.createImageMessage : tim.createFileMessage;
  try {
    const message = create({ ...receiver(), payload: { file }, onProgress: (part) => progressed(message, part) });
    void send(message);
  } catch (why) {
    toast(`${file.name} cannot be sent: ${why.message}`);
  }
}

const sendFiles = (files) => [...files].forEach(sendFile);

find('composer').onsubmit = (event) => {
  event.preventDefault();
  sendText();
};
find('text').onkeydown = (event) => {
  // Enter that ends a word of an input method is no end of a message.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendText();
};
find('text').oninput = () => tellTyping(openConversation());
find('text').onpaste = (event) => {
  const { files } = event.clipboardData;
  if (files.length === 0) return;
  event.preventDefault();
  sendFiles(files);
};
find('attach').onclick = () => find('file').click();
find('file').onchange = ({ target }) => {
  sendFiles(target.files);
  target.value = '';
};

// A file that is dropped anywhere in the conversation. Without this the page would open it.
const canTake = (event) => event.dataTransfer.types.includes('Files') && openConversation() !== null && !find('composer').hidden;
find('open').ondragover = (event) => {
  if (!canTake(event)) return;
  event.preventDefault();
  find('open').classList.add('dropping');
};
find('open').ondragleave = ({ relatedTarget }) => find('open').contains(relatedTarget) || find('open').classList.remove('dropping');
find('open').ondrop = (event) => {
  find('open').classList.remove('dropping');
  if (!canTake(event)) return;
  event.preventDefault();
  sendFiles(event.dataTransfer.files);
};

onOpen(() => {
  find('text').value = '';
  // On a phone this would raise the keyboard over the conversation.
  if (openConversation() && matchMedia('(hover: hover)').matches) find('text').focus();
});
