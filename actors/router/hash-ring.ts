/**
 * Consistent hashing (Karger and others, 1997): keys and nodes lie on a ring of hashes, and a key belongs
 * to the next node on the ring. A node has many places, so that all nodes get about as many keys; one
 * that is added takes keys from all others, and no key moves between two others.
 */

/** Places of each node; the more, the more evenly keys are spread. */
const PLACES = 128

export class HashRing {
  /** In the order of the ring. */
  readonly #hashes: Uint32Array
  /** The node of each place. */
  readonly #nodes: Uint32Array

  /** @param names of the nodes, each different; a node's places follow from its name alone */
  constructor(names: readonly string[]) {
    const places = names.flatMap((name, node) =>
      Array.from({ length: PLACES }, (_, place) => ({ hash: hashOf(`${name} ${place}`), name, node })),
    )
    // Equal hashes are put in the order of names, so that the order of the list does not matter.
    places.sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : 1))
    this.#hashes = Uint32Array.from(places, ({ hash }) => hash)
    this.#nodes = Uint32Array.from(places, ({ node }) => node)
  }

  /** The node of a key, as its place in the list of names. */
  nodeOf(key: string): number {
    const hash = hashOf(key)
    let from = 0
    let to = this.#hashes.length
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.#hashes[middle] as number) < hash) from = middle + 1
      else to = middle
    }
    return this.#nodes[from === this.#nodes.length ? 0 : from] as number
  }
}

/** FNV-1a over the UTF-16 units, and murmur3's last step, which spreads short texts over all bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
