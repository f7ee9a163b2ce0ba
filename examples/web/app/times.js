// Times as people read them. The SDK has seconds since 1970.

const [SECOND, DAY] = [1_000, 86_400_000];

const format = (options) => new Intl.DateTimeFormat('en', options);
const CLOCK = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const WEEKDAY = format({ weekday: 'long' });
const DATE = format({ day: 'numeric', month: 'long', year: 'numeric' });
const SHORT = format({ day: 'numeric', month: 'short' });

const date = (time) => new Date(time * SECOND);

/** How many midnights ago. */
function daysAgo(time) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(Date.now()) - midnight(date(time))) / DAY);
}

/** "14:05" */
export const clock = (time) => CLOCK.format(date(time));

/** "Today", "Yesterday", "Monday", "3 March 2026" */
export function day(time) {
  const ago = daysAgo(time);
  return ['Today', 'Yesterday'][ago] ?? (ago < 7 ? WEEKDAY : DATE).format(date(time));
}

/** The time of today, else the day. */
export const brief = (time) => (daysAgo(time) === 0 ? clock(time) : daysAgo(time) === 1 ? 'Yesterday' : SHORT.format(date(time)));

/** What `<time>` has as its machine's form. */
export const machine = (time) => date(time).toISOString();
