// Bytes as a text, in which the bundles have the WebAssembly: of printable ASCII without quotes and backslashes, so that it is the same
// in every charset. Most bytes are one character, and those that are two begin alike: compressed it is as large as the bytes, of which
// Base64 makes a third more.

/** How many characters there are, and how many of them begin a pair. */
const [CHARACTERS, PAIRS] = [93, 2];
const SINGLES = CHARACTERS - PAIRS;
const [SPACE, QUOTE, BACKSLASH] = [32, 34, 92];

/** The text of bytes. */
export function pack(bytes) {
  return Array.from(bytes, (byte) => (byte < SINGLES ? character(byte + PAIRS) : pair(byte - SINGLES))).join('');
}

const pair = (rest) => character(Math.floor(rest / CHARACTERS)) + character(rest % CHARACTERS);

function character(number) {
  const code = SPACE + number;
  const unquoted = code >= QUOTE ? code + 1 : code;
  return String.fromCharCode(unquoted >= BACKSLASH ? unquoted + 1 : unquoted);
}

/** The bytes of a text. */
export function unpack(text) {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let place = 0; place < text.length; place += 1) {
    const number = numberAt(text, place);
    if (number >= PAIRS) {
      bytes[length] = number - PAIRS;
    } else {
      place += 1;
      bytes[length] = SINGLES + number * CHARACTERS + numberAt(text, place);
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}

function numberAt(text, place) {
  const code = text.charCodeAt(place);
  return code - SPACE - (code > QUOTE ? 1 : 0) - (code > BACKSLASH ? 1 : 0);
}
