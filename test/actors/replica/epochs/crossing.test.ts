import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { move } from '../../../../actors/replica/document/move.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { Crossing } from '../../../../actors/replica/epochs/crossing.ts'
import { plain } from '../document/plain.ts'
import { chooser, randomEdit } from '../document/random-edit.ts'

type Root = Record<string, unknown>

const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }
let actors = 0

function start(): Document<Root> {
  const initial = { a: { b: [1, { c: 'x' }] }, b: [new Counter(1), 'y'], c: new Text('some text') }
  return Document.create<Root>({ ...OPTIONS, actor: nextActor(), initial })
}

function nextActor(): string {
  return (++actors).toString(16).padStart(8, '0')
}

function copyOf(document: Document<Root>): Document<Root> {
  return Document.load<Root>({ ...OPTIONS, actor: nextActor() }, [document.save()])
}

function loaded(saved: Uint8Array): Document<Root> {
  return Document.load<Root>({ ...OPTIONS, actor: nextActor() }, [saved])
}

/** What there is to bring over. */
function all(changes: Iterable<Uint8Array | undefined>): Uint8Array[] {
  return [...changes].filter((change) => change !== undefined)
}

function change(document: Document<Root>, choices: readonly (readonly number[])[]): void {
  for (const numbers of choices) document.edit((draft) => randomEdit(draft, chooser(numbers)), BY)
  document.commit(0)
}

const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 40 })
const edits = fc.array(numbers, { minLength: 1, maxLength: 6 })
const commits = fc.array(edits, { minLength: 0, maxLength: 5 })

test('changes beyond the version are the same in the new epoch whoever brings them, and come back as themselves', () => {
  fc.assert(
    fc.property(commits, commits, commits, commits, (before, mine, theirs, later) => {
      const one = start()
      for (const commit of before) change(one, commit)
      const other = copyOf(one)
      const heads = [...one.heads]
      for (const commit of mine) change(one, commit)
      for (const commit of theirs) change(other, commit)
      const [left, right] = [new Crossing(one, heads), new Crossing(other, heads)]
      assert.equal(left.hash, right.hash)
      const [a, b] = [loaded(left.saved), loaded(right.saved)]
      a.receive(all(left.forth(one, a)))
      b.receive(all(right.forth(other, b)))
      // Edits that knew of the whole version do the same to its copy.
      assert.deepEqual(plain(a.view()), plain(one.view()))
      assert.deepEqual(plain(b.view()), plain(other.view()))
      // Each brings over what the other has brought over as well.
      one.receive(other.changesSince(one.heads))
      other.receive(one.changesSince(other.heads))
      a.receive(all(left.forth(one, a)))
      b.receive(all(right.forth(other, b)))
      assert.deepEqual(a.heads, b.heads)
      assert.deepEqual(plain(a.view()), plain(b.view()))
      // What was made in the new epoch goes back, and what came from the old one is what it was there.
      for (const commit of later) change(a, commit)
      b.receive(a.changesSince(b.heads))
      const state = plain(a.view())
      const count = one.changesSince([]).length
      one.receive(all(left.back(a, one)))
      if (theirs.length === 0) assert.deepEqual(plain(one.view()), state)
      const fresh = new Crossing(other, heads)
      const start2 = loaded(fresh.saved)
      start2.receive(all(fresh.forth(other, start2)))
      other.receive(all(fresh.back(b, other)))
      assert.deepEqual(one.heads, other.heads)
      assert.ok(one.changesSince([]).length - count <= later.length)
      // And again forth: nothing is new.
      const third = new Crossing(one, heads)
      assert.deepEqual(all(third.forth(one, a)), [])
      a.save()
      one.save()
    }),
    { numRuns: 150, endOnFailure: true },
  )
})

test('changes that did not know of the version are taken by the new epoch, the same whoever brings them', () => {
  fc.assert(
    fc.property(commits, commits, commits, commits, (before, mine, theirs, later) => {
      const one = start()
      for (const commit of before) change(one, commit)
      const other = copyOf(one)
      for (const commit of mine) change(one, commit)
      for (const commit of theirs) change(other, commit)
      const heads = [...one.heads]
      one.receive(other.changesSince(one.heads))
      other.receive(one.changesSince(other.heads))
      for (const commit of later) change(other, commit)
      const [left, right] = [new Crossing(one, heads), new Crossing(other, heads)]
      const [a, b] = [loaded(left.saved), loaded(right.saved)]
      a.receive(all(left.forth(one, a)))
      b.receive(all(right.forth(other, b)))
      a.receive(b.changesSince(a.heads))
      assert.deepEqual(a.heads, b.heads)
      assert.deepEqual(plain(a.view()), plain(b.view()))
      assert.deepEqual(all(right.back(b, other)), [])
      one.receive(all(left.back(a, one)))
      assert.deepEqual(one.heads, other.heads)
      a.save()
    }),
    { numRuns: 100 },
  )
})

