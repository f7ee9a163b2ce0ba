// What the engine takes of its host, where a page has it and an old Node does not: WebSockets and random numbers. The bundler puts
// these in the place of the globals, which stay as they are.

/** The number of the error of a host that lacks what the engine needs. */
const RUNTIME_FAILED = 130169;
const MISSING = 'this version of Node has no WebSocket: install the package ws (npm install ws), or use Node 22 or newer';

const host = globalThis;
let Socket;

/** `globalThis.crypto`. */
export let hostCrypto;

/** Finds what the engine needs. Rejects where there are no WebSockets. */
export async function prepareHost() {
  Socket ??= host.WebSocket ?? (await ofPackage());
  hostCrypto ??= host.crypto ?? (await import('node:crypto')).webcrypto;
  if (!Socket) throw Object.assign(new Error(MISSING), { code: RUNTIME_FAILED });
}

/** Opens a connection. */
export function WebSocket(url, protocol) {
  return new Socket(url, protocol);
}

/** The class of the package `ws`: beside this package, else in the application's folder. */
async function ofPackage() {
  if (!host.process?.versions?.node) return undefined;
  const { createRequire } = await import('node:module');
  return resolved(createRequire(import.meta.url)) ?? resolved(createRequire(`${process.cwd()}/`));
}

function resolved(require) {
  try {
    return require('ws');
  } catch {
    return undefined;
  }
}
