/**
 * Writes until its file may not grow any more and prints what was acknowledged, then what went wrong:
 * `node limited-process.ts <folder>`, under a limit for the size of files.
 */
import type { NeuroplexError } from '../../../protocols/errors.ts'
import { EmbeddedChunkStore } from '../../../storage/embedded/chunk-store.ts'
import { entry } from './log.ts'

await using store = await EmbeddedChunkStore.open({ folder: process.argv[2]! })
const failures: Error[] = []
const acknowledged: number[] = []
const padding = new Uint8Array(10_000)
for (let round = 0; failures.length === 0; round += 1)
  await Promise.all(
    [1, 2, 3].map(async (i) => {
      const number = round * 3 + i
      const chunks = [
        entry('d', number),
        { document: 'p', kind: 'snapshot', id: `${number}`, bytes: padding } as const,
      ]
      await store.write(chunks).then(
        () => acknowledged.push(number),
        (error) => failures.push(error),
      )
    }),
  )
const { code, message } = failures[0] as NeuroplexError
const left = (await store.load('d')).chunks.map(({ id }) => Number(id))
console.log(JSON.stringify({ acknowledged, left, code, message }))
