/** The longest run of indexes, in their order and not all next to each other, whose numbers rise; numbers differ. */
export function longestRising(numbers: readonly number[]): Set<number> {
  /** Of runs of each length the index at which the one that ends lowest ends. */
  const ends: number[] = []
  const before: number[] = []
  for (const [index, number] of numbers.entries()) {
    let low = 0
    for (let high = ends.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((numbers[ends[middle] as number] as number) < number) low = middle + 1
      else high = middle
    }
    before[index] = ends[low - 1] ?? -1
    ends[low] = index
  }
  const run = new Set<number>()
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] as number) run.add(index)
  return run
}
