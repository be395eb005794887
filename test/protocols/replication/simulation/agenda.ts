/** What will happen when, in virtual time. What is due at the same time happens in the order in which it was planned. */
interface Entry {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export class Agenda {
  nowMs = 0
  /** A heap with the earliest first. */
  readonly #entries: Entry[] = []
  #order = 0

  at(atMs: number, run: () => void): void {
    const entry = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run }
    let index = this.#entries.push(entry) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(entry, this.#entries[parent] as Entry)) break
      this.#entries[index] = this.#entries[parent] as Entry
      index = parent
    }
    this.#entries[index] = entry
  }

  after(ms: number, run: () => void): void {
    this.at(this.nowMs + ms, run)
  }

  /** Lets everything happen that is due up to then. */
  runUntil(untilMs: number): void {
    while ((this.#entries[0]?.atMs ?? Number.POSITIVE_INFINITY) <= untilMs) {
      const entry = this.#take()
      this.nowMs = entry.atMs
      entry.run()
    }
    this.nowMs = untilMs
  }

  #take(): Entry {
    const entries = this.#entries
    const [first] = entries
    const last = entries.pop() as Entry
    if (entries.length > 0) this.#sink(last)
    return first as Entry
  }

  #sink(entry: Entry): void {
    const entries = this.#entries
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= entries.length) break
      if (child + 1 < entries.length && before(entries[child + 1] as Entry, entries[child] as Entry)) child++
      if (!before(entries[child] as Entry, entry)) break
      entries[index] = entries[child] as Entry
      index = child
    }
    entries[index] = entry
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
