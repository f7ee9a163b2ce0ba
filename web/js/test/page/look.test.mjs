// What the tests of the chat look for is found where it is, and nowhere else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { browser as launch } from './browser.mjs';
import { faults, moved, places } from './look.mjs';

let browser;
let page;
before(async () => {
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 400, height: 400 } });
});
after(() => browser?.close());

const STYLE = '<style>* { margin: 0; box-sizing: border-box } .row { display: flex } button { min-width: 40px; min-height: 40px; background: #fff; color: #000 }</style>';

async function found(html) {
  await page.setContent(STYLE + html);
  return (await page.evaluate(faults)).map((line) => line.split(':')[0].replace(/ \(.*/, ''));
}

test('a page that is well has no faults', async () => {
  const rows = '<div class="row"><button>One</button><button aria-label="Two">+</button></div><img alt="A dot" src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\' width=\'9\' height=\'9\'/>">';
  assert.deepEqual(await found(`${rows}<p style="overflow: hidden; text-overflow: ellipsis; white-space: nowrap; width: 9ch">a long line that ends with dots</p>`), []);
});

const WRONG = {
  'sticks out of the page': '<div style="position: absolute; left: 390px; width: 40px; height: 9px"></div>',
  'is wider than its place': '<p style="width: 4ch; overflow: hidden; white-space: nowrap">a line that is cut off</p>',
  'is too small to be hit': '<button style="min-width: 0; min-height: 0; width: 9px; height: 9px; padding: 0" aria-label="Small"></button>',
  'has no name': '<button></button>',
  'has no description': '<img src="data:,">',
  'lies on its neighbour': '<div class="row"><p>One line</p><p style="margin-left: -4ch">another</p></div>',
  'can hardly be read': '<p style="color: #999; background: #fff">pale</p>',
};

for (const [fault, html] of Object.entries(WRONG)) {
  test(`what ${fault} is found`, async () => assert.ok((await found(html)).includes(fault), (await found(html)).join()));
}

test('a pale text is found on a ground that shines through, and by its own transparency', async () => {
  assert.deepEqual(await found('<div style="background: #000"><p style="background: #fff2; color: #333">dark</p></div>'), ['can hardly be read']);
  assert.deepEqual(await found('<p style="color: #0006">thin</p>'), ['can hardly be read']);
  assert.deepEqual(await found('<div style="background: #000"><p style="background: #fff2; color: #eee">light</p></div>'), []);
});

test('what stands elsewhere, is gone or is new has moved', async () => {
  await page.setContent(`${STYLE}<div id="here" style="width: 200px; height: 50px"></div><div id="hidden" hidden></div>`);
  const now = await page.evaluate(places, ['#here', '#hidden', '#none']);
  assert.deepEqual(now, { '#here': [0, 0, 200, 50] });
  assert.deepEqual(moved({ '#here': [3, 0, 206, 44] }, now), []);
  assert.deepEqual(moved({ '#here': [0, 0, 200, 80] }, now), ['#here: was at 0,0,200,80, is at 0,0,200,50']);
  assert.deepEqual(moved({}, now).length, 1);
  assert.deepEqual(moved({ ...now, '#gone': [0, 0, 9, 9] }, now), ['#gone: was at 0,0,9,9, is at undefined']);
});
