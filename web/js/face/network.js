// What the page knows of its network: that it came or went, and that the page is looked at again, when its timers have slept.

/** Calls back with each change. Gives what ends that. */
export function watchNetwork(changed) {
  const { window, document } = globalThis;
  if (typeof window?.addEventListener !== 'function') return () => {};
  const handlers = [
    [window, 'online', () => changed(true)],
    [window, 'offline', () => changed(false)],
    [document, 'visibilitychange', () => document.visibilityState === 'visible' && changed(true)],
  ];
  for (const [target, name, handler] of handlers) target?.addEventListener(name, handler);
  return () => handlers.forEach(([target, name, handler]) => target?.removeEventListener(name, handler));
}
