/** Changes of others come into a large document that is being edited. */
import { percentile } from '../documents-load.ts'
import type { Figure } from '../figure.ts'
import { mergeTimes } from './document-replicas.ts'

const WARM_UP = 10

export async function run(sizes: { entries: number; changes: number; times: number }): Promise<Figure[]> {
  const { entries, changes, times } = sizes
  const merges = mergeTimes(entries, changes, times, true).slice(WARM_UP)
  const strangers = mergeTimes(entries, changes, times, false).slice(WARM_UP)
  return [
    ...figures(
      'merge shown',
      merges.map(({ shown }) => shown),
    ),
    ...figures(
      'document merge',
      merges.map(({ whole }) => whole),
    ),
    ...figures(
      'merge from another node',
      strangers.map(({ whole }) => whole),
    ),
  ]
}

function figures(name: string, taken: readonly number[]): Figure[] {
  return [
    { name: `${name} p50`, unit: 'ms', value: percentile(taken, 0.5) },
    { name: `${name} p99`, unit: 'ms', value: percentile(taken, 0.99) },
  ]
}
