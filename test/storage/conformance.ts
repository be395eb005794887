/**
 * What every chunk store keeps of the contract in `storage/chunk-store.ts`. Whoever writes an adapter
 * calls this from a test file of its own.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Chunk, ChunkKey, ChunkKind, ChunkStore } from '../../storage/chunk-store.ts'
import { CHUNK_LIMITS, type StorageLimits } from '../../storage/limits.ts'
import { errorOf } from '../support/until.ts'

export interface ChunkStoreSubject {
  /** Opens an empty store. */
  open(limits?: Partial<StorageLimits>): Promise<ChunkStore>
  /** Opens what a closed store has left, for stores that outlive the process. */
  reopen?(store: ChunkStore): Promise<ChunkStore>
}

export function chunk(document: string, kind: ChunkKind, id: string, bytes: number[] | Uint8Array): Chunk {
  return { document, kind, id, bytes: Uint8Array.from(bytes) }
}

/** What a document has, as texts that are easily compared: `snapshot a 1,2`. */
export async function contentOf(store: ChunkStore, document: string): Promise<string[]> {
  const { chunks, damaged } = await store.load(document)
  assert.deepEqual(damaged, [])
  for (const one of chunks) assert.equal(one.document, document)
  return chunks.map(({ kind, id, bytes }) => `${kind} ${id} ${[...bytes].join()}`)
}

export function testChunkStore(name: string, subject: ChunkStoreSubject): void {
  describe(`${name}, as every chunk store,`, () => {
    testReading(subject)
    testWriting(subject)
    testNames(subject)
    testRefusals(subject)
    testClosing(subject)
    testAgainstModel(subject)
  })
}

function testReading({ open }: ChunkStoreSubject): void {
  test('gives nothing for a document that is not there', async () => {
    await using store = await open()
    assert.deepEqual(await store.load('nowhere'), { chunks: [], damaged: [] })
  })

  test('gives snapshots first, then incrementals, each in the order of writing', async () => {
    await using store = await open()
    await store.write([chunk('d', 'incremental', 'z', [1]), chunk('d', 'incremental', 'a', [2])])
    await store.write([chunk('d', 'snapshot', 'y', [3])])
    await store.write([chunk('d', 'snapshot', 'b', [4]), chunk('d', 'incremental', 'm', [5])])
    assert.deepEqual(await contentOf(store, 'd'), [
      'snapshot y 3',
      'snapshot b 4',
      'incremental z 1',
      'incremental a 2',
      'incremental m 5',
    ])
  })

  test('keeps documents apart', async () => {
    await using store = await open()
    await store.write([chunk('a', 'snapshot', 'x', [1]), chunk('ab', 'snapshot', 'x', [2])])
    assert.deepEqual(await contentOf(store, 'a'), ['snapshot x 1'])
    assert.deepEqual(await contentOf(store, 'ab'), ['snapshot x 2'])
  })

  test('gives bytes that are the caller’s own', async () => {
    await using store = await open()
    const own = chunk('d', 'snapshot', 'x', [1, 2, 3])
    await store.write([own])
    own.bytes.fill(9)
    const [first] = (await store.load('d')).chunks
    first!.bytes.fill(8)
    assert.deepEqual(await contentOf(store, 'd'), ['snapshot x 1,2,3'])
  })

  test('keeps a view of a larger buffer, chunks without bytes and large ones', async () => {
    await using store = await open()
    const large = new Uint8Array(3 * 1024 * 1024).map((_, i) => i % 251)
    const view = new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 3)
    await store.write([
      { document: 'd', kind: 'incremental', id: 'view', bytes: view },
      chunk('d', 'incremental', 'empty', []),
      { document: 'd', kind: 'incremental', id: 'large', bytes: large },
    ])
    const { chunks } = await store.load('d')
    assert.deepEqual(
      chunks.map(({ id }) => id),
      ['view', 'empty', 'large'],
    )
    assert.deepEqual([...chunks[0]!.bytes], [1, 2])
    assert.equal(chunks[1]!.bytes.byteLength, 0)
    assert.equal(Buffer.compare(chunks[2]!.bytes, large), 0)
  })
}

