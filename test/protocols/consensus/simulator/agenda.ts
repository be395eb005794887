/** What happens when, in virtual time: a binary heap; what is due at once happens in the order in which it was planned. */
interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export class Agenda {
  readonly #heap: Entry[] = []
  #planned = 0
  nowMs: number

  constructor(nowMs: number) {
    this.nowMs = nowMs
  }

  plan(atMs: number, run: () => void): void {
    const heap = this.#heap
    const entry = { atMs: Math.max(atMs, this.nowMs), order: this.#planned++, run }
    let i = heap.length
    heap.push(entry)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (isBefore(heap[parent]!, entry)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = entry
  }

  /** Lets the next thing happen; false where there is none. */
  step(): boolean {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return false
    if (heap.length > 0) this.#sink(last)
    this.nowMs = first.atMs
    first.run()
    return true
  }

  #sink(entry: Entry): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(entry, heap[child]!)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = entry
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
