import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { Counter } from '../../../../actors/replica/document/values.ts'
import { Crossing } from '../../../../actors/replica/epochs/crossing.ts'
import { Library } from '../../../../actors/replica/keeper/library.ts'
import { Past } from '../../../../actors/replica/keeper/past.ts'
import type { OpenDocument } from '../../../../actors/replica/open-document.ts'
import type { Epoch } from '../../../../protocols/replication/epochs/lineage.ts'
import { VolatileChunkStore } from '../../../../storage/volatile/chunk-store.ts'

type Root = { total: Counter }

const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
let actors = 0

const load = (saved: Uint8Array): Document<Root> =>
  Document.load<Root>({ ...OPTIONS, actor: (++actors).toString(16).padStart(8, '0') }, [saved])

function count(document: Document<Root>, times: number): void {
  for (let left = times; left > 0; left--) {
    document.edit(({ total }) => total.increment(), { author: '/user/one' })
    document.commit(0)
  }
}

/** A document that has come through some epochs, and copies that were made in each of them. */
async function history(epochs: number) {
  const store = new VolatileChunkStore()
  const past = new Past(store)
  const library = new Library(
    () => past,
    (ms, run) => {
      // What is kept for a while is kept here for as long as the test goes.
      if (ms === 0) setImmediate(run)
      return () => undefined
    },
  )
  const first = Document.create<Root>({ ...OPTIONS, actor: 'aa', initial: { total: new Counter(0) } })
  const copies: Document<Root>[] = []
  let document = first
  for (let left = epochs; left > 0; left--) {
    copies.push(load(document.save()))
    count(document, 20)
    const before = await past.lineage(document)
    const { saved, hash } = new Crossing(document, document.heads)
    const next: Epoch = { number: document.epoch + 1, hash, heads: document.heads }
    const bytes = document.save()
    const turned = past.turn(OPTIONS.id, before, [...before, next], [{ hash: document.first, bytes }])
    await store.write(turned.chunks, turned.remove)
    past.turned(OPTIONS.id, turned)
    document = load(saved)
  }
  return { library, store, copies, document, open: { id: OPTIONS.id, document } as unknown as OpenDocument }
}

test('what a copy of an epoch that is over has of its own is brought into the present one, once', async () => {
  const { library, copies, document, open } = await history(3)
  for (const copy of copies) {
    count(copy, 2)
    document.receive((await library.translated(open, copy.save())) as Uint8Array[])
    document.receive((await library.translated(open, copy.save())) as Uint8Array[])
  }
  assert.equal(document.view().total.value, 66)
  const same = load(document.save())
  count(same, 1)
  document.receive((await library.translated(open, same.save())) as Uint8Array[])
  assert.equal(document.view().total.value, 67)
})

test('a copy of an epoch that is forgotten, or was none of this document, is not brought over', async () => {
  const { library, copies, open, store } = await history(10)
  const names = await store.documents()
  assert.equal(names.length, 9)
  assert.equal(await library.translated(open, (copies[0] as Document<Root>).save()), undefined)
  assert.ok((await library.translated(open, (copies[2] as Document<Root>).save())) !== undefined)
  const other = Document.create({ ...OPTIONS, actor: 'bb', initial: { other: 1 } })
  assert.equal(await library.translated(open, other.save()), undefined)
  assert.equal(await library.read(open, other.first, () => 'read'), undefined)
})

test('an epoch of which the lineage was lost is the first that is known', async () => {
  const { document } = await history(2)
  const lineage = await new Past(new VolatileChunkStore()).lineage(document)
  assert.deepEqual(lineage, [{ number: 2, hash: document.first, heads: [] }])
})
