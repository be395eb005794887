/** Unites maps and arrays, for the policy `union`. */
import type { Handle } from '../document/automerge.ts'
import { type Data, type DataMap, isMap } from '../document/data.ts'
import { type Held, heldIn } from '../versions/slots.ts'
import { distinct } from './canonical.ts'
import type { ChangeIndex } from './change-index.ts'
import { elementIdOf } from './conflict.ts'
import type { Operations } from './operations.ts'

/** Both in one; what `first` has stays as it is. */
export function unite(first: unknown, second: unknown): unknown {
  if (Array.isArray(first) && Array.isArray(second)) return [...first, ...distinct(second, first)]
  if (!isMap(first) || !isMap(second)) return first
  const united: Record<string, unknown> = { ...first }
  for (const key of Object.keys(second))
    united[key] = Object.hasOwn(first, key) ? unite(first[key], second[key]) : second[key]
  return united
}

/** A container in the document, as it was at a version, to which operations add. */
export class Extension {
  readonly #handle: Handle
  readonly #index: ChangeIndex
  readonly #version: string[]
  readonly #operations: Operations

  constructor(handle: Handle, index: ChangeIndex, version: string[], operations: Operations) {
    this.#handle = handle
    this.#index = index
    this.#version = version
    this.#operations = operations
  }

  /** Adds what only `more` has, so that the object, which is `has`, becomes both united. */
  extend(object: string, has: unknown, more: unknown): void {
    if (Array.isArray(has) && Array.isArray(more)) this.#append(object, has, more)
    else if (isMap(has) && isMap(more))
      for (const key of Object.keys(more).sort()) this.#add(object, key, has, more)
  }

  #append(list: string, has: readonly unknown[], more: readonly unknown[]): void {
    // What stands for moved elements counts as well.
    const last = this.#handle.length(list, this.#version) - 1
    const element = last < 0 ? '_head' : this.#elementId(list, last)
    this.#operations.append(list, element, distinct(more, has))
  }

  #elementId(object: string, prop: number): string {
    const { op } = heldIn(this.#handle, { object, prop }, this.#version) as Held
    return elementIdOf(this.#handle, this.#index.hashOf(this.#handle, op) as string, op)
  }

  #add(object: string, key: string, has: DataMap, more: DataMap): void {
    if (!Object.hasOwn(has, key)) this.#operations.put({ obj: object, key }, more[key])
    else if (isExtended(has[key], more[key])) {
      const { op } = heldIn(this.#handle, { object, prop: key }, this.#version) as Held
      this.extend(op, has[key], more[key])
    }
  }
}

function isExtended(has: Data | undefined, more: Data | undefined): boolean {
  return (Array.isArray(has) && Array.isArray(more)) || (isMap(has) && isMap(more))
}
