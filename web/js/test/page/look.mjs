// Whether a page looks as it should, without comparing pixels, which differ with the fonts of a machine: nothing sticks out or is cut off,
// nothing lies on something else, everything can be read, named and hit; and the parts of the page are where they were.

/** What is wrong with what a page shows, a line each. Runs in the page. */
export function faults() {
  const found = [];
  const colours = new Map();
  const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const say = (what, it) => found.push(`${what}: <${it.tagName.toLowerCase()}${it.id && ` #${it.id}`}${it.className && ` .${it.className}`}> ${it.textContent.trim().slice(0, 40)}`);
  const dialog = document.querySelector('dialog[open]');
  const isShown = (it) => it.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !it.closest('.for-readers') && !it.closest('option');
  const shown = [...(dialog ?? document.body).querySelectorAll('*')].filter(isShown);
  for (const it of shown) {
    const { left, right } = it.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) say('sticks out of the page', it);
    const style = getComputedStyle(it);
    if (style.display !== 'inline' && it.scrollWidth > it.clientWidth + 1 && style.textOverflow !== 'ellipsis') say('is wider than its place', it);
    if (it.matches('button, input, textarea, a, summary')) {
      // A label is hit for what it names.
      const target = it.labels?.[0]?.getBoundingClientRect() ?? it.getBoundingClientRect();
      if (Math.min(target.width, target.height) < 24) say('is too small to be hit', it);
      const name = it.ariaLabel ?? it.labels?.[0]?.textContent ?? (it.textContent || it.querySelector('img')?.alt);
      if (!name?.trim()) say('has no name', it);
    }
    if (it.matches('img') && !it.hasAttribute('alt')) say('has no description', it);
    if (it.matches('img') && it.complete && it.naturalWidth === 0) say('is no picture', it);
    const says = [...it.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (says && contrast(it) < 4.5) say(`can hardly be read (${contrast(it).toFixed(1)})`, it);
  }
  for (const row of shown.filter((it) => ['flex', 'grid'].includes(getComputedStyle(it).display))) overlaps(row);
  return found;

  /** Of what stands side by side nothing lies on something else. */
  function overlaps(row) {
    const children = [...row.children].filter((it) => shown.includes(it) && !['absolute', 'fixed'].includes(getComputedStyle(it).position));
    children.forEach((one, place) => {
      for (const other of children.slice(place + 1)) if (haveInCommon(one, other)) say('lies on its neighbour', one);
    });
  }

  function haveInCommon(one, other) {
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const common = (from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
    return common('left', 'right') > 1 && common('top', 'bottom') > 1;
  }

  /** As WCAG has it: 4.5 is the least for texts. */
  function contrast(it) {
    const behind = background(it);
    const [light, dark] = [luminance(over(colour(getComputedStyle(it).color), behind)), luminance(behind)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  function background(it) {
    if (it === null) return [255, 255, 255, 1];
    const own = colour(getComputedStyle(it).backgroundColor);
    return own[3] === 1 ? own : over(own, background(it.parentElement));
  }

  function over([...above], below) {
    return [0, 1, 2].map((channel) => above[channel] * above[3] + below[channel] * (1 - above[3])).concat(1);
  }

  /** Red, green and blue to 255, and how much covers, by the browser's own reading of colours. */
  function colour(text) {
    if (!colours.has(text)) colours.set(text, read(text));
    return colours.get(text);
  }

  function read(text) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  }

  function luminance(rgb) {
    const [red, green, blue] = rgb.slice(0, 3).map((it) => (it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
}

/** The parts of the page that stand at the same place whatever the font: left, top, width and height. Runs in the page. */
export function places(selectors) {
  const shown = selectors.flatMap((selector) => {
    const it = document.querySelector(selector);
    return it?.checkVisibility() ? [[selector, it.getBoundingClientRect()]] : [];
  });
  return Object.fromEntries(shown.map(([selector, { left, top, width, height }]) => [selector, [left, top, width, height].map(Math.round)]));
}

/** How far apart places are that are the same, in pixels: fonts have lines of other heights, and buttons of other widths. */
const TOLERANCE = 14;

/** What stands elsewhere than it did, a line each. */
export function moved(before, now) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const isSame = (name) => before[name] && now[name] && before[name].every((value, place) => Math.abs(value - now[name][place]) <= TOLERANCE);
  return names.filter((name) => !isSame(name)).map((name) => `${name}: was at ${before[name]}, is at ${now[name]}`);
}
