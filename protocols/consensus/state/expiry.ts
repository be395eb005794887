/** Which entries end next: a heap by time. */
export class ExpiryQueue {
  readonly #heap: { readonly key: string; readonly atMs: number }[] = []

  get size(): number {
    return this.#heap.length
  }

  push(key: string, atMs: number): void {
    const heap = this.#heap
    const item = { key, atMs }
    let at = heap.length
    heap.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.atMs <= atMs) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = item
  }

  /** Takes the next one whose time is at or before `nowMs`. */
  pop(nowMs: number): { readonly key: string; readonly atMs: number } | undefined {
    const heap = this.#heap
    const top = heap[0]
    if (top === undefined || top.atMs > nowMs) return undefined
    const last = heap.pop()!
    if (heap.length > 0) this.#sink(last)
    return top
  }

  clear(): void {
    this.#heap.length = 0
  }

  #sink(item: { readonly key: string; readonly atMs: number }): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child + 1 < heap.length && heap[child + 1]!.atMs < heap[child]!.atMs) child++
      if (child >= heap.length || heap[child]!.atMs >= item.atMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = item
  }
}
