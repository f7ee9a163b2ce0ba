// Keeps what the engine stores in databases of the browser (IndexedDB): one for each user, with rows of text. What they say is the
// engine's business. Who opened a database last may write to it; a page that was frozen meanwhile may not any more.

/** The version of the databases: a page of an earlier version opens none of a later one. */
const VERSION = 1;
const ROWS = 'rows';
const WRITER = 'writer';

const FAILED = 6005;
const NEWER = 130167;
const FULL = 130168;

/** What errors of databases are told as; others mean that the database failed. */
const CODES = { QuotaExceededError: FULL, VersionError: NEWER };

/** Errors of rows that cannot be read any more. */
const DAMAGE = ['DataError', 'NotReadableError'];

/** This page. */
const page = `${Date.now()} ${Math.random()}`;

/** The databases that are open, by their names. */
const databases = new Map();

const listeners = new Set();

/** Calls a listener with the name of each database that cannot be kept. Gives what takes the listener away. */
export function onDenied(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const storage = {
  /** The keys and the texts of all rows, one after the other; null if nothing can be kept. */
  async load(name) {
    let database;
    try {
      database = await find(name, false);
    } catch (why) {
      if (why.name in CODES) throw told(why);
      listeners.forEach((listener) => listener(name));
      return null;
    }
    return database ? read(database).catch((why) => damaged(why)) : [];
  },

  /** Keeps rows, one after the other as key and text, null for one that is no more: all or none. `anew` removes every other row. */
  async write(name, rows, anew, durable) {
    try {
      const database = await find(name, true);
      const work = database.transaction([ROWS, WRITER], 'readwrite', { durability: durable ? 'strict' : 'relaxed' });
      const writer = work.objectStore(WRITER).get(0);
      writer.onsuccess = () => (writer.result === page ? put(work.objectStore(ROWS), rows, anew) : work.abort());
      await ended(work);
    } catch (why) {
      throw told(why);
    }
  },

  close(name) {
    databases.get(name)?.close();
    databases.delete(name);
  },
};

function put(store, rows, anew) {
  if (anew) store.clear();
  for (let at = 0; at < rows.length; at += 2) {
    if (rows[at + 1] === null) store.delete(rows[at]);
    else store.put(rows[at + 1], rows[at]);
  }
}

/** A database, opened and claimed; one that is not there is made by the first row, undefined until then. */
async function find(name, make) {
  const known = databases.get(name);
  if (known) return known;
  const database = await open(name, make);
  if (!database) return undefined;
  // A page of a later version wants it, or the user removed it.
  database.onversionchange = () => storage.close(name);
  database.onclose = () => databases.delete(name);
  const claim = database.transaction(WRITER, 'readwrite');
  claim.objectStore(WRITER).put(page, 0);
  await ended(claim);
  databases.set(name, database);
  return database;
}

function open(name, make) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      if (!make) return request.transaction.abort();
      request.result.createObjectStore(ROWS);
      request.result.createObjectStore(WRITER);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => (make || request.error.name !== 'AbortError' ? reject(request.error) : resolve(undefined));
  });
}

async function read(database) {
  const work = database.transaction(ROWS);
  const [keys, texts] = [work.objectStore(ROWS).getAllKeys(), work.objectStore(ROWS).getAll()];
  await ended(work);
  return keys.result.flatMap((key, place) => [String(key), texts.result[place]]);
}

function ended(work) {
  return new Promise((resolve, reject) => {
    work.oncomplete = resolve;
    work.onabort = () => reject(work.error ?? new Error('another page writes to this database'));
  });
}

/** Rows that cannot be read are rows that say nothing: the engine begins anew. */
function damaged(why) {
  if (DAMAGE.includes(why.name)) return ['unreadable', ''];
  throw told(why);
}

function told(why) {
  return Object.assign(new Error(why.message), { code: CODES[why.name] ?? FAILED });
}
