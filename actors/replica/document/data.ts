/**
 * The content of a document as plain JavaScript, and what may become a part of it.
 */
import { DocumentLimitError, InvalidValueError } from './errors.ts'
import type { DocumentLimits } from './limits.ts'
import { Counter, Text } from './values.ts'

export type Data = null | boolean | number | string | Date | Uint8Array | Counter | Text | DataList | DataMap
export type DataList = Data[]
export interface DataMap {
  [key: string]: Data
}

/** Names that are more than a name to JavaScript. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

/** What a value costs: operations of the engine, and bytes of a change, roughly. */
export interface Weight {
  operations: number
  bytes: number
}

export function isMap(value: unknown): value is DataMap {
  return isContainer(value) && !Array.isArray(value) && !(value instanceof Text)
}

/** Whether a value has an object of its own in the engine. */
export function isContainer(value: unknown): value is DataMap | DataList | Text {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Counter || value instanceof Date || value instanceof Uint8Array)
  )
}

/** Why a key can't be one, or undefined. */
export function wrongKey(key: string, limits: DocumentLimits): string | undefined {
  if (FORBIDDEN_KEYS.has(key)) return `"${key}" can't be a key`
  if (key[0] === '$') return `keys that begin with $ are the document's own, so "${key}" can't be one`
  if (key.length > limits.keyUnits) return `a key has at most ${limits.keyUnits} characters`
  if (!key.isWellFormed()) return "a key can't contain half a character (a lone surrogate)"
  return undefined
}

/**
 * A copy of what a user gave, fit to be a part of a document, whose costs are added to `weight`. Throws
 * InvalidValueError or DocumentLimitError with the path of what can't be taken.
 */
export function importValue(
  value: unknown,
  path: readonly (string | number)[],
  limits: DocumentLimits,
  weight: Weight,
): Data {
  return new Import(limits, weight, path.slice()).take(value)
}

class Import {
  readonly #limits: DocumentLimits
  readonly #weight: Weight
  readonly #path: (string | number)[]
  readonly #above: object[] = []

  constructor(limits: DocumentLimits, weight: Weight, path: (string | number)[]) {
    this.#limits = limits
    this.#weight = weight
    this.#path = path
  }

  take(value: unknown): Data {
    const weight = this.#weight
    weight.operations++
    weight.bytes += 8
    switch (typeof value) {
      case 'number':
        return this.#number(value)
      case 'boolean':
        return value
      case 'string':
        return this.#string(value)
      case 'object':
        return value === null ? null : this.#object(value)
      case 'undefined':
        throw this.#refuse("undefined can't be kept; use null, or delete the key")
      default:
        throw this.#refuse(`a ${typeof value} can't be kept`)
    }
  }

  #number(value: number): number {
    if (!Number.isFinite(value)) throw this.#refuse(`${value} can't be kept; use null`)
    // There is one zero in a document; -0 would be another one to who compares states.
    return value === 0 ? 0 : value
  }

  #string(value: string): string {
    if (!value.isWellFormed())
      throw this.#refuse("a string can't contain half a character (a lone surrogate)")
    if (value.length > this.#limits.stringUnits)
      throw this.#tooLarge(`a string has at most ${this.#limits.stringUnits} characters; use a Text`)
    this.#weight.bytes += value.length
    return value
  }

  #object(value: object): Data {
    if (value instanceof Counter) return new Counter(value.value)
    if (value instanceof Text) {
      this.#weight.operations += value.length
      this.#weight.bytes += value.length
      return new Text(value.toString())
    }
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw this.#refuse("an invalid date can't be kept")
      return new Date(value)
    }
    if (value instanceof Uint8Array) {
      if (value.length > this.#limits.binaryBytes)
        throw this.#tooLarge(`bytes are at most ${this.#limits.binaryBytes}; keep larger ones in storage`)
      this.#weight.bytes += value.length
      return new Uint8Array(value)
    }
    return this.#container(value)
  }

  #container(value: object): DataList | DataMap {
    if (this.#above.includes(value)) throw this.#refuse('it contains itself')
    if (this.#path.length >= this.#limits.depth)
      throw this.#tooLarge(`containers lie at most ${this.#limits.depth} deep within each other`)
    this.#above.push(value)
    const copy = Array.isArray(value) ? this.#list(value) : this.#map(value)
    this.#above.pop()
    return copy
  }

  #list(value: unknown[]): DataList {
    const copy: DataList = []
    const depth = this.#path.length
    for (let index = 0; index < value.length; index++) {
      this.#path[depth] = index
      copy.push(this.take(value[index]))
    }
    this.#path.length = depth
    return copy
  }

  #map(value: object): DataMap {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null)
      throw this.#refuse(
        `an instance of ${value.constructor?.name || 'a class'} can't be kept, only plain objects`,
      )
    const copy: DataMap = {}
    const depth = this.#path.length
    for (const key of Object.keys(value)) {
      this.#path[depth] = key
      const wrong = wrongKey(key, this.#limits)
      if (wrong !== undefined) throw this.#refuse(wrong)
      this.#weight.bytes += key.length
      copy[key] = this.take((value as Record<string, unknown>)[key])
    }
    this.#path.length = depth
    return copy
  }

  #refuse(why: string): InvalidValueError {
    return new InvalidValueError(`${describe(this.#path)}: ${why}`)
  }

  #tooLarge(why: string): DocumentLimitError {
    return new DocumentLimitError(`${describe(this.#path)}: ${why}`)
  }
}

/** A path as one would write it: `tasks[3].title`. */
export function describe(path: readonly (string | number)[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return text.replace(/^\./, '') || 'the document'
}

/** Entries that a value adds to its document: one for each key, element and 64 characters of a text. */
export function countEntries(value: Data | undefined): number {
  if (value === undefined) return 0
  if (value instanceof Text) return 1 + textEntries(value.length)
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + countEntries(each), 1)
  if (!isMap(value)) return 1
  let sum = 1
  for (const key of Object.keys(value)) sum += countEntries(value[key])
  return sum
}

/** Operations that made what there is of a value: one for each key, element and character. */
export function countOperations(value: Data | undefined): number {
  if (value instanceof Text) return 1 + value.length
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + countOperations(each), 1)
  if (!isMap(value)) return 1
  let sum = 1
  for (const key of Object.keys(value)) sum += countOperations(value[key])
  return sum
}

export function textEntries(units: number): number {
  return units >> 6
}

/** Makes a value immutable, so that it can be handed out. What is frozen is so in all its parts. */
export function freeze<V extends Data>(value: V): V {
  if (typeof value !== 'object' || value === null || !Object.isExtensible(value)) return value
  if (value instanceof Uint8Array || value instanceof Date) return value
  if (Array.isArray(value)) for (const each of value) freeze(each)
  else if (isMap(value)) for (const key of Object.keys(value)) freeze((value as DataMap)[key] as Data)
  return Object.freeze(value)
}
