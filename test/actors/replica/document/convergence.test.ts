import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { EditsPendingError } from '../../../../actors/replica/document/errors.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { plain } from './plain.ts'
import { chooser, randomEdit } from './random-edit.ts'

type Root = Record<string, unknown>

const BY = { author: '/user/agent-1' }

function start(actor: string): Document<Root> {
  const initial = { a: { b: [1, { c: 'x' }] }, b: [new Counter(1), 'y'], c: new Text('some text') }
  return Document.create<Root>({ id: 'agent-state/s', type: 'agent-state', actor, initial })
}

function assertTrue(document: Document<Root>): void {
  assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
  document.save()
}

const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 40 })
const edits = fc.array(numbers, { minLength: 1, maxLength: 12 })

test('edits of a draft do what the same edits do to plain objects, and that is what is committed', () => {
  fc.assert(
    fc.property(fc.array(edits, { minLength: 1, maxLength: 4 }), fc.boolean(), (commits, look) => {
      const document = start('aa')
      const model = { a: { b: [1, { c: 'x' }] }, b: [new Counter(1), 'y'], c: new Text('some text') }
      for (const commit of commits) {
        for (const choices of commit) {
          document.edit((draft) => randomEdit(draft, chooser(choices)), BY)
          randomEdit(model, chooser(choices))
          if (look) assert.deepEqual(plain(document.view()), plain(model))
        }
        document.commit(0)
        assert.deepEqual(plain(document.view()), plain(model))
        assertTrue(document)
      }
    }),
    { numRuns: 300 },
  )
})

test('an edit that throws leaves state, what is pending and what is committed later as if it had not been', () => {
  const step = fc.record({ choices: edits, fails: fc.boolean(), commits: fc.boolean(), looks: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
      const tried = start('aa')
      const spared = start('aa')
      for (const { choices, fails, commits, looks } of steps) {
        const edit = (draft: Root) => {
          for (const numbers of choices) randomEdit(draft, chooser(numbers))
          if (fails) throw new Error('no')
        }
        const before = looks ? tried.view() : undefined
        if (fails) assert.throws(() => tried.edit(edit, BY), /^Error: no$/)
        else for (const document of [tried, spared]) document.edit(edit, BY)
        if (looks && fails) assert.equal(tried.view(), before)
        assert.equal(tried.pending, spared.pending)
        assert.equal(tried.entries, spared.entries)
        if (commits) assert.equal(tried.commit(0)?.operations, spared.commit(0)?.operations)
        assert.deepEqual(plain(tried.view()), plain(spared.view()))
      }
      tried.commit(0)
      assertTrue(tried)
    }),
    { numRuns: 300 },
  )
})

test('replicas that were edited at once and told each other are equal, and what they show is what they have', () => {
  const step = fc.record({ who: fc.nat(), other: fc.nat(), exchanges: fc.boolean(), choices: numbers })
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
      const replicas = Array.from({ length: count }, (_, index) => start(`a${index}`))
      const exchange = (from: Document<Root>, to: Document<Root>) => {
        from.commit(0)
        to.commit(0)
        to.receive(from.changesSince(to.heads))
        assertTrue(to)
      }
      for (const { who, other, exchanges, choices } of steps) {
        const one = replicas[who % count] as Document<Root>
        if (exchanges) exchange(replicas[other % count] as Document<Root>, one)
        else one.edit((draft) => randomEdit(draft, chooser(choices)), BY)
      }
      for (let round = 0; round < 2; round++)
        for (const from of replicas) for (const to of replicas) if (from !== to) exchange(from, to)
      for (const replica of replicas) {
        assert.deepEqual(replica.heads, replicas[0]?.heads)
        assert.deepEqual(plain(replica.view()), plain(replicas[0]?.view()))
        assert.equal(replica.entries, replicas[0]?.entries)
      }
    }),
    { numRuns: 200 },
  )
})

test('what is shown before the engine has it is what the engine comes to', () => {
  const step = fc.record({
    ...{ who: fc.nat(), other: fc.nat(), exchanges: fc.boolean(), looks: fc.boolean() },
    ...{ patient: fc.boolean(), choices: numbers },
  })
  let shown = 0
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.array(step, { maxLength: 60 }), (count, steps) => {
      const replicas = Array.from({ length: count }, (_, index) => ofMaps(`a${index}`))
      const exchange = (from: Document<Root>, to: Document<Root>, patient: boolean) => {
        from.commit(0)
        if (!patient) to.commit(0)
        const news = from.changesSince(to.heads)
        try {
          to.receive(news, { trusted: true })
        } catch (error) {
          assert.ok(patient && error instanceof EditsPendingError)
          to.commit(0)
          to.receive(news, { trusted: true })
        }
        if (to.backlog > 0) shown++
      }
      for (const { who, other, exchanges, looks, patient, choices } of steps) {
        const one = replicas[who % count] as Document<Root>
        if (exchanges) exchange(replicas[other % count] as Document<Root>, one, patient)
        else one.edit((draft) => editMaps(draft, chooser(choices)), BY)
        if (looks && one.pending === 0) assertTrue(one)
      }
      for (let round = 0; round < 2; round++)
        for (const from of replicas) for (const to of replicas) if (from !== to) exchange(from, to, false)
      for (const replica of replicas) {
        assert.deepEqual(replica.heads, replicas[0]?.heads)
        assert.deepEqual(plain(replica.view()), plain(replicas[0]?.view()))
        assert.equal(replica.entries, replicas[0]?.entries)
        assertTrue(replica)
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(shown > 500)
})

function ofMaps(actor: string): Document<Root> {
  const initial = { a: { b: { c: 'x' } }, b: { a: new Counter(1) }, c: new Counter(1), d: [{ a: 1 }] }
  return Document.create<Root>({ id: 'agent-state/s', type: 'agent-state', actor, initial })
}

const KEYS = ['a', 'b', 'c', 'd', 'e']
const VALUES = [
  ...[null, true, -0, 1.5, 2 ** 60, 'text', new Date(5), new Uint8Array([1, 2]), new Uint8Array()],
  ...[new Counter(3), {}, { a: 1, b: { a: new Counter(2) } }, ['in a list'], new Text('text')],
]

/** Sets, deletes and counts in maps within maps, of few keys, so that replicas often meet. */
function editMaps(root: Root, choose: (below: number) => number): void {
  let at: unknown = root
  for (let depth = choose(4); depth > 0; depth--) {
    const within = Array.isArray(at) ? at[0] : (at as Root)[KEYS[choose(KEYS.length)] as string]
    if (typeof within !== 'object' || within === null || isScalar(within)) break
    at = within
  }
  if (Array.isArray(at)) at.splice(0, 0, { a: choose(9) })
  else {
    const map = at as Root
    const key = KEYS[choose(KEYS.length)] as string
    if (map[key] instanceof Counter && choose(3) > 0) map[key].increment(choose(5))
    else if (choose(4) === 0) delete map[key]
    else {
      delete map[key]
      map[key] = VALUES[choose(VALUES.length)]
    }
  }
}

function isScalar(value: object): boolean {
  return [Date, Uint8Array, Counter, Text].some((Kind) => value instanceof Kind)
}