function testWriting({ open }: ChunkStoreSubject): void {
  test('carries out calls in their order, awaited or not', async () => {
    await using store = await open()
    const writes = Array.from({ length: 50 }, (_, i) => store.write([chunk('d', 'incremental', `${i}`, [i])]))
    const content = contentOf(store, 'd')
    const removal = store.remove('d')
    const after = contentOf(store, 'd')
    await Promise.all([...writes, removal])
    assert.deepEqual(
      await content,
      writes.map((_, i) => `incremental ${i} ${i}`),
    )
    assert.deepEqual(await after, [])
  })

  test('removes what a snapshot holds in the call that writes it', async () => {
    await using store = await open()
    const old = [chunk('d', 'incremental', 'a', [1]), chunk('d', 'incremental', 'b', [2])]
    await store.write(old)
    await store.write([chunk('d', 'snapshot', 'ab', [1, 2])], old)
    assert.deepEqual(await contentOf(store, 'd'), ['snapshot ab 1,2'])
  })

  test('replaces a chunk that is there already, in its place', async () => {
    await using store = await open()
    await store.write([chunk('d', 'incremental', 'a', [1]), chunk('d', 'incremental', 'b', [2])])
    await store.write([chunk('d', 'incremental', 'a', [3, 3])])
    assert.deepEqual(await contentOf(store, 'd'), ['incremental a 3,3', 'incremental b 2'])
  })

  test('takes the last of two chunks with one key', async () => {
    await using store = await open()
    await store.write([chunk('d', 'snapshot', 'a', [1]), chunk('d', 'snapshot', 'a', [2])])
    assert.deepEqual(await contentOf(store, 'd'), ['snapshot a 2'])
  })

  test('keeps a chunk that one call both writes and removes', async () => {
    await using store = await open()
    const snapshot = chunk('d', 'snapshot', 'same', [1])
    await store.write([snapshot])
    await store.write([snapshot], [snapshot])
    assert.deepEqual(await contentOf(store, 'd'), ['snapshot same 1'])
  })

  test('tells snapshots and incrementals of one id apart', async () => {
    await using store = await open()
    const both = [chunk('d', 'snapshot', 'x', [1]), chunk('d', 'incremental', 'x', [2])]
    await store.write(both)
    await store.write([], [both[0]!])
    assert.deepEqual(await contentOf(store, 'd'), ['incremental x 2'])
  })

  test('removes what is not there', async () => {
    await using store = await open()
    await store.write([], [chunk('nowhere', 'snapshot', 'x', [])])
    await store.write([])
    await store.remove('nowhere')
    assert.deepEqual(await store.documents(), [])
  })
}

function testNames({ open }: ChunkStoreSubject): void {
  const names = ['a', 'ab', 'b/1', 'b/2', 'b/3', 'c', 'ü', '\u{ffee}', '\u{1f600}']

  test('lists documents by prefix and page by page, in the order of their bytes', async () => {
    await using store = await open()
    await store.write(names.toReversed().map((name) => chunk(name, 'snapshot', 'x', [1])))
    assert.deepEqual(await store.documents(), names)
    assert.deepEqual(await store.documents({ prefix: 'b/' }), ['b/1', 'b/2', 'b/3'])
    assert.deepEqual(await store.documents({ prefix: 'b/', limit: 2 }), ['b/1', 'b/2'])
    assert.deepEqual(await store.documents({ prefix: 'b/', after: 'b/2', limit: 2 }), ['b/3'])
    assert.deepEqual(await store.documents({ after: 'b/3' }), ['c', 'ü', '\u{ffee}', '\u{1f600}'])
    assert.deepEqual(await store.documents({ after: '\u{1f600}' }), [])
    assert.deepEqual(await store.documents({ prefix: 'nobody' }), [])
  })

  test('lists a document as long as it has chunks', async () => {
    await using store = await open()
    const [a, b] = [chunk('d', 'snapshot', 'a', [1]), chunk('d', 'incremental', 'b', [1])]
    await store.write([a, b, chunk('e', 'snapshot', 'x', [1])])
    await store.write([], [a])
    assert.deepEqual(await store.documents(), ['d', 'e'])
    await store.write([], [b])
    assert.deepEqual(await store.documents(), ['e'])
    await store.remove('e')
    assert.deepEqual(await store.documents(), [])
  })

  test('gives a thousand names a page at most', async () => {
    await using store = await open()
    const many = Array.from({ length: 1_200 }, (_, i) => `${i}`.padStart(4, '0'))
    await store.write(many.map((name) => chunk(name, 'snapshot', 'x', [])))
    const first = await store.documents()
    assert.deepEqual(first, many.slice(0, CHUNK_LIMITS.page))
    assert.deepEqual(await store.documents({ after: first.at(-1)! }), many.slice(CHUNK_LIMITS.page))
  })
}

