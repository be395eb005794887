/**
 * Looks at each operation of a change: whether it is one that documents have, in a place that this document has,
 * with a value that may be in it. The engine accepts much that it can't load again.
 */
import { MOVED } from '../arrangement.ts'
import { type DecodedOperation, decodeChange, type Handle } from '../automerge.ts'
import type { Operations } from '../batch.ts'
import type { ChangeHeader } from '../change-header.ts'
import { wrongKey } from '../data.ts'
import { RefusedChangeError } from '../errors.ts'
import type { DocumentLimits } from '../limits.ts'
import type { Progress } from '../progress.ts'
import { type Place, Places } from './places.ts'

const MADE: Readonly<Record<string, string>> = { makeMap: 'map', makeList: 'list', makeText: 'text' }
/** The id of an operation; no other names of objects that the engine understands. */
const ID = /^\d{1,10}@(?:[0-9a-f]{2}){1,64}$/
/** How numbers are marked that documents have. */
const NUMBERS = new Set(['int', 'uint', 'float64', 'counter', 'timestamp'])

export class Inspection {
  readonly #handle: Handle
  readonly #progress: Progress
  readonly #limits: DocumentLimits
  readonly #places: Places
  /** Operations of the changes that have been looked at, by their ids. */
  readonly #added = new Map<string, DecodedOperation>()
  /** Those of the change that is looked at. */
  readonly #madeHere = new Set<string>()

  constructor(handle: Handle, progress: Progress, limits: DocumentLimits) {
    this.#handle = handle
    this.#progress = progress
    this.#limits = limits
    this.#places = new Places(handle, progress)
  }

  /** Of all changes that have been looked at, by their ids. */
  get operations(): Operations {
    return this.#added
  }

  /** Throws RefusedChangeError. Changes come in the order in which they will be applied. */
  check(header: ChangeHeader): void {
    const decoded = refusing('malformed', 'it can not be read', () => decodeChange(header.bytes))
    this.#madeHere.clear()
    for (const [index, operation] of decoded.ops.entries()) {
      const id = `${header.startOp + index}@${header.actor}`
      this.#check(id, operation as DecodedOperation)
      this.#added.set(id, operation as DecodedOperation)
      this.#madeHere.add(id)
    }
  }

  #check(id: string, operation: DecodedOperation): void {
    const { action, obj } = operation
    if (!Object.hasOwn(MADE, action) && action !== 'set' && action !== 'del' && action !== 'inc')
      throw refused('operation', `documents have no operation "${action}"`)
    const place = refusing('unknown-object', `there is no ${obj}`, () => this.#places.of(obj))
    if (place.type === 'map') this.#checkKey(operation, place)
    else checkElement(operation, place.type)
    this.#checkValue(operation)
    this.#checkPredecessors(operation)
    const type = MADE[action]
    if (type === undefined) return
    if (place.depth >= this.#limits.depth)
      throw refused('too-deep', `containers lie at most ${this.#limits.depth} deep within each other`)
    this.#places.add(id, type, place.depth + 1)
  }

  #checkKey(operation: DecodedOperation, place: Place): void {
    const { key, elemId, insert } = operation
    if (typeof key !== 'string' || elemId !== undefined || insert === true)
      throw refused('operation', 'what is in a map has a key')
    if (place.standsFor) throw refused('key', 'what stands for a moved element has nothing else in it')
    if (key === MOVED) return this.#checkStandIn(operation, place)
    place.written = true
    const wrong = wrongKey(key, this.#limits)
    if (wrong !== undefined) throw refused('key', wrong)
  }

  /**
   * A stand-in is inserted into a list as one, names an object that there is, and goes on to do so. What is written
   * into one later is not looked for here, as it costs much to find and is never shown.
   */
  #checkStandIn({ obj, action, value, pred }: DecodedOperation, place: Place): void {
    const made = this.#madeHere.has(obj) ? this.#added.get(obj) : undefined
    if (made?.insert !== true || place.written || action !== 'set' || pred.length > 0)
      throw refused('key', `only what is inserted into a list to stand for a moved element has "${MOVED}"`)
    if (typeof value !== 'string' || !ID.test(value))
      throw refused('value', 'what stands for a moved element names it by its id')
    refusing('unknown-object', `there is no ${value}`, () => this.#places.of(value))
    place.standsFor = true
  }

  #checkValue({ action, value, datatype }: DecodedOperation): void {
    if (action === 'inc') {
      if (!Number.isSafeInteger(value)) throw refused('value', 'a counter counts in whole numbers')
    } else if (action === 'set') {
      const given: unknown = value
      if (Array.isArray(given)) this.#checkLength(given.length, this.#limits.binaryBytes)
      else if (typeof given === 'string') this.#checkLength(given.length, this.#limits.stringUnits)
      else if (typeof given === 'number') {
        if (!NUMBERS.has(String(datatype)) || !Number.isFinite(given))
          throw refused('value', `${given} is no number that documents have`)
      } else if (typeof given !== 'boolean' && given !== null)
        throw refused('value', `documents have no ${typeof given}`)
    }
  }

  #checkLength(length: number, max: number): void {
    if (length > max) throw refused('too-large', `a value of ${length} is longer than ${max}`)
  }

  /**
   * What an operation replaces has to be there. Whether what has been replaced before was in the same place shows
   * when the engine has applied the change and is asked for it.
   */
  #checkPredecessors(operation: DecodedOperation): void {
    const { action, insert, pred, obj, key, elemId } = operation
    if (insert === true) {
      if (pred.length > 0) throw refused('predecessor', 'what is inserted replaces nothing')
      return
    }
    if (pred.length === 0) {
      if (elemId !== undefined || action === 'del' || action === 'inc')
        throw refused('predecessor', 'it changes what is not there')
      return
    }
    const present =
      elemId === undefined && !this.#added.has(obj)
        ? this.#handle.getAll(obj, key).map((value) => value.at(-1))
        : []
    for (const id of pred)
      if (!present.includes(id) && !this.#mayLieAt(id, operation))
        throw refused('predecessor', `it replaces ${id}, which is not in that place`)
  }

  #mayLieAt(id: string, { obj, key, elemId }: DecodedOperation): boolean {
    const found = this.#added.get(id)
    if (found === undefined) {
      const [counter, actor] = id.split('@')
      return this.#progress.changeOf(Number(counter), actor ?? '') !== undefined
    }
    if (found.obj !== obj || found.action === 'del' || found.action === 'inc') return false
    if (elemId === undefined) return found.key === key
    return found.insert === true ? id === elemId : found.elemId === elemId
  }
}

function checkElement({ action, key, elemId, insert, value }: DecodedOperation, type: string): void {
  if (typeof elemId !== 'string' || key !== undefined)
    throw refused('operation', `what is in a ${type} has an element before it`)
  if (insert === true && (action === 'del' || action === 'inc'))
    throw refused('operation', `"${action}" inserts nothing`)
  if (insert !== true && elemId === '_head') throw refused('operation', 'a list has nothing at its head')
  if (type !== 'text' || action === 'del') return
  if (action !== 'set' || insert !== true || typeof value !== 'string')
    throw refused('operation', 'a text consists of characters')
}

function refused(
  reason: ConstructorParameters<typeof RefusedChangeError>[0],
  why: string,
): RefusedChangeError {
  return new RefusedChangeError(reason, `the change is refused: ${why}`)
}

function refusing<R>(
  reason: ConstructorParameters<typeof RefusedChangeError>[0],
  why: string,
  run: () => R,
): R {
  try {
    return run()
  } catch (cause) {
    throw new RefusedChangeError(reason, `the change is refused: ${why}`, { cause })
  }
}
