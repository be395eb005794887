/** Changes of others come into a large document that is being edited. */
import { percentile } from '../documents-load.ts'
import type { Figure } from '../figure.ts'
import { mergeTimes } from './document-replicas.ts'

export async function run(sizes: { entries: number; changes: number; times: number }): Promise<Figure[]> {
  const taken = mergeTimes(sizes.entries, sizes.changes, sizes.times).slice(10)
  return [
    { name: 'document merge p50', unit: 'ms', value: percentile(taken, 0.5) },
    { name: 'document merge p99', unit: 'ms', value: percentile(taken, 0.99) },
  ]
}
