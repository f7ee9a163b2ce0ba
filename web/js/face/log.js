// How much this package logs, and the engine with it.

import { setEngineLogLevel } from '../engine.js';

const SILENT = 4;
let level = 0;

/** Takes TIM's levels: -1 to 4; whatever else is no level logs nothing. */
export function setLogLevel(given) {
  const number = Number(given);
  level = [-1, 0, 1, 2, 3, SILENT].includes(number) ? number : SILENT;
  // TIM's -1 is what the engine has as 0; both have 0 and 1 in common.
  setEngineLogLevel(level < 0 ? 0 : Math.max(level, 1));
}

/** Logs a problem that does not resolve itself. */
export function logError(...what) {
  if (level < SILENT) console.error('tim:', ...what);
}
