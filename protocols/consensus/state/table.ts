/**
 * The entries of a state machine as values, with a root over them: values are written as bytes into a hash tree when
 * the root is asked for, once however often they changed since.
 */
import { type ByteReader, type ByteWriter, decode, encode } from '../codec/bytes.ts'
import { MalformedBytesError } from '../errors.ts'
import type { Crypto, Hash } from '../types.ts'
import { HashTree } from './hash-tree.ts'
import type { EntryProof } from './machine.ts'

/** How a value is written as bytes; what is read is written again as the same bytes. */
export interface ValueFormat<V> {
  write(writer: ByteWriter, value: V): void
  read(reader: ByteReader): V
}

/** A key of a table, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 256
/** A value of a table in bytes. */
export const MAX_VALUE_BYTES = 64 * 1024
/** A value in its encoded form, which says a little more than the value's own bytes. */
export const MAX_ENTRY_BYTES = MAX_VALUE_BYTES + 1_024

export class Table<V> {
  readonly #format: ValueFormat<V>
  readonly #crypto: Crypto
  #tree: HashTree
  readonly #values = new Map<string, V>()
  readonly #changed = new Set<string>()

  constructor(format: ValueFormat<V>, crypto: Crypto) {
    this.#format = format
    this.#crypto = crypto
    this.#tree = new HashTree(crypto)
  }

  get size(): number {
    return this.#values.size
  }

  get(key: string): V | undefined {
    return this.#values.get(key)
  }

  /** Values are replaced, never changed in place. */
  set(key: string, value: V): void {
    this.#values.set(key, value)
    this.#changed.add(key)
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#changed.add(key)
  }

  /** In no order that another replica would share: for look-ups that do not depend on it. */
  entries(): IterableIterator<[key: string, value: V]> {
    return this.#values.entries()
  }

  root(): Hash {
    return this.#written().root()
  }

  /** The bytes of the value and that the root holds them; undefined where there is no such key. */
  prove(key: string): EntryProof | undefined {
    const tree = this.#written()
    const proof = tree.prove(key)
    return proof === undefined ? undefined : { value: tree.get(key)!, proof }
  }

  /** Each entry as bytes, in the order of the tree. */
  *save(): Generator<Uint8Array> {
    for (const [key, value] of this.#written().entries())
      yield encode(key, (writer) => writer.text(key).bytes(value))
  }

  /** Takes over what was saved in place of what there is; throws MalformedBytesError where it is something else. */
  load(entries: Iterable<Uint8Array>): void {
    this.#values.clear()
    this.#changed.clear()
    this.#tree = new HashTree(this.#crypto)
    for (const entry of entries) this.#loadEntry(entry)
  }

  #loadEntry(entry: Uint8Array): void {
    const { key, bytes } = decode(entry, (reader) => ({
      key: reader.text(MAX_KEY_BYTES),
      bytes: reader.bytes(MAX_ENTRY_BYTES),
    }))
    if (this.#values.has(key)) throw new MalformedBytesError(`the key ${JSON.stringify(key)} is there twice`)
    this.set(key, decode(bytes, this.#format.read))
  }

  #written(): HashTree {
    for (const key of this.#changed) {
      const value = this.#values.get(key)
      if (value === undefined) this.#tree.delete(key)
      else this.#tree.set(key, encode(value, this.#format.write))
    }
    this.#changed.clear()
    return this.#tree
  }
}
