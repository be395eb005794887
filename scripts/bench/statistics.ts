/** The few numbers that stand for many. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: readonly number[]
}

/** Throws for no values at all: there is nothing true to say about them. */
export function summarize(runs: readonly number[]): Summary {
  if (runs.length === 0) throw new RangeError('there are no values to summarize')
  const sorted = runs.toSorted((a, b) => a - b)
  return { median: medianOf(sorted), min: sorted[0]!, max: sorted.at(-1)!, runs }
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The smallest of the values that at least the given share of all of them does not exceed. */
export function percentile(values: Float64Array, share: number): number {
  if (values.length === 0) throw new RangeError('there are no values to take a percentile of')
  const sorted = values.toSorted()
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}
