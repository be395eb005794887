/**
 * Checks at the send that a message can travel, so that what may be sent is the same to an actor on
 * this thread, on another thread and on another node: structured-cloneable values, references to
 * actors, and errors.
 */
import { Reference } from '../address.ts'
import { NotSendableError } from '../errors.ts'

/** Deeper values would overflow the stack of a serializer. */
const MAX_DEPTH = 1_000
/** A small tree is walked without remembering what was seen, which is several times faster. */
const NODES_BEFORE_REMEMBERING = 200
const DEPTH_BEFORE_REMEMBERING = 20
/** Shorter strings are not counted. */
const TRIVIAL_LENGTH = 1_024

/**
 * Throws NotSendableError, which names the place in the value, unless all values can be sent.
 *
 * @param maxBytes bound on the approximate size of all values together
 * @returns whether a reference or an error is inside, which need a wire form of their own
 */
export function scanValues(values: readonly unknown[], maxBytes: number): boolean {
  let special = false
  let scanner: Scanner | undefined
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isTrivial(value)) continue
    if (value instanceof Reference) special = true
    else {
      scanner ??= new Scanner(maxBytes)
      scanner.scan(`argument ${i + 1}`, value)
    }
  }
  return special || scanner?.special === true
}

/** Whether a value is small and can certainly be sent. */
export function isTrivial(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
    case 'undefined':
    case 'boolean':
      return true
    case 'string':
      return value.length < TRIVIAL_LENGTH
    default:
      return value === null
  }
}

/** The same for one value, called `label` in the error. */
export function scanOne(value: unknown, label: string, maxBytes: number): boolean {
  if (value instanceof Reference) return true
  const scanner = new Scanner(maxBytes)
  scanner.scan(label, value)
  return scanner.special
}

class Scanner {
  special = false
  readonly #maxBytes: number
  #label = ''
  #bytes = 0
  #nodes = 0
  #seen: Set<object> | undefined
  /** The keys that lead to the value under inspection; kept only for the message of an error. */
  readonly #trail: (string | number)[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Sizes add up over all values that are scanned. */
  scan(label: string, value: unknown): void {
    this.#label = label
    this.visit(value, 0)
  }

  visit(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'number':
      case 'undefined':
      case 'boolean':
        this.#add(8)
        return
      case 'string':
        this.#add(value.length)
        return
      case 'bigint':
        this.#add(16)
        return
      case 'object':
        if (value !== null) this.#visitObject(value, depth)
        return
      case 'function':
        return this.#refuse('is a function; send data, or a reference to an actor that does it')
      default:
        return this.#refuse('is a symbol')
    }
  }

  #visitObject(value: object, depth: number): void {
    if (value instanceof Reference || value instanceof Error) {
      this.special = true
      this.#add(64)
      return
    }
    if (depth > MAX_DEPTH) this.#refuse(`is nested more than ${MAX_DEPTH} levels deep`)
    if (this.#alreadySeen(value, depth)) return
    this.#add(16)
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.#step(i, value[i], depth)
      return
    }
    const prototype = Object.getPrototypeOf(value) as object | null
    if (prototype === Object.prototype || prototype === null) this.#visitPlain(value, depth)
    else this.#visitBuiltin(value, depth)
  }

  #visitPlain(value: object, depth: number): void {
    for (const key of Object.keys(value)) {
      this.#add(key.length)
      this.#step(key, (value as Record<string, unknown>)[key], depth)
    }
  }

  #visitBuiltin(value: object, depth: number): void {
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.#step('(a key of the Map)', key, depth)
        this.#step(`get(${shorten(key)})`, item, depth)
      }
    } else if (value instanceof Set) {
      for (const item of value) this.#step('(an item of the Set)', item, depth)
    } else if (ArrayBuffer.isView(value)) this.#add(value.byteLength)
    else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) this.#add(value.byteLength)
    else if (!isCloneableLeaf(value)) this.#refuse(describeRefused(value))
  }

  #step(key: string | number, value: unknown, depth: number): void {
    this.#trail.push(key)
    this.visit(value, depth + 1)
    this.#trail.pop()
  }

  #alreadySeen(value: object, depth: number): boolean {
    if (++this.#nodes < NODES_BEFORE_REMEMBERING && depth < DEPTH_BEFORE_REMEMBERING) return false
    this.#seen ??= new Set()
    if (this.#seen.has(value)) return true
    this.#seen.add(value)
    return false
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#maxBytes)
      throw new NotSendableError(
        `the message is larger than limits.messageBytes (${this.#maxBytes}); send large data in parts, or store it and send where it is`,
      )
  }

  #refuse(why: string): never {
    const place = this.#trail.reduce<string>(
      (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`),
      this.#label,
    )
    throw new NotSendableError(`${place} can't be sent: it ${why}`)
  }
}

function isCloneableLeaf(value: object): boolean {
  if (value instanceof Date || value instanceof RegExp) return true
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return true
  // An object of another realm, for instance of a vm context, has an Object.prototype of its own.
  const prototype = Object.getPrototypeOf(value) as object
  return Object.getPrototypeOf(prototype) === null && prototype.constructor?.name === 'Object'
}

function describeRefused(value: object): string {
  const name = value.constructor?.name ?? 'an unknown class'
  if (value instanceof Promise) return 'is a Promise; await it first'
  const instead = 'toJSON' in value ? 'what its toJSON() gives, which is plain data' : 'a plain object'
  return `is an instance of ${name}, which would lose its class on the way; send ${instead}`
}

function shorten(key: unknown): string {
  return typeof key === 'object' ? 'object' : String(key).slice(0, 40)
}
