// Avatars: a picture, or initials on a colour that is always the same for a name.

import { element } from './dom.js';

/** The avatar of somebody, which says nothing that the name beside it does not. */
export function avatar(name, address = '') {
  const made = element('span', { className: 'avatar', ariaHidden: 'true' }, initials(name));
  made.style.setProperty('--hue', hue(name));
  if (/^https?:/.test(address)) made.append(element('img', { src: address, alt: '', onerror: ({ target }) => target.remove() }));
  return made;
}

function initials(name) {
  const [first = '?', second] = name.trim().split(/\s+/).map((word) => [...word][0]);
  return (first + (second ?? '')).toUpperCase();
}

const hue = (name) => [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
