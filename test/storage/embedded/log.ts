/** Documents that are logs of numbers, in which a lost entry can be seen. */
import assert from 'node:assert/strict'
import type { Chunk, ChunkStore } from '../../../storage/chunk-store.ts'

export function entry(document: string, number: number): Chunk {
  return { document, kind: 'incremental', id: `${number}`, bytes: Buffer.from(JSON.stringify([number])) }
}

/** Holds the entries from 1 to `upTo`. */
export function snapshot(document: string, upTo: number): Chunk {
  const numbers = Array.from({ length: upTo }, (_, i) => i + 1)
  return { document, kind: 'snapshot', id: `${upTo}`, bytes: Buffer.from(JSON.stringify(numbers)) }
}

export async function entriesOf(store: ChunkStore, document: string): Promise<Set<number>> {
  const { chunks, damaged } = await store.load(document)
  assert.deepEqual(damaged, [])
  return new Set(chunks.flatMap(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as number[]))
}
