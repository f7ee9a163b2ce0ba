// The banner that tells when there is no connection. What is written meanwhile waits, and goes out by itself.

import { find } from './dom.js';
import { EVENT, TYPES, tim } from './tim.js';

const TEXTS = {
  [TYPES.NET_STATE_CONNECTING]: 'Connecting… What you write goes out as soon as there is a connection.',
  [TYPES.NET_STATE_DISCONNECTED]: 'No connection. What you write goes out as soon as there is one.',
};

tim.on(EVENT.NET_STATE_CHANGE, ({ data }) => show(data.state));
tim.on(EVENT.SDK_READY, () => show(TYPES.NET_STATE_CONNECTED));

function show(state) {
  const text = TEXTS[state];
  const banner = find('network');
  banner.hidden = text === undefined;
  banner.textContent = text ?? '';
}
