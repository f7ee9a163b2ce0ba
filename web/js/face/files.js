// Files that programs pass: a `File` or `Blob`, an input element, or the file's bytes. Each is given to the engine, which reads it when
// it goes up.

import { addFile } from '../engine.js';
import { invalid } from './errors.js';

/** As much as the engine looks at, for the headers of pictures. */
const HEAD = 256 * 1024;

/**
 * A file that a program passed.
 * @returns {{path: string, blob: Blob, name: string, duration: number | undefined}} with the engine's path; a duration in milliseconds
 */
export function add(given) {
  const file = fileOf(given);
  const [blob, head] = file instanceof Uint8Array ? [new Blob([file]), file.subarray(0, HEAD)] : [file, headOf(file)];
  const name = file.name || 'file';
  return { path: addFile(name, blob, blob.size, head), blob, name, duration: file.duration };
}

/** What is meant: of an input element its first file. */
function fileOf(given) {
  const file = given?.files ? given.files[0] : given;
  const isFile = file instanceof Uint8Array || (typeof Blob === 'function' && file instanceof Blob);
  if (!isFile) throw invalid();
  return file;
}

/**
 * The first bytes of a `Blob`. A message is made at once, and nothing else in a page reads at once. Where there are no such requests
 * pass the bytes of pictures.
 */
function headOf(blob) {
  if (typeof XMLHttpRequest !== 'function') return new Uint8Array();
  const url = URL.createObjectURL(blob.slice(0, HEAD));
  try {
    const request = new XMLHttpRequest();
    request.open('GET', url, false);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    // In this charset the lower eight bits of a character are the byte.
    return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
  } catch {
    // A policy of the page without `connect-src blob:`. What needs the first bytes refuses the file.
    return new Uint8Array();
  } finally {
    URL.revokeObjectURL(url);
  }
}
