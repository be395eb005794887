/**
 * Keys and values under one root hash: a binary tree in which the bits of a key's hash are the way to its leaf. A part
 * of the tree with a single key is that key's leaf, so the tree is as deep as the logarithm of its keys, and its shape
 * follows from what is in it and not from the order in which it came: equal content, equal root.
 *
 * Hashes are computed when the root is asked for, once for all that was written since.
 */
import { type ByteReader, ByteWriter } from '../codec/bytes.ts'
import { fromHex, toHex } from '../codec/hex.ts'
import { type Crypto, HASH_BYTES, type Hash, NO_HASH } from '../types.ts'

const LEAF = 0
const BRANCH = 1
const EMPTY = new Uint8Array(HASH_BYTES)
const MAX_DEPTH = 8 * HASH_BYTES
const encoder = new TextEncoder()

interface Leaf {
  readonly way: Uint8Array
  readonly key: string
  value: Uint8Array
  hash: Uint8Array | undefined
}

interface Branch {
  left: Node
  right: Node
  hash: Uint8Array | undefined
}

type Node = Leaf | Branch | undefined

/** That a key has a value: the nodes beside its way, from the root down; NO_HASH where there is none. */
export interface TreeProof {
  readonly path: readonly Hash[]
}

export class HashTree {
  readonly #crypto: Crypto
  readonly #leaves = new Map<string, Leaf>()
  #root: Node

  constructor(crypto: Crypto) {
    this.#crypto = crypto
  }

  get size(): number {
    return this.#leaves.size
  }

  get(key: string): Uint8Array | undefined {
    return this.#leaves.get(key)?.value
  }

  set(key: string, value: Uint8Array): void {
    const known = this.#leaves.get(key)
    if (known !== undefined) {
      known.value = value
      known.hash = undefined
      this.#touch(known.way)
      return
    }
    const leaf: Leaf = { way: wayOf(key, this.#crypto), key, value, hash: undefined }
    this.#leaves.set(key, leaf)
    this.#root = insert(this.#root, leaf, 0)
  }

  delete(key: string): void {
    const leaf = this.#leaves.get(key)
    if (leaf === undefined) return
    this.#leaves.delete(key)
    this.#root = remove(this.#root, leaf, 0)
  }

  /** In the order of the tree, which is the same for the same content. */
  *entries(): Generator<readonly [key: string, value: Uint8Array]> {
    const waiting: Node[] = [this.#root]
    while (waiting.length > 0) {
      const node = waiting.pop()
      if (node === undefined) continue
      if (isLeaf(node)) yield [node.key, node.value]
      else waiting.push(node.right, node.left)
    }
  }

  root(): Hash {
    return toHex(hashOf(this.#root, this.#crypto))
  }

  /** undefined where there is no such key. */
  prove(key: string): TreeProof | undefined {
    const leaf = this.#leaves.get(key)
    if (leaf === undefined) return undefined
    const path: Hash[] = []
    let node = this.#root!
    for (let depth = 0; !isLeaf(node); depth++) {
      const [next, beside] = bit(leaf.way, depth) === 0 ? [node.left, node.right] : [node.right, node.left]
      path.push(beside === undefined ? NO_HASH : toHex(hashOf(beside, this.#crypto)))
      node = next!
    }
    return { path }
  }

  /** What lies on the way has to be hashed anew. */
  #touch(way: Uint8Array): void {
    let node = this.#root!
    for (let depth = 0; !isLeaf(node); depth++) {
      node.hash = undefined
      node = (bit(way, depth) === 0 ? node.left : node.right)!
    }
  }
}

/** Whether the proof shows that the tree with this root has the key with this value. */
export function verifyTreeProof(
  root: Hash,
  key: string,
  value: Uint8Array,
  { path }: TreeProof,
  crypto: Crypto,
): boolean {
  if (path.length > MAX_DEPTH) return false
  const way = wayOf(key, crypto)
  let hash = hashLeaf(way, value, crypto)
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const beside = fromHex(path[depth]!)
    hash = bit(way, depth) === 0 ? hashBranch(hash, beside, crypto) : hashBranch(beside, hash, crypto)
  }
  return toHex(hash) === root
}

export function writeTreeProof(writer: ByteWriter, { path }: TreeProof): void {
  writer.list(path, (out, hash) => out.hash(hash))
}

export function readTreeProof(reader: ByteReader): TreeProof {
  return { path: reader.list(MAX_DEPTH, (from) => from.hash()) }
}

function isLeaf(node: Leaf | Branch): node is Leaf {
  return 'way' in node
}

function insert(node: Node, leaf: Leaf, depth: number): Leaf | Branch {
  if (node === undefined) return leaf
  const branch: Branch = isLeaf(node) ? above(node, depth) : node
  branch.hash = undefined
  if (bit(leaf.way, depth) === 0) branch.left = insert(branch.left, leaf, depth + 1)
  else branch.right = insert(branch.right, leaf, depth + 1)
  return branch
}

function above(leaf: Leaf, depth: number): Branch {
  return bit(leaf.way, depth) === 0
    ? { left: leaf, right: undefined, hash: undefined }
    : { left: undefined, right: leaf, hash: undefined }
}

function remove(node: Node, leaf: Leaf, depth: number): Node {
  if (node === undefined || isLeaf(node)) return undefined
  node.hash = undefined
  if (bit(leaf.way, depth) === 0) node.left = remove(node.left, leaf, depth + 1)
  else node.right = remove(node.right, leaf, depth + 1)
  const only = node.left === undefined ? node.right : node.right === undefined ? node.left : undefined
  return only !== undefined && isLeaf(only) ? only : node
}

function bit(way: Uint8Array, depth: number): number {
  return (way[depth >> 3]! >> (7 - (depth & 7))) & 1
}

function hashOf(node: Node, crypto: Crypto): Uint8Array {
  if (node === undefined) return EMPTY
  return (node.hash ??= isLeaf(node)
    ? hashLeaf(node.way, node.value, crypto)
    : hashBranch(hashOf(node.left, crypto), hashOf(node.right, crypto), crypto))
}

function wayOf(key: string, { sha256 }: Crypto): Uint8Array {
  return sha256(encoder.encode(key))
}

function hashLeaf(way: Uint8Array, value: Uint8Array, { sha256 }: Crypto): Uint8Array {
  return sha256(new ByteWriter(1 + HASH_BYTES + value.length).varint(LEAF).raw(way).raw(value).done())
}

function hashBranch(left: Uint8Array, right: Uint8Array, { sha256 }: Crypto): Uint8Array {
  return sha256(new ByteWriter(1 + 2 * HASH_BYTES).varint(BRANCH).raw(left).raw(right).done())
}
