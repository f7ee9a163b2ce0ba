// The browser of the tests: Chromium, or what CHROMIUM names.

import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';

export function browser() {
  if (!existsSync(BROWSER)) throw new Error(`${BROWSER} is missing: apt-get install chromium, or name another one with CHROMIUM`);
  return chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
}
