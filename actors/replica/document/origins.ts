/**
 * What has been done to a list since the last commit: of each element where it lay in the list that the engine has,
 * or that it is new. As elements never change their order there, what there is to write follows from the origins
 * alone, however many edits led to them: where one is missing something was removed, where there is none something
 * was inserted. Elements before the first that an edit touched have no entry, so that appending to a long list
 * costs nothing.
 */
import type { Pending } from './node.ts'

/** The origin of an element that is new. */
export const NEW = -1

interface Origin extends Pending {
  readonly origin: number
}

/** An origin, with what was done to the element, if anything. */
export type Entry = number | Origin

export class Origins {
  /** Of the elements from `#untouched` on. */
  #entries: Entry[] | null = null
  #untouched = 0
  /** How long the list is in the engine. */
  #committed = 0

  clear(): void {
    this.#entries = null
  }

  /** All as it is now; gives how to make it that again. */
  snapshot(): () => void {
    const entries = this.#entries?.slice() ?? null
    const [untouched, committed] = [this.#untouched, this.#committed]
    return () => {
      this.#entries = entries
      this.#untouched = untouched
      this.#committed = committed
    }
  }

  /**
   * Removes elements and inserts new ones; gives the origins of what is removed.
   *
   * @param length how long the list is before
   */
  splice(at: number, remove: number, added: number, length: number): Entry[] {
    const entries = this.#from(at, length)
    return splice(entries, at - this.#untouched, remove, new Array<Entry>(added).fill(NEW))
  }

  /** Takes back what `splice` has done. */
  restore(at: number, added: number, lost: Entry[]): void {
    if (this.#entries !== null) splice(this.#entries, at - this.#untouched, added, lost)
  }

  /** Notes what is done to an element and gives what was noted of it before. */
  mark(index: number, length: number, note: (entry: Pending) => void): Entry {
    const entries = this.#from(index, length)
    const before = entries[index - this.#untouched] as Entry
    if (before === NEW) return before
    const entry = typeof before === 'number' ? { origin: before, replaced: false, counted: 0 } : { ...before }
    note(entry)
    entries[index - this.#untouched] = entry
    return before
  }

  unmark(index: number, before: Entry): void {
    if (this.#entries !== null) this.#entries[index - this.#untouched] = before
  }

  /** Where the engine has what is at an index, or NEW. */
  of(index: number): number {
    if (this.#entries === null || index < this.#untouched) return index
    const entry = this.#entries[index - this.#untouched] as Entry
    return typeof entry === 'number' ? entry : entry.origin
  }

  /** Whether what is at an index is not known to the engine yet. */
  isFresh(index: number): boolean {
    const entry = index < this.#untouched ? undefined : this.#entries?.[index - this.#untouched]
    return entry === NEW || (typeof entry === 'object' && entry.replaced)
  }

  /** The elements to which something was done, where they are at present and in the engine. */
  *marked(): Generator<Origin & { readonly index: number }> {
    for (const [offset, entry] of (this.#entries ?? []).entries())
      if (typeof entry !== 'number') yield { ...entry, index: this.#untouched + offset }
  }

  /** What there is to remove and insert, each at an index as it is once those before it are done. */
  splices(): { at: number; remove: number; added: number }[] {
    const splices: { at: number; remove: number; added: number }[] = []
    const entries = this.#entries
    if (entries === null) return splices
    let expected = this.#untouched
    let open: (typeof splices)[number] | undefined
    const openAt = (at: number) => {
      const splice = { at, remove: 0, added: 0 }
      splices.push(splice)
      return splice
    }
    for (let offset = 0; offset <= entries.length; offset++) {
      const at = this.#untouched + offset
      const origin = offset < entries.length ? this.of(at) : this.#committed
      if (origin === NEW) {
        open ??= openAt(at)
        open.added++
        continue
      }
      if (origin > expected) {
        open ??= openAt(at)
        open.remove = origin - expected
      }
      open = undefined
      expected = origin + 1
    }
    return splices
  }

  /** The entries, which reach down to an index from here on. */
  #from(index: number, length: number): Entry[] {
    if (this.#entries === null) {
      this.#entries = []
      this.#untouched = length
      this.#committed = length
    }
    if (index >= this.#untouched) return this.#entries
    const more = Array.from({ length: this.#untouched - index }, (_, offset) => index + offset)
    this.#entries = more.concat(this.#entries as number[])
    this.#untouched = index
    return this.#entries
  }
}

/** `splice` for as many values as there may be: arguments would have to fit on the stack. */
export function splice<V>(list: V[], at: number, remove: number, values: V[]): V[] {
  if (values.length <= 1_000) return list.splice(at, remove, ...values)
  const tail = list.splice(at)
  const removed = tail.splice(0, remove)
  for (const value of values) list.push(value)
  for (const value of tail) list.push(value)
  return removed
}