function testRefusals({ open }: ChunkStoreSubject): void {
  const good = chunk('d', 'snapshot', 'x', [1])
  const invalid: [string, Partial<Record<keyof Chunk, unknown>>][] = [
    ['no name', { document: '' }],
    ['a name that is no text', { document: 7 }],
    ['a name that is too long', { document: 'x'.repeat(CHUNK_LIMITS.documentName + 1) }],
    ['a name with U+0000', { document: 'a\0b' }],
    ['half of a surrogate pair', { document: '\ud800' }],
    ['another kind', { kind: 'other' }],
    ['no id', { id: '' }],
    ['an id that is too long', { id: 'x'.repeat(CHUNK_LIMITS.id + 1) }],
    ['bytes that are none', { bytes: [1] }],
  ]
  for (const [what, part] of invalid)
    test(`refuses a chunk with ${what}, and what comes with it`, async () => {
      await using store = await open()
      const bad = { ...good, ...part } as Chunk
      assert.equal((await errorOf(store.write([good, bad]))).code, 'INVALID_CHUNK')
      if (!('bytes' in part)) assert.equal((await errorOf(store.write([good], [bad]))).code, 'INVALID_CHUNK')
      assert.deepEqual(await store.documents(), [])
    })

  test('takes names and ids of the largest size', async () => {
    await using store = await open()
    const name = 'ü'.repeat(CHUNK_LIMITS.documentName)
    const id = 'x'.repeat(CHUNK_LIMITS.id)
    await store.write([chunk(name, 'snapshot', id, [1])])
    assert.deepEqual(await contentOf(store, name), [`snapshot ${id} 1`])
  })

  test('refuses a name that is none, and a page that is none', async () => {
    await using store = await open()
    for (const call of [
      store.load(''),
      store.remove('a\0'),
      store.documents({ limit: 0 }),
      store.documents({ limit: 1_001 }),
      store.documents({ limit: 1.5 }),
      store.documents({ prefix: 3 as unknown as string }),
    ])
      assert.equal((await errorOf(call)).code, 'INVALID_CHUNK')
  })

  test('refuses more bytes or keys than one write may have', async () => {
    await using store = await open({ inFlightBytes: 100 })
    const error = await errorOf(store.write([chunk('d', 'snapshot', 'x', new Uint8Array(101))]))
    assert.equal(error.code, 'INVALID_CHUNK')
    assert.match(error.message, /101 bytes .* limits\.inFlightBytes/)
    const many = Array<ChunkKey>(CHUNK_LIMITS.keys + 1).fill(good)
    assert.equal((await errorOf(store.write([], many))).code, 'INVALID_CHUNK')
    await store.write([chunk('d', 'snapshot', 'x', new Uint8Array(100))])
  })

  test('refuses what makes a document too large, and takes the compaction that makes it smaller', async () => {
    await using store = await open({ documentBytes: 10 })
    const old = [chunk('d', 'incremental', 'a', [1, 1, 1, 1]), chunk('d', 'incremental', 'b', [2, 2, 2, 2])]
    await store.write(old)
    const error = await errorOf(
      store.write([chunk('other', 'snapshot', 'x', [1]), chunk('d', 'incremental', 'c', [3, 3, 3])]),
    )
    assert.equal(error.code, 'STORAGE_FULL')
    assert.equal(error.target, 'd')
    assert.deepEqual(await store.documents(), ['d'])
    await store.write([chunk('d', 'snapshot', 'ab', [1, 1, 1, 2, 2, 2])], old)
    await store.write([chunk('d', 'incremental', 'c', [3, 3, 3, 3])])
    await store.write([chunk('d', 'incremental', 'c', [5, 5, 5])])
    assert.deepEqual(await contentOf(store, 'd'), ['snapshot ab 1,1,1,2,2,2', 'incremental c 5,5,5'])
  })
}

