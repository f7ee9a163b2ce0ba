// What the engine takes of its host, where a page has it and an old Node does not: WebSockets and random numbers. The bundler puts
// these in the place of the globals, which stay as they are.

import { nodeRequire } from 'tim-engine/require';

/** The number of the error of a host that lacks what the engine needs. */
const RUNTIME_FAILED = 130169;
const MISSING = 'this version of Node has no WebSocket: install the package ws (npm install ws), or use Node 22 or newer';

const host = globalThis;
let Socket;

/** `globalThis.crypto`. */
export let hostCrypto;

/** Finds what the engine needs. Throws where there are no WebSockets. */
export function prepareHost() {
  Socket ??= host.WebSocket ?? ofPackage();
  hostCrypto ??= host.crypto ?? nodeRequire?.('crypto').webcrypto;
  if (!Socket) throw Object.assign(new Error(MISSING), { code: RUNTIME_FAILED });
}

/** Opens a connection. */
export function WebSocket(url, protocol) {
  const socket = new Socket(url, protocol);
  // An error that nobody handles, such as one of a socket that was given up, ends a Node that has it of the package.
  socket.addEventListener('error', () => {});
  return socket;
}

/** The class of the package `ws`: beside this package, else in the application's folder. */
function ofPackage() {
  if (!nodeRequire) return undefined;
  return resolved(nodeRequire) ?? resolved(nodeRequire('module').createRequire(`${process.cwd()}/`));
}

function resolved(require) {
  try {
    return require('ws');
  } catch {
    return undefined;
  }
}
