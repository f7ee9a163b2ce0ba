// The class of the host's WebSocket: the page's, or Node's own, or where Node has none that of the package `ws`. The bundler puts
// `WebSocket` in the place of the global of that name, which stays as it is.

/** The number of the error of a host that lacks what the engine needs. */
const RUNTIME_FAILED = 130169;
const MISSING = 'this version of Node has no WebSocket: install the package ws (npm install ws), or use Node 22 or newer';

let found;

/** The class. Throws if there is none. */
export function socketClass() {
  found ??= globalThis.WebSocket ?? fromPackage();
  if (!found) throw Object.assign(new Error(MISSING), { code: RUNTIME_FAILED });
  return found;
}

/** Opens a connection. */
export function WebSocket(url, protocol) {
  const Socket = socketClass();
  return new Socket(url, protocol);
}

function fromPackage() {
  const modules = globalThis.process?.getBuiltinModule?.('module');
  if (!modules) return undefined;
  // Beside this package, else in the application's folder.
  return resolved(modules.createRequire(import.meta.url)) ?? resolved(modules.createRequire(`${process.cwd()}/`));
}

function resolved(require) {
  try {
    return require('ws');
  } catch {
    return undefined;
  }
}