function testClosing({ open, reopen }: ChunkStoreSubject): void {
  test('answers what was asked before it is closed, and refuses what comes later', async () => {
    const store = await open()
    const writes = Array.from({ length: 20 }, (_, i) => store.write([chunk('d', 'incremental', `${i}`, [i])]))
    const closed = store.close()
    const late = errorOf(store.write([chunk('d', 'snapshot', 'late', [1])]))
    await Promise.all(writes)
    await closed
    await store.close()
    assert.equal((await late).code, 'STORAGE_CLOSED')
    for (const call of [store.load('d'), store.documents(), store.remove('d')])
      assert.equal((await errorOf(call)).code, 'STORAGE_CLOSED')
  })

  if (reopen)
    test('has everything when it is opened again', async () => {
      const store = await open()
      const old = chunk('d', 'incremental', 'a', [1])
      await store.write([old, chunk('gone', 'snapshot', 'x', [1])])
      await store.write([chunk('d', 'snapshot', 's', [2]), chunk('d', 'incremental', 'b', [3])], [old])
      await store.remove('gone')
      await store.close()
      await using again = await reopen(store)
      assert.deepEqual(await again.documents(), ['d'])
      assert.deepEqual(await contentOf(again, 'd'), ['snapshot s 2', 'incremental b 3'])
    })
}

/** The contract once more, as a map: any sequence of calls leaves what it says. */
function testAgainstModel({ open }: ChunkStoreSubject): void {
  const key = fc.record({
    document: fc.constantFrom('a', 'b'),
    kind: fc.constantFrom<ChunkKind>('snapshot', 'incremental'),
    id: fc.constantFrom('x', 'y', 'z'),
  })
  const chunks = fc
    .tuple(key, fc.uint8Array({ maxLength: 4 }))
    .map(([own, bytes]): Chunk => ({ ...own, bytes }))
  const write = fc.record({
    chunks: fc.array(chunks, { maxLength: 3 }),
    remove: fc.array(key, { maxLength: 3 }),
  })
  const call = fc.oneof({ weight: 9, arbitrary: write }, { weight: 1, arbitrary: fc.constantFrom('a', 'b') })

  test('agrees with its model after any sequence of calls', async () => {
    await using store = await open()
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        for (const document of ['a', 'b']) await store.remove(document)
        const model = new Model()
        for (const one of calls) {
          if (typeof one === 'string') await store.remove(one)
          else await store.write(one.chunks, one.remove)
          if (typeof one === 'string') model.remove(one)
          else model.write(one.chunks, one.remove)
        }
        for (const document of ['a', 'b'])
          assert.deepEqual(await contentOf(store, document), model.contentOf(document))
        assert.deepEqual(await store.documents(), model.documents())
      }),
    )
  })
}

class Model {
  readonly #chunks = new Map<string, Chunk>()

  write(chunks: readonly Chunk[], remove: readonly ChunkKey[]): void {
    const written = new Set(chunks.map(textOf))
    for (const chunk of chunks) this.#chunks.set(textOf(chunk), chunk)
    for (const key of remove) if (!written.has(textOf(key))) this.#chunks.delete(textOf(key))
  }

  remove(document: string): void {
    for (const chunk of this.#of(document)) this.#chunks.delete(textOf(chunk))
  }

  contentOf(document: string): string[] {
    return ['snapshot', 'incremental'].flatMap((kind) =>
      this.#of(document)
        .filter((chunk) => chunk.kind === kind)
        .map(({ id, bytes }) => `${kind} ${id} ${[...bytes].join()}`),
    )
  }

  documents(): string[] {
    return ['a', 'b'].filter((document) => this.#of(document).length > 0)
  }

  #of(document: string): Chunk[] {
    return [...this.#chunks.values()].filter((chunk) => chunk.document === document)
  }
}

function textOf({ document, kind, id }: ChunkKey): string {
  return `${document} ${kind} ${id}`
}
