/**
 * The children of one actor, in the order of their start: a list with holes where children were, so that
 * one that ends finds its place at once. Only those that others ask for by a key have an entry in a table.
 */
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Child } from './child.ts'

/** Fewer holes than this are never worth closing. */
const FEW = 32

export class Siblings {
  #places: (Child | null)[] = []
  #holes = 0
  readonly #byKey = new Map<ChildKey, Child>()

  /** A child that was added with a key. */
  get(key: ChildKey): Child | undefined {
    return this.#byKey.get(key)
  }

  /** @param key where others may ask for it: by its name, or from its thread */
  add(child: Child, key: ChildKey | undefined): void {
    child.place = this.#places.length
    this.#places.push(child)
    if (key !== undefined) this.#byKey.set(key, child)
  }

  remove(child: Child): void {
    if (child.standing === 'gone') return
    child.standing = 'gone'
    this.#places[child.place] = null
    this.#holes++
    if (this.#holes > FEW && this.#holes * 2 > this.#places.length) this.#closeHoles()
    if (this.#byKey.size > 0 && this.#byKey.get(child.key) === child) this.#byKey.delete(child.key)
  }

  #closeHoles(): void {
    const children = [...this]
    children.forEach((child, place) => {
      child.place = place
    })
    this.#places = children
    this.#holes = 0
  }

  /** Not to be used where children may be removed meanwhile. */
  *[Symbol.iterator](): Generator<Child> {
    for (const child of this.#places) if (child !== null) yield child
  }

  /** Those that there are now, the newest first. */
  newestFirst(): Child[] {
    return [...this].reverse()
  }
}
