/**
 * Merkle trees of the shape of RFC 9162: a leaf, a node and a root are hashed with different first bytes, so none of
 * them passes for another, and an odd node goes up as it is instead of being paired with itself. The root also says
 * how many leaves there are, so that a proof is good for one place only.
 *
 *          root = sha256(2, count, top)
 *                        top
 *                     /      \
 *                   n          c        n = sha256(1, a, b)
 *                 /   \        │
 *                a     b       c        a = sha256(0, bytes of the leaf)
 */
import type { ByteReader, ByteWriter } from './codec/bytes.ts'
import { encode } from './codec/bytes.ts'
import { fromHex, toHex } from './codec/hex.ts'
import { type Crypto, HASH_BYTES, type Hash } from './types.ts'

const LEAF = 0
const NODE = 1
const ROOT = 2
const NOTHING = new Uint8Array(HASH_BYTES)
/** A tree has fewer leaves than 2 to this power, whoever made the proof. */
const MAX_PATH = 31
const MAX_LEAVES = 2 ** (MAX_PATH - 1)

/** That one leaf is at one place of a tree. */
export interface MerkleProof {
  readonly index: number
  /** Leaves in the tree. */
  readonly count: number
  /** The nodes beside the way from the leaf to the top. */
  readonly path: readonly Hash[]
}

export class MerkleTree {
  readonly root: Hash
  readonly #levels: Uint8Array[][]

  constructor(leaves: readonly Uint8Array[], crypto: Crypto) {
    let level = leaves.map((leaf) => hashLeaf(leaf, crypto))
    this.#levels = [level]
    while (level.length > 1) {
      level = parents(level, crypto)
      this.#levels.push(level)
    }
    this.root = hashRoot(leaves.length, level[0] ?? NOTHING, crypto)
  }

  /** `index` has to be that of a leaf. */
  prove(index: number): MerkleProof {
    const path: Hash[] = []
    let at = index
    for (const level of this.#levels) {
      const beside = level[at ^ 1]
      if (beside !== undefined) path.push(toHex(beside))
      at >>= 1
    }
    return { index, count: this.#levels[0]!.length, path }
  }
}

/** Whether the proof shows that these bytes are a leaf of the tree with this root. */
export function verifyMerkleProof(root: Hash, leaf: Uint8Array, proof: MerkleProof, crypto: Crypto): boolean {
  const { index, count, path } = proof
  if (!Number.isSafeInteger(count) || count > MAX_LEAVES) return false
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return false
  let hash = hashLeaf(leaf, crypto)
  let at = index
  let last = count - 1
  for (const beside of path) {
    if (last === 0) return false
    // The last node of a level without a partner stands unchanged in the level above.
    while (at === last && at % 2 === 0) [at, last] = [at >> 1, last >> 1]
    hash = at % 2 === 1 ? hashNode(fromHex(beside), hash, crypto) : hashNode(hash, fromHex(beside), crypto)
    at >>= 1
    last >>= 1
  }
  return last === 0 && hashRoot(count, hash, crypto) === root
}

export function writeMerkleProof(writer: ByteWriter, { index, count, path }: MerkleProof): void {
  writer
    .varint(index)
    .varint(count)
    .list(path, (out, hash) => out.hash(hash))
}

export function readMerkleProof(reader: ByteReader): MerkleProof {
  return {
    index: reader.varint(MAX_LEAVES),
    count: reader.varint(MAX_LEAVES),
    path: reader.list(MAX_PATH, (from) => from.hash()),
  }
}

function parents(level: readonly Uint8Array[], crypto: Crypto): Uint8Array[] {
  const above: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1]
    above.push(right === undefined ? level[i]! : hashNode(level[i]!, right, crypto))
  }
  return above
}

function hashLeaf(bytes: Uint8Array, { sha256 }: Crypto): Uint8Array {
  const tagged = new Uint8Array(1 + bytes.length)
  tagged[0] = LEAF
  tagged.set(bytes, 1)
  return sha256(tagged)
}

function hashNode(left: Uint8Array, right: Uint8Array, { sha256 }: Crypto): Uint8Array {
  const tagged = new Uint8Array(1 + 2 * HASH_BYTES)
  tagged[0] = NODE
  tagged.set(left, 1)
  tagged.set(right, 1 + HASH_BYTES)
  return sha256(tagged)
}

function hashRoot(count: number, top: Uint8Array, { sha256 }: Crypto): Hash {
  return toHex(sha256(encode(count, (writer) => writer.varint(ROOT).varint(count).raw(top))))
}
