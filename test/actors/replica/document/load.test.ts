import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { DocumentDamagedError } from '../../../../actors/replica/document/errors.ts'
import { Text } from '../../../../actors/replica/document/values.ts'

const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }

/** A document with a snapshot of the first half of its changes, and the others one by one. */
function kept(): { document: Document<{ n: number; t: Text }>; snapshot: Uint8Array; changes: Uint8Array[] } {
  const initial = { n: 0, t: new Text('text') }
  const document = Document.create<typeof initial>({ ...OPTIONS, actor: 'aa', initial })
  const changes: Uint8Array[] = []
  let snapshot = document.save()
  for (let n = 1; n <= 6; n++) {
    document.edit((draft) => {
      draft.n = n
      draft.t.insert(0, `${n} `)
    }, BY)
    const change = document.commit(1_000)
    if (n === 3) snapshot = document.save()
    if (n > 3) changes.push((change as NonNullable<typeof change>).bytes)
  }
  return { document, snapshot, changes }
}

function load(chunks: readonly Uint8Array[]): Document<{ n: number; t: Text }> {
  return Document.load({ ...OPTIONS, actor: 'bb' }, chunks)
}

test('a document is what it was, from a snapshot, from changes after it in any order, and from several in one', () => {
  const { document, snapshot, changes } = kept()
  for (const chunks of [
    [document.save()],
    [snapshot, ...changes],
    [...changes].reverse().concat(snapshot),
    [Buffer.concat([snapshot, ...changes])],
    [snapshot, ...changes, document.save(), ...changes],
  ]) {
    const loaded = load(chunks)
    assert.deepEqual(loaded.view(), document.view())
    assert.deepEqual(loaded.heads, document.heads)
    assert.deepEqual(loaded.clock, document.clock)
    assert.equal(loaded.entries, document.entries)
  }
})

test('a loaded document goes on where it was', () => {
  const { document, snapshot, changes } = kept()
  const loaded = load([snapshot, ...changes])
  loaded.edit((draft) => void (draft.n = 99), BY)
  document.receive([loaded.commit(0)?.bytes as Uint8Array])
  assert.equal(document.view().n, 99)
  assert.deepEqual(load([loaded.save()]).view(), document.view())
})

test('a flipped byte anywhere in what was kept is found', () => {
  const { snapshot, changes } = kept()
  const bytes = Buffer.concat([snapshot, ...changes])
  for (let at = 0; at < bytes.length; at += 3) {
    const flipped = Uint8Array.from(bytes)
    flipped[at] = (flipped[at] as number) ^ 0x10
    assert.throws(() => load([flipped]), DocumentDamagedError)
  }
})

test('what is missing is found: a change between others, all before them, the end of a file, everything', () => {
  const { snapshot, changes } = kept()
  const damaged = { code: 'DOCUMENT_DAMAGED', message: /what was kept of agent-state\/s can't be read/ }
  const [first, , third] = changes as [Uint8Array, Uint8Array, Uint8Array]
  assert.throws(() => load([snapshot, first, third]), damaged)
  assert.throws(() => load(changes), damaged)
  assert.throws(() => load([snapshot.subarray(0, -5)]), damaged)
  assert.throws(() => load([]), damaged)
  assert.throws(() => load([new Uint8Array()]), damaged)
})
