/** What an edit with its commit, and a merge, cost as a document grows. */
import type { Figure } from '../figure.ts'
import { bigDocument, mergeTimes, setEntry } from './document-replicas.ts'
import { secondsSince } from './system.ts'

const SIZES = [1_000, 10_000, 100_000]
const MERGES = 5

export async function run(sizes: { edits: number; changes: number }): Promise<Figure[]> {
  return SIZES.flatMap((entries): Figure[] => {
    const document = bigDocument(entries)
    const started = performance.now()
    for (let i = 0; i < sizes.edits; i++) {
      setEntry(document, i % entries, 'edited')
      document.commit(Date.now())
    }
    const seconds = secondsSince(started)
    const label = entries.toLocaleString('en')
    return [
      { name: `edit at ${label} entries`, unit: 'µs', value: (seconds / sizes.edits) * 1e6 },
      {
        name: `merge at ${label} entries`,
        unit: 'ms',
        value: Math.min(...mergeTimes(entries, sizes.changes, MERGES, false).map(({ whole }) => whole)),
      },
    ]
  })
}
