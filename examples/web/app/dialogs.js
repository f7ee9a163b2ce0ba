// What all dialogs have in common: a form that does something when it is sent, and a button that closes it.

import { find } from './dom.js';
import { trying } from './toast.js';

/**
 * Opens a dialog whenever a button is pressed.
 * @param {string} button
 * @param {string} dialog
 * @param {() => void} prepare is called before it opens
 */
export function opens(button, dialog, prepare = () => {}) {
  find(button).onclick = () => {
    find(dialog).querySelector('form').reset();
    prepare();
    find(dialog).showModal();
  };
}

/**
 * Does something with what a dialog's form has, and tells if it fails. Closes the dialog unless it fails, or gives false.
 * @param {string} dialog
 * @param {string} failure
 * @param {(form: FormData) => any} work
 */
export function does(dialog, failure, work) {
  const button = find(dialog).querySelector('[type=submit]');
  find(dialog).querySelector('form').onsubmit = async (event) => {
    event.preventDefault();
    // A second click does nothing.
    if (button.disabled) return;
    button.disabled = true;
    const form = new FormData(event.target);
    const isDone = await trying(failure, async () => (await work(form)) !== false);
    button.disabled = false;
    if (isDone) find(dialog).close();
  };
}

for (const button of document.querySelectorAll('dialog .cancel')) button.onclick = () => button.closest('dialog').close();
