/**
 * Values as the operations that a change is made of.
 *
 * The engine encodes a change from a description in JSON, which can't carry bytes, numbers that are not
 * finite, and some fractions to their last bit. A value with one of them has to be written by another way.
 */
import { type DecodedOperation, decodeChange, encodeChange } from '../document/automerge.ts'
import { type Data, isMap } from '../document/data.ts'
import { Counter, Text } from '../document/values.ts'

/** Where an operation writes: at a key of a map, or at an element of a list, or behind it. */
export type Target =
  | { readonly obj: string; readonly key: string }
  | { readonly obj: string; readonly elemId: string; readonly insert?: true }

export class Operations {
  readonly list: DecodedOperation[] = []
  readonly #actor: string
  readonly #start: number
  /** Whether the description says exactly what was put. */
  #exact = true

  constructor(actor: string, start: number) {
    this.#actor = actor
    this.#start = start
  }

  get exact(): boolean {
    return this.#exact
  }

  /** Takes values out of a place. */
  drop(target: Target, ops: readonly string[]): void {
    this.#add({ action: 'del', ...(target as { obj: string; key: string }), pred: [...ops] })
  }

  /** Writes a value in the place of others. */
  put(target: Target, value: unknown, instead: readonly string[] = []): void {
    const at = { ...target, pred: [...instead] }
    if (value instanceof Text) this.#text(this.#add({ action: 'makeText', ...at }), value)
    else if (Array.isArray(value)) this.append(this.#add({ action: 'makeList', ...at }), '_head', value)
    else if (isMap(value)) this.#fill(this.#add({ action: 'makeMap', ...at }), value)
    else this.#add({ action: 'set', ...at, ...this.#scalar(value) })
  }

  /** Inserts values behind an element, or at the head of a list. */
  append(object: string, elemId: string, values: readonly unknown[]): void {
    let last = elemId
    for (const value of values) {
      const next = this.#next
      this.put({ obj: object, elemId: last, insert: true }, value)
      last = next
    }
  }

  get #next(): string {
    return `${this.#start + this.list.length}@${this.#actor}`
  }

  #text(object: string, text: Text): void {
    this.append(object, '_head', [...text.toString()])
  }

  #fill(object: string, map: Record<string, Data>): void {
    for (const key of Object.keys(map).sort()) this.put({ obj: object, key }, map[key])
  }

  #scalar(value: unknown): { value?: unknown; datatype?: string } {
    if (value instanceof Counter) return { value: value.value, datatype: 'counter' }
    if (value instanceof Date) return { value: value.getTime(), datatype: 'timestamp' }
    if (value instanceof Uint8Array) this.#exact = false
    if (typeof value !== 'number') return { value }
    // The engine misreads whole numbers from 2^53 - 1 on.
    if (Number.isInteger(value) && Math.abs(value) < Number.MAX_SAFE_INTEGER)
      return { value, datatype: 'int' }
    if (!survives(value)) this.#exact = false
    return { value, datatype: 'float64' }
  }

  #add(operation: object): string {
    const id = this.#next
    this.list.push(operation as DecodedOperation)
    return id
  }
}

/** Whether a number is the same after it has been in a description. */
function survives(value: number): boolean {
  if (!Number.isFinite(value)) return false
  const operation = { action: 'set', obj: '_root', key: 'n', value, datatype: 'float64', pred: [] }
  const change = {
    actor: '00',
    author: null,
    seq: 1,
    startOp: 1,
    time: 0,
    message: null,
    deps: [],
    ops: [operation],
  }
  return Object.is(decodeChange(encodeChange(change)).ops[0]?.value, value)
}
