/**
 * The children of one actor, in the order of their start. They are linked to each other, so that a
 * million of them need no table; only those that others ask for by a key have an entry in one.
 */
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Child } from './child.ts'

export class Siblings {
  #first: Child | null = null
  #last: Child | null = null
  readonly #byKey = new Map<ChildKey, Child>()

  /** A child that was added with a key. */
  get(key: ChildKey): Child | undefined {
    return this.#byKey.get(key)
  }

  /** @param key where others may ask for it: by its name, or from its thread */
  add(child: Child, key: ChildKey | undefined): void {
    const last = this.#last
    child.previous = last
    if (last === null) this.#first = child
    else last.next = child
    this.#last = child
    if (key !== undefined) this.#byKey.set(key, child)
  }

  remove(child: Child): void {
    if (child.standing === 'gone') return
    child.standing = 'gone'
    const { previous, next } = child
    if (previous === null) this.#first = next
    else previous.next = next
    if (next === null) this.#last = previous
    else next.previous = previous
    child.previous = null
    child.next = null
    if (this.#byKey.size > 0 && this.#byKey.get(child.key) === child) this.#byKey.delete(child.key)
  }

  /** Not to be used where children may be removed meanwhile. */
  *[Symbol.iterator](): Generator<Child> {
    for (let child = this.#first; child !== null; child = child.next) yield child
  }

  /** Those that there are now, the newest first. */
  newestFirst(): Child[] {
    const children: Child[] = []
    for (let child = this.#last; child !== null; child = child.previous) children.push(child)
    return children
  }
}
