/**
 * A state machine of the user's own in its simplest form: keys and values of bytes, and a function that executes one
 * transaction on them. What the function writes counts only if it returns; if it throws, for whatever reason, the
 * transaction is refused with that message and nothing has changed.
 */
import type { Crypto } from '../types.ts'
import {
  type BlockContext,
  DONE,
  done,
  type EntryProof,
  type Outcome,
  refused,
  type TransactionContext,
} from './machine.ts'
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, type Table, type ValueFormat } from './table.ts'
import { TableMachine } from './table-machine.ts'

export interface ProgramStore {
  get(key: string): Uint8Array | undefined
  /** Throws where the key, the value or the number of keys is beyond its bound. */
  set(key: string, value: Uint8Array): void
  delete(key: string): void
}

export interface Program {
  /** What transactions call it; up to 64 bytes. */
  readonly name: string
  /** Keys at a time; 65,536 where nothing is said. */
  readonly maxKeys?: number
  /** Has to do the same on every validator: no clock, no randomness, no state of its own. Bytes returned are the answer. */
  apply(store: ProgramStore, payload: Uint8Array, context: TransactionContext): Uint8Array | undefined
  beginBlock?(store: ProgramStore, block: BlockContext): void
}

const DEFAULT_MAX_KEYS = 65_536
const encoder = new TextEncoder()

export class ProgramMachine extends TableMachine<Uint8Array> {
  readonly #program: Program

  constructor(program: Program, crypto: Crypto) {
    super(FORMAT, crypto)
    this.#program = program
  }

  get name(): string {
    return this.#program.name
  }

  get(key: string): Uint8Array | undefined {
    return this.table.get(key)
  }

  prove(key: string): EntryProof | undefined {
    return this.table.prove(key)
  }

  beginBlock(block: BlockContext): void {
    this.#run((store) => {
      this.#program.beginBlock?.(store, block)
      return undefined
    })
  }

  apply(payload: Uint8Array, context: TransactionContext): Outcome {
    return this.#run((store) => this.#program.apply(store, payload, context))
  }

  #run(execute: (store: ProgramStore) => Uint8Array | undefined): Outcome {
    const draft = new Draft(this.table, this.#program.maxKeys ?? DEFAULT_MAX_KEYS)
    try {
      const value = execute(draft)
      draft.commit()
      return value === undefined ? DONE : done(value)
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error))
    }
  }
}

/** What one transaction has written so far. */
class Draft implements ProgramStore {
  readonly #table: Table<Uint8Array>
  readonly #maxKeys: number
  readonly #written = new Map<string, Uint8Array | undefined>()
  #size: number

  constructor(table: Table<Uint8Array>, maxKeys: number) {
    this.#table = table
    this.#maxKeys = maxKeys
    this.#size = table.size
  }

  get(key: string): Uint8Array | undefined {
    return this.#written.has(key) ? this.#written.get(key) : this.#table.get(key)
  }

  set(key: string, value: Uint8Array): void {
    if (encoder.encode(key).length > MAX_KEY_BYTES)
      throw new RangeError(`a key has ${MAX_KEY_BYTES} bytes at most`)
    if (value.length > MAX_VALUE_BYTES) throw new RangeError(`a value has ${MAX_VALUE_BYTES} bytes at most`)
    if (this.get(key) === undefined && ++this.#size > this.#maxKeys)
      throw new RangeError(`there is room for ${this.#maxKeys} keys`)
    // A copy, because the program may go on writing to its bytes, and a payload is a part of its whole block.
    this.#written.set(key, value.slice())
  }

  delete(key: string): void {
    if (this.get(key) !== undefined) this.#size--
    this.#written.set(key, undefined)
  }

  commit(): void {
    for (const [key, value] of this.#written) {
      if (value === undefined) this.#table.delete(key)
      else this.#table.set(key, value)
    }
  }
}

const FORMAT: ValueFormat<Uint8Array> = {
  write: (writer, value) => writer.bytes(value),
  read: (reader) => reader.bytes(MAX_VALUE_BYTES).slice(),
}
