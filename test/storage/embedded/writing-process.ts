/**
 * Says that it has begun, then writes logs into a store and prints every acknowledgement, until it is
 * killed: `node writing-process.ts <folder>`.
 *
 * Each log is a document of entries 1, 2, 3, …: an incremental holds one, a snapshot all up to its id. What
 * a log had when the process began is read first, and goes on from there.
 */
import { writeSync } from 'node:fs'
import type { ChunkKey } from '../../../storage/chunk-store.ts'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { entriesOf, entry, snapshot } from './log.ts'

const LOGS = 4
/** Entries of one log that are on their way at a time. */
const AT_A_TIME = 8

writeSync(1, 'begun\n')
const store = await EmbeddedChunkStore.open({ folder: process.argv[2]! })
await Promise.all(Array.from({ length: LOGS }, (_, i) => writeLog(`log-${i}`)))

async function writeLog(document: string): Promise<void> {
  for (let last = Math.max(0, ...(await entriesOf(store, document))); ; last += AT_A_TIME) {
    const written = await Promise.all(
      Array.from({ length: AT_A_TIME }, async (_, i) => {
        const chunk = entry(document, last + 1 + i)
        await store.write([chunk])
        acknowledge(document, last + 1 + i)
        return chunk
      }),
    )
    await compact(document, last + AT_A_TIME, written)
    await comeAndGo(`${document}-passing-${last}`)
  }
}

async function compact(document: string, upTo: number, written: ChunkKey[]): Promise<void> {
  const { chunks } = await store.load(document)
  await store.write(
    [snapshot(document, upTo)],
    [...written, ...chunks.filter(({ kind }) => kind === 'snapshot')],
  )
  acknowledge(document, upTo)
}

/** What was removed must not come back. */
async function comeAndGo(document: string): Promise<void> {
  await store.write([entry(document, 1)])
  await store.remove(document)
  acknowledge(document, 0)
}

/** Written at once: what was printed before the process was killed had been acknowledged. */
function acknowledge(document: string, number: number): void {
  writeSync(1, `${document} ${number}\n`)
}
