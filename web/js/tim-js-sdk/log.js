// How much this package logs.

const SILENT = 4;
let level = 0;

/** Takes TIM's levels: -1 to 4; whatever else is no level logs nothing. */
export function setLogLevel(given) {
  const number = Number(given);
  level = [-1, 0, 1, 2, 3, SILENT].includes(number) ? number : SILENT;
}

/** Logs a problem that does not resolve itself. */
export function logError(...what) {
  if (level < SILENT) console.error('tim:', ...what);
}
