// The demo's own server, for this machine only: the page, the package, and for each of the demo's people what they log in with. Run by
// script/demo --web: node serve.mjs FILE, where FILE is JSON as in `Demo`; it may be written after this has begun.
//
// It stands for the backend of an application, which would ask who the visitor is before it gives a UserSig.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{SDKAppID: number, server: string, userSigs: Record<string, string>}} Demo */

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const HOST = '127.0.0.1';
const PACKAGE = '/tim-js-sdk/';
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/**
 * Serves, and gives the address.
 * @param {() => Promise<Demo>} demo
 */
export async function serve(demo) {
  const server = createServer(async (request, answer) => {
    const { status, type, body } = await answerTo(request, demo).catch(() => NOTHING);
    answer.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' }).end(body);
  });
  await new Promise((listening) => server.listen(0, HOST, listening));
  return { server, address: `http://${HOST}:${server.address().port}` };
}

const NOTHING = { status: 404, type: 'text/plain', body: 'there is nothing here' };

async function answerTo({ url, headers, socket }, demo) {
  // A page of elsewhere whose name leads to this machine learns nothing.
  if (headers.host !== `${HOST}:${socket.localPort}`) return NOTHING;
  const { pathname } = new URL(url, 'http://here');
  const [, what] = /^\/demo\/(.*)$/.exec(pathname) ?? [];
  return what === undefined ? file(pathname) : told(what, await demo());
}

function told(what, { SDKAppID, server, userSigs }) {
  const known = new Map([
    ['application', { SDKAppID, server }],
    ['people', Object.keys(userSigs)],
    ...Object.entries(userSigs).map(([user, userSig]) => [`usersig/${encodeURIComponent(user)}`, userSig]),
  ]);
  return known.has(what) ? { status: 200, type: 'application/json', body: JSON.stringify(known.get(what)) } : NOTHING;
}

async function file(pathname) {
  // Without what leads out of the folder.
  const path = normalize(decodeURIComponent(pathname === '/' ? '/index.html' : pathname));
  const type = TYPES[extname(path)];
  if (type === undefined || path === '/serve.mjs') return NOTHING;
  const place = path.startsWith(PACKAGE) ? join(here('../../web/dist/'), path.slice(PACKAGE.length)) : join(here('.'), path);
  return { status: 200, type, body: await readFile(place) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , path] = process.argv;
  if (!path) {
    console.error('usage: node serve.mjs FILE: FILE tells the application, the server and the UserSigs of the demo');
    process.exit(2);
  }
  const { address } = await serve(async () => JSON.parse(await readFile(path, 'utf8')));
  console.log(address);
}
