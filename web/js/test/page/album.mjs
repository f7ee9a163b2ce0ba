// The pictures of a page in its states, in a folder for who wants to look, and what is compared of each. UPDATE_PLACES=1 writes anew where
// the parts of the page are, and UPDATE_IMAGES=1 the pictures of the documentation.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { faults, moved, places } from './look.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PLACES = path('places.json');
const IMAGES = path('../../../../docs/images/');
export const FOLDER = process.env.TIM_SCREENSHOTS ?? path('../../../dist/screenshots/');

const PARTS = ['#login', '#people', '#network', '.sidebar', '.sidebar .bar', '#conversations', '#talk', '#open .bar', '#scroller', '#composer', '#text', 'dialog[open]'];
/** A window of a desk, and one of a phone. */
export const [DESK, PHONE] = [{ width: 1100, height: 720 }, { width: 390, height: 780 }];
const SIZES = { desk: DESK, phone: PHONE };

export class Album {
  static async open() {
    await mkdir(FOLDER, { recursive: true });
    return new Album(JSON.parse(await readFile(PLACES, 'utf8').catch(() => '{}')));
  }

  #before;
  #now = {};

  constructor(before) {
    this.#before = before;
  }

  /**
   * Looks at a page in each size, light and dark, and takes a picture of each.
   * @param {string} state what the page shows
   */
  async look(page, state) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.screenshot({ path: join(FOLDER, `${state}-${size}-${colorScheme}.png`), animations: 'disabled' });
        assert.deepEqual(await page.evaluate(faults), [], `${state}, ${size}, ${colorScheme}`);
      }
      this.#compare(`${state}-${size}`, await page.evaluate(places, PARTS));
    }
    await page.setViewportSize(DESK);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  #compare(name, now) {
    this.#now[name] = now;
    if (!process.env.UPDATE_PLACES) assert.deepEqual(moved(this.#before[name] ?? {}, now), [], name);
  }

  /** The picture of a page in the documentation. */
  async document(page, name) {
    if (!process.env.UPDATE_IMAGES) return;
    await mkdir(dirname(join(IMAGES, name)), { recursive: true });
    await page.screenshot({ path: join(IMAGES, name), animations: 'disabled' });
  }

  /** Tells where the pictures are. */
  async close() {
    if (process.env.UPDATE_PLACES) await writeFile(PLACES, `${JSON.stringify(this.#now, null, 1)}\n`);
    console.log(`pictures of the page are in ${FOLDER}`);
  }
}
