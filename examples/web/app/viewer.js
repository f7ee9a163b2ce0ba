// A picture in its full size, over everything else. Escape, a click beside it, or the button closes it.

import { find } from './dom.js';

export function view(address, alt) {
  Object.assign(find('viewer-picture'), { src: address, alt });
  find('viewer').showModal();
}

find('viewer').onclick = ({ target }) => target === find('viewer') && find('viewer').close();
find('viewer').onclose = () => find('viewer-picture').removeAttribute('src');
