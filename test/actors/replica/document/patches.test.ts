import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { follow, thawed } from './follow.ts'
import { plain } from './plain.ts'
import { chooser, randomEdit } from './random-edit.ts'

type Root = Record<string, unknown>

const BY = { author: '/user/agent-1' }

function start(actor: string): Document<Root> {
  const initial = { a: { b: [1, { c: 'x' }] }, b: [new Counter(1), 'y'], c: new Text('some text') }
  return Document.create<Root>({ id: 'agent-state/s', type: 'agent-state', actor, initial })
}

const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 40 })

test('who follows the patches has what the document has, whoever edited it', () => {
  const step = fc.record({ local: fc.boolean(), receives: fc.boolean(), choices: numbers })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const [here, there] = [start('aa'), start('bb')]
      const followed = thawed(here.view()) as Root
      here.onPatches((patches) => {
        for (const patch of patches) follow(followed, patch)
      })
      for (const { local, receives, choices } of steps) {
        const one = local ? here : there
        one.edit((draft) => randomEdit(draft, chooser(choices)), BY)
        if (receives) {
          here.commit(0)
          there.commit(0)
          there.receive(here.changesSince(there.heads))
          here.receive(there.changesSince(here.heads))
        }
        assert.deepEqual(plain(followed), plain(here.view()))
      }
    }),
    { numRuns: 200 },
  )
})

test('a listener is told of edits here and of changes from elsewhere, at once and until it leaves', () => {
  const [here, there] = [start('aa'), start('bb')]
  const told: [string, DocumentPatch][] = []
  const leave = here.onPatches((patches, origin) => {
    for (const patch of patches) told.push([origin, patch])
  })
  here.edit((draft) => void (draft.n = 1), BY)
  assert.deepEqual(told, [['local', { action: 'put', path: ['n'], value: 1 }]])
  here.commit(0)
  there.edit((draft) => {
    ;(draft.c as Text).insert(4, ' of a')
    ;(draft.b as Counter[])[0]?.increment(2)
  }, BY)
  there.commit(0)
  here.receive(there.changesSince(here.heads))
  assert.deepEqual(
    told.slice(1).sort(([, a], [, b]) => (a.action < b.action ? -1 : 1)),
    [
      ['remote', { action: 'increment', path: ['b', 0], by: 2 }],
      ['remote', { action: 'text', path: ['c', 4], remove: 0, insert: ' of a' }],
    ],
  )
  leave()
  here.edit((draft) => void (draft.n = 2), BY)
  assert.equal(told.length, 3)
})

test('an edit that throws, or that changes nothing, tells listeners nothing', () => {
  const document = start('aa')
  let told = 0
  document.onPatches(() => told++)
  assert.throws(() =>
    document.edit((draft) => {
      draft.n = 1
      throw new Error('no')
    }, BY),
  )
  document.edit(() => {}, BY)
  assert.equal(told, 0)
})

test('two replicas that write one place at once are both told that there is a conflict', () => {
  const replicas = [start('aa'), start('bb')] as const
  const told: DocumentPatch[][] = [[], []]
  for (const [index, replica] of replicas.entries()) {
    replica.edit((draft) => Object.assign(draft, { n: index, l: [] }), BY)
    replica.edit((draft) => void ((draft.b as unknown[])[1] = `of ${index}`), BY)
    replica.commit(0)
    replica.onPatches((patches) => void told[index]?.push(...patches))
  }
  const [one, other] = replicas
  const changes = one.changesSince(other.heads)
  one.receive(other.changesSince(one.heads))
  other.receive(changes)
  const shows = (patch: DocumentPatch) =>
    patch.action === 'conflict' || (patch.action === 'put' && patch.conflict === true)
  for (const patches of told) {
    const paths = patches.filter(shows).map(({ path }) => path.join('.'))
    assert.deepEqual([...new Set(paths)].sort(), ['b.1', 'l', 'n'])
  }
  assert.deepEqual(one.view(), other.view())
})

test('a listener gets values that nobody can change', () => {
  const document = start('aa')
  document.onPatches((patches) => {
    for (const patch of patches) if (patch.action === 'put') assert.ok(Object.isFrozen(patch.value))
  })
  document.edit((draft) => void (draft.n = { deep: [1] }), BY)
})
