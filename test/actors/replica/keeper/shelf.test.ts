import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Document } from '../../../../actors/replica/document/document.ts'
import { genesisOf } from '../../../../actors/replica/document/genesis.ts'
import { DOCUMENT_LIMITS } from '../../../../actors/replica/document/limits.ts'
import { Keeper } from '../../../../actors/replica/keeper/keeper.ts'
import { StorageFailedError } from '../../../../protocols/errors.ts'
import type { Chunk, ChunkKey, ChunkStore, DocumentPage } from '../../../../storage/chunk-store.ts'
import { VolatileChunkStore } from '../../../../storage/volatile/chunk-store.ts'
import { crashAtEveryStep } from '../../../storage/crashing-chunk-store.ts'

const ID = 'decision-log/votes'
const genesis = () => genesisOf('decision-log', { votes: [] })

/** A store that fails at some writes, before or after they have taken effect. */
class FailingStore implements ChunkStore {
  readonly inner: VolatileChunkStore
  readonly #fails: (write: number) => 'before' | 'after' | 'no'
  writes = 0

  constructor(inner: VolatileChunkStore, fails: (write: number) => 'before' | 'after' | 'no') {
    this.inner = inner
    this.#fails = fails
  }

  load(document: string) {
    return this.inner.load(document)
  }

  async write(chunks: readonly Chunk[], remove?: readonly ChunkKey[]): Promise<void> {
    const fails = this.#fails(++this.writes)
    if (fails !== 'before') await this.inner.write(chunks, remove)
    if (fails !== 'no') throw new StorageFailedError('the disk is on fire')
  }

  documents(page?: DocumentPage) {
    return this.inner.documents(page)
  }

  remove(document: string) {
    return this.inner.remove(document)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

interface Kept {
  keeper: Keeper
  stored: Set<string>
  failures: unknown[]
}

/** Retries at once, as often as it takes. */
function keep(store: ChunkStore, retries = true, incrementalChunks = 4): Kept {
  const stored = new Set<string>()
  const failures: unknown[] = []
  let actors = 0
  const keeper = new Keeper({
    node: '0'.repeat(32),
    lasting: true,
    ...{ store, incrementalChunks, documentLimits: DOCUMENT_LIMITS },
    newActor: () => (++actors).toString(16).padStart(8, '0') + Math.random().toString(16).slice(2, 10),
    stored: (_id, hashes) => hashes.forEach((hash) => void stored.add(hash)),
    failed: (_id, error) => void failures.push(error),
    after: (_ms, run) => {
      if (retries) setImmediate(run)
      return () => undefined
    },
  })
  return { keeper, stored, failures }
}

function vote({ keeper }: Kept, document: Document, value: string): string {
  document.edit((draft) => (draft as { votes: string[] }).votes.push(value), { author: '/user/voter' })
  const change = document.commit(0)!
  keeper.store(document, [change])
  return change.hash
}

async function votesIn(store: ChunkStore): Promise<string[]> {
  const document = await keep(store).keeper.load(ID, genesis)
  return [...(document.view() as { votes: string[] }).votes]
}

describe('the keeper', () => {
  test('stores what is new, and many small chunks as one snapshot', async () => {
    const store = new VolatileChunkStore()
    const kept = keep(store)
    const document = await kept.keeper.load(ID, genesis)
    const hashes: string[] = []
    for (let i = 0; i < 12; i++) {
      hashes.push(vote(kept, document, `${i}`))
      await kept.keeper.flush(document)
    }
    assert.ok(hashes.every((hash) => kept.stored.has(hash)))
    const { chunks } = await store.load(ID)
    assert.ok(chunks.length <= 5, `${chunks.length} chunks`)
    assert.deepEqual(
      await votesIn(store),
      hashes.map((_, i) => `${i}`),
    )
    assert.deepEqual(await kept.keeper.names('decision-log'), ['votes'])
  })

  for (const when of ['before', 'after'] as const)
    test(`goes on after a write that fails ${when} it takes effect, and loses nothing`, async () => {
      const inner = new VolatileChunkStore()
      const store = new FailingStore(inner, (write) => (write % 3 === 0 ? when : 'no'))
      const kept = keep(store)
      const document = await kept.keeper.load(ID, genesis)
      const hashes: string[] = []
      for (let i = 0; i < 30; i++) {
        hashes.push(vote(kept, document, `${i}`))
        await new Promise(setImmediate)
      }
      for (let i = 0; i < 200 && !hashes.every((hash) => kept.stored.has(hash)); i++)
        await new Promise(setImmediate)
      assert.ok(hashes.every((hash) => kept.stored.has(hash)))
      assert.ok(kept.failures.length > 0)
      assert.equal((await votesIn(inner)).length, 30)
    })

  test('leaves a document that loads, with all that was told to be stored, wherever it is interrupted', async () => {
    const steps = await crashAtEveryStep<{ hashes: string[]; stored: Set<string> }>(
      () => new VolatileChunkStore(),
      async (store, seen) => {
        const kept = keep(store, false)
        const document = await kept.keeper.load(ID, genesis)
        for (let i = 0; i < 14; i++) {
          seen.hashes.push(vote(kept, document, `${i}`))
          await kept.keeper.flush(document)
        }
        seen.stored = kept.stored
      },
      async (left, { hashes, stored }) => {
        const after = await votesIn(left)
        assert.ok(after.length >= hashes.filter((hash) => stored.has(hash)).length)
        assert.deepEqual(
          after,
          after.map((_, i) => `${i}`),
        )
      },
      () => ({ hashes: [], stored: new Set() }),
    )
    assert.ok(steps > 20, `${steps} steps`)
  })
})
