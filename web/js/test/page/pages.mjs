// A server of pages that have the bundles.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { bundle } from '../world.mjs';

const PAGES = {
  '/script.html': '<input type="file" id="imagePicker"><script src="/tim-js.js"></script>',
  '/module.html': '<script type="module">import TIM from "/tim-js.mjs"; window.TIM = TIM;</script>',
  '/chat-script.html': '<script src="/chat/index.js"></script><script>window.TIM = TencentCloudChat;</script>',
  '/chat-module.html': '<script type="module">import TencentCloudChat from "/chat/index.es.js"; window.TIM = TencentCloudChat;</script>',
};

/** Serves pages and bundles. */
export async function servePages() {
  const server = createServer(async ({ url }, answer) => {
    const isPage = url in PAGES;
    const isBundle = /^\/(tim-js\.m?js|chat\/index(\.es)?\.js)$/.test(url);
    if (!isPage && !isBundle) return answer.writeHead(404).end();
    answer.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
    return answer.end(isPage ? `<!doctype html>${PAGES[url]}` : await readFile(bundle(url.slice(1))));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

/** The address of a page. */
export const addressOf = (pages, path) => `http://127.0.0.1:${pages.address().port}${path}`;
