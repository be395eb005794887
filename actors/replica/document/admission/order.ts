/** Sorts changes so that each comes after those that it was made upon. */
import type { ChangeHeader } from '../change-header.ts'
import type { Progress } from '../progress.ts'

export interface Ordered {
  /** New changes, whose dependencies are in the document or before them. */
  ready: ChangeHeader[]
  known: number
  /** Dependencies that are nowhere. */
  missing: string[]
}

export function order(
  progress: Progress,
  headers: readonly ChangeHeader[],
  isKnown: (header: ChangeHeader) => boolean,
): Ordered {
  const sorter = new Sorter(progress)
  const fresh = headers.filter((header) => !isKnown(header))
  for (const header of fresh) sorter.waiting.set(header.hash, header)
  for (const header of fresh) sorter.take(header)
  return { ready: sorter.ready, known: headers.length - fresh.length, missing: [...sorter.missing] }
}

class Sorter {
  readonly waiting = new Map<string, ChangeHeader>()
  readonly ready: ChangeHeader[] = []
  readonly missing = new Set<string>()
  readonly #progress: Progress
  readonly #there = new Set<string>()
  readonly #unusable = new Set<string>()

  constructor(progress: Progress) {
    this.#progress = progress
  }

  /** Enters a change after all that it was made upon; without recursion, as a chain may be of any length. */
  take(header: ChangeHeader): void {
    const stack = [header]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const before = top.deps.find((dep) => !this.#isDecided(dep))
      if (before === undefined) this.#decide(stack.pop() as ChangeHeader)
      else stack.push(this.waiting.get(before) as ChangeHeader)
    }
  }

  #isDecided(hash: string): boolean {
    return this.#there.has(hash) || this.#unusable.has(hash) || !this.waiting.has(hash)
  }

  #decide(header: ChangeHeader): void {
    const { hash, deps } = header
    if (this.#there.has(hash) || this.#unusable.has(hash)) return
    const absent = deps.filter((dep) => !this.#isThere(dep))
    if (absent.length === 0) {
      this.#there.add(hash)
      this.ready.push(header)
      return
    }
    this.#unusable.add(hash)
    for (const dep of absent) if (!this.waiting.has(dep)) this.missing.add(dep)
  }

  #isThere(hash: string): boolean {
    return this.#there.has(hash) || this.#progress.has(hash)
  }
}
