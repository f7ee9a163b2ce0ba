// The server's clock: how far this device's is off, which is learnt once a login is ready.

const offsets = new WeakMap();
const SECOND_MS = 1_000;

/** Learns it. The engine tells whole seconds: what lies in the second is right. */
export async function readClock(session) {
  const seconds = await session.call('getServerTime').catch(() => undefined);
  if (seconds === undefined) return;
  const [now, from] = [Date.now(), seconds * SECOND_MS];
  offsets.set(session, Math.min(Math.max(now, from), from + SECOND_MS - 1) - now);
}

/** The server's time in milliseconds since 1970. */
export const serverTime = (session) => Date.now() + (offsets.get(session) ?? 0);
