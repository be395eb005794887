import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
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