test('an element that was deleted and given another value elsewhere is there again with that value', () => {
  const one = Document.create<{ list: number[] }>({ ...OPTIONS, actor: 'aa', initial: { list: [1, 2, 3] } })
  const edit = (document: Document<{ list: number[] }>, run: (list: number[]) => void) => {
    document.edit(({ list }) => run(list), BY)
    document.commit(0)
  }
  const others = ['bb', 'cc'].map((actor) =>
    Document.load<{ list: number[] }>({ ...OPTIONS, actor }, [one.save()]),
  ) as [typeof one, typeof one]
  edit(one, (list) => list.splice(1, 1))
  const { heads } = one
  for (const [index, other] of others.entries())
    edit(other, (list) => {
      list[1] = 20 + index
    })
  const [left, right] = others
  left.receive(right.changesSince(left.heads))
  const bring = (document: typeof one) => {
    document.receive(one.changesSince(document.heads))
    const crossing = new Crossing(document, heads)
    const next = Document.load<{ list: number[] }>({ ...OPTIONS, actor: 'dd' }, [crossing.saved])
    next.receive(all(crossing.forth(document, next)))
    assert.deepEqual(all(crossing.back(next, document)), [])
    return [...next.view().list].sort((a, b) => a - b)
  }
  assert.deepEqual(bring(left), [1, 3, 20, 21])
  edit(left, (list) => {
    list[1] = 30
  })
  assert.deepEqual(bring(left), [1, 3, 30])
  edit(left, (list) => list.splice(1, 1))
  assert.deepEqual(bring(left), [1, 3])
})

test('a counter that was counted where something else hides it in the new epoch is shown there with its count', () => {
  const one = Document.create<Root>({ ...OPTIONS, actor: 'aa', initial: { map: {} } })
  const other = Document.load<Root>({ ...OPTIONS, actor: 'bb' }, [one.save()])
  one.edit((draft) => void (draft.first = true), BY)
  one.edit(({ map }) => Object.assign(map as Root, { n: new Counter(1) }), BY)
  one.commit(0)
  other.edit(({ map }) => Object.assign(map as Root, { n: null }), BY)
  other.commit(0)
  const { heads } = one
  one.receive(other.changesSince(heads))
  const early = new Crossing(one, heads)
  const next = loaded(early.saved)
  next.receive(all(early.forth(one, next)))
  // It was written later than all that the new epoch begins with.
  assert.deepEqual(plain(next.view().map), { n: null })
  other.receive(one.changesSince(other.heads))
  other.edit(({ map }) => ((map as Root).n as Counter).increment(10), BY)
  other.commit(0)
  next.receive(all(new Crossing(other, heads).forth(other, next)))
  assert.deepEqual(plain(next.view().map), { n: { counter: 11 } })
  assert.deepEqual(plain(loaded(next.save()).view()), plain(next.view()))
})

test('what is inserted where an element was moved away from comes behind what was inserted before it', () => {
  const one = Document.create<Root>({ ...OPTIONS, actor: 'aa', initial: { list: [{ moved: 1 }, 'a', 'b'] } })
  const edit = (run: (list: unknown[]) => void) => {
    one.edit(({ list }) => run(list as unknown[]), BY)
    one.commit(0)
  }
  edit((list) => move(list, 0, 1))
  const crossing = new Crossing(one, one.heads)
  edit((list) => {
    // A scalar that is moved is put in anew: here, once all is done, behind where the other one lay before.
    move(list, 0, 1)
    move(list, 0, 1)
    list.unshift('first')
  })
  const next = loaded(crossing.saved)
  next.receive(all(crossing.forth(one, next)))
  assert.deepEqual(next.view(), one.view())
  edit((list) => list.splice(2, 0, 'third'))
  next.receive(all(crossing.forth(one, next)))
  assert.deepEqual(next.view(), one.view())
  assert.deepEqual(all(crossing.back(next, one)), [])
})
