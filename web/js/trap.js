// What happens when the WebAssembly traps: a panic in the engine, or memory that is used up. Nothing in it works from then on, so
// everybody who waits for it is told once. The bundler puts `guard` around the engine's exports.

const listeners = new Set();
let trapped = false;

/** Whether the engine has trapped. */
export const hasTrapped = () => trapped;

/** Calls a listener when the engine traps. Gives what takes the listener away. */
export function onTrap(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The exports, each function of which tells of a trap. */
export function guard(exports) {
  return Object.fromEntries(Object.entries(exports).map(([name, it]) => [name, typeof it === 'function' ? guarded(name, it) : it]));
}

function guarded(name, work) {
  // What the page's timers, sockets and promises call: nobody there could handle an exception, and in Node it would end the process.
  const isCalledByHost = name.includes('closures');
  return (...args) => {
    try {
      return work(...args);
    } catch (why) {
      if (!(why instanceof WebAssembly.RuntimeError)) throw why;
      tell(why);
      if (!isCalledByHost) throw why;
      // The glue looks for an error in the result.
      return [];
    }
  };
}

function tell(why) {
  if (trapped) return;
  trapped = true;
  console.error('tim: the engine has failed', why);
  listeners.forEach((listener) => listener());
}
