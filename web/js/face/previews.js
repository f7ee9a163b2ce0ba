// Previews: the addresses at which a page shows files that are not sent yet. Each keeps its file in memory until it is given up: when the
// message is sent or forgotten.

/** Addresses of a file that was not sent yet, by its renditions; undefined in Node. */
export function previewOf(blob, renditions) {
  if (typeof document !== 'object') return undefined;
  const url = URL.createObjectURL(blob);
  return Object.fromEntries(renditions.map((rendition) => [rendition, url]));
}

export class Previews {
  /** By the IDs of messages. */
  #addresses = new Map();

  keep(id, addresses) {
    if (addresses) this.#addresses.set(id, addresses);
  }

  /** The addresses of a message that is not sent yet. */
  of(id) {
    return this.#addresses.get(id);
  }

  giveUp(id) {
    for (const url of new Set(Object.values(this.of(id) ?? {}))) URL.revokeObjectURL(url);
    this.#addresses.delete(id);
  }

  clear() {
    [...this.#addresses.keys()].forEach((id) => this.giveUp(id));
  }
}
