/**
 * One order for all values that are replaced as a whole: null, then booleans, numbers, dates, strings and
 * bytes, within each kind as one expects. NaN is the least of the numbers.
 */
import type { Candidate } from '../conflict.ts'
import { type Outcome, shownOf } from '../policy.ts'

/**
 * The value that comes last in an order. Counters, texts and containers are worked on rather than replaced and
 * have no order: where one of them is in conflict, what is shown stays.
 */
export function keepLast(values: readonly Candidate[], order: (a: unknown, b: unknown) => number): Outcome {
  const shown = shownOf(values)
  if (values.some(({ kind }) => kind !== 'scalar')) return { kind: 'keep', value: shown }
  let best = shown
  for (const value of values) if (order(value.value, best.value) > 0) best = value
  return { kind: 'keep', value: best }
}

export function compareScalars(a: unknown, b: unknown): number {
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0) return rank
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array)
  if (typeof a === 'number') return compareNumbers(a, b as number)
  if (a === null || (a as string) === b) return 0
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1
  if (Number.isNaN(b)) return 1
  return a < b ? -1 : a > b ? 1 : 0
}

function rankOf(value: unknown): number {
  if (value === null) return 0
  if (typeof value === 'boolean') return 1
  if (typeof value === 'number') return 2
  if (value instanceof Date) return 3
  if (typeof value === 'string') return 4
  return 5
}
