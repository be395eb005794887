/** Numbers of which the largest is found at once: each is at least as large as the two below it. */
export class MaxHeap {
  readonly #items: number[]

  constructor(items: Iterable<number>) {
    this.#items = [...items].sort((a, b) => b - a)
  }

  get size(): number {
    return this.#items.length
  }

  /** The largest; undefined where there is none. */
  get top(): number | undefined {
    return this.#items[0]
  }

  push(item: number): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (items[above]! >= item) break
      items[at] = items[above]!
      at = above
    }
    items[at] = item
  }

  /** Takes away the largest. */
  pop(): void {
    const items = this.#items
    const item = items.pop()
    if (item === undefined || items.length === 0) return
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below + 1 < items.length && items[below + 1]! > items[below]!) below++
      if (below >= items.length || items[below]! <= item) break
      items[at] = items[below]!
      at = below
    }
    items[at] = item
  }
}
