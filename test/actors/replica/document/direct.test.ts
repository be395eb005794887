import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { EditsPendingError } from '../../../../actors/replica/document/errors.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { plain } from './plain.ts'

// biome-ignore lint/suspicious/noExplicitAny: documents of any shape
type Root = Record<string, any>

const BY = { author: '/user/agent-1' }

function replicas(initial: Root, count = 2): Document<Root>[] {
  return Array.from({ length: count }, (_, index) =>
    Document.create<Root>({ id: 'agent-state/s', type: 'agent-state', actor: `a${index}`, initial }),
  )
}

function pair(initial: Root): [Document<Root>, Document<Root>] {
  return replicas(initial) as [Document<Root>, Document<Root>]
}

/** Each edit is a change of its own. */
function changes(document: Document<Root>, ...edits: ((draft: Root) => void)[]): Uint8Array[] {
  return edits.map((edit) => {
    document.edit(edit, BY)
    return document.commit(0)?.bytes as Uint8Array
  })
}

function take(document: Document<Root>, bytes: readonly Uint8Array[]): void {
  document.receive(bytes, { trusted: true })
}

/** What is shown is what the engine comes to. */
function assertTrue(document: Document<Root>): void {
  const shown = plain(document.view())
  assert.deepEqual(shown, plain(read(document.handle, '/')))
  assert.equal(document.backlog, 0)
  const { id, type } = document
  assert.equal(document.entries, Document.load({ id, type, actor: 'ff' }, [document.save()]).entries)
}

test('changes to maps are shown before the engine has them, and are part of the document meanwhile', () => {
  const [one, other] = pair({ tasks: { a: { done: false } }, votes: new Counter(1) })
  const bytes = changes(
    one,
    (draft) => {
      draft.tasks.b = { done: true, at: new Date(5), data: new Uint8Array([1]), count: new Counter(2) }
    },
    (draft) => draft.tasks.b.count.increment(3),
    (draft) => draft.votes.increment(),
    (draft) => {
      delete draft.tasks.a
    },
  )
  take(other, bytes)
  assert.equal(other.backlog, 8)
  assert.deepEqual(plain(other.view()), plain(one.view()))
  assert.equal(other.entries, one.entries)
  assert.deepEqual(other.heads, one.heads)
  assert.deepEqual([...other.clock], [...one.clock])
  for (const hash of one.heads) {
    assert.ok(other.has(hash))
    assert.deepEqual(other.changeByHash(hash), bytes.at(-1))
  }
  assert.equal(other.backlog, 8)
  assert.deepEqual(other.receive(bytes, { trusted: true }), { applied: [], known: 4, missing: [] })
  assertTrue(other)
  assert.deepEqual(other.handle.getHeads(), one.handle.getHeads())
})

test('what is edited afterwards is a change upon what is shown', () => {
  const [one, other] = pair({ tasks: {} })
  take(
    other,
    changes(one, (draft) => {
      draft.tasks.a = { title: 'x' }
    }),
  )
  const [mine] = changes(other, (draft) => {
    draft.tasks.a.title = 'y'
  })
  assert.equal(other.backlog, 0)
  assertTrue(other)
  take(one, [mine as Uint8Array])
  assert.deepEqual(plain(one.view()), { tasks: { a: { title: 'y' } } })
  assertTrue(one)
})

test('what comes is shown beside edits of other places that are pending', () => {
  const [one, other] = pair({ a: { x: 1 }, b: { x: 1 } })
  other.edit((draft) => {
    draft.a.x = 2
    draft.a.y = 2
  }, BY)
  const bytes = changes(one, (draft) => {
    draft.b.x = 3
    draft.a.z = 3
  })
  take(other, bytes)
  assert.deepEqual(plain(other.view()), { a: { x: 2, y: 2, z: 3 }, b: { x: 3 } })
  const change = other.commit(0)
  assert.deepEqual(change?.deps, one.heads)
  assertTrue(other)
})

const MEETINGS: [string, (draft: Root) => void, (draft: Root) => void][] = [
  ['the same key', (draft) => (draft.a.x = 2), (draft) => (draft.a.x = 3)],
  ['a map around the edit', (draft) => (draft.a.x = 2), (draft) => (draft.a = { y: 1 })],
  ['a map that was taken out', (draft) => void delete draft.a, (draft) => (draft.a.x = 3)],
  ['a map that was replaced', (draft) => (draft.a = { x: 2 }), (draft) => (draft.a.x = 3)],
  ['a map within one that was replaced', (draft) => (draft.a = { b: {} }), (draft) => (draft.a.b.c = 3)],
  ['a list', (draft) => draft.list.push(1), (draft) => draft.list.unshift(2)],
  ['a map in a list that was edited', (draft) => draft.list.shift(), (draft) => (draft.list[0].x = 2)],
]

for (const [what, mine, theirs] of MEETINGS)
  test(`what meets an edit that is pending waits for its commit: ${what}`, () => {
    const [one, other] = pair({ a: { x: 1, b: { c: 1 } }, list: [{ x: 1 }, { x: 5 }] })
    other.edit(mine, BY)
    const before = plain(other.view())
    const bytes = changes(one, theirs)
    assert.throws(() => take(other, bytes), EditsPendingError)
    assert.deepEqual(plain(other.view()), before)
    const own = other.commit(0)?.bytes as Uint8Array
    take(other, bytes)
    assertTrue(other)
    take(one, [own])
    assertTrue(one)
    assert.deepEqual(plain(one.view()), plain(other.view()))
  })

test('of several values the one with the greatest id is shown, and who listens is told of the conflict', () => {
  const [low, high, third] = replicas({ key: 'first', gone: 1 }, 3) as [
    Document<Root>,
    Document<Root>,
    Document<Root>,
  ]
  const set = (value: string) => (draft: Root) => {
    draft.key = value
  }
  const [lower] = changes(low, set('low')) as [Uint8Array]
  const [higher] = changes(high, set('high')) as [Uint8Array]
  for (const [document, bytes] of [
    [third, [lower, higher]],
    [low, [higher]],
    [high, [lower]],
  ] as const) {
    const told: DocumentPatch[] = []
    document.onPatches((patches) => told.push(...patches))
    take(document, bytes)
    assert.ok(document.backlog > 0)
    assert.equal(document.view().key, 'high')
    const expected: DocumentPatch[] =
      document === high
        ? [{ action: 'conflict', path: ['key'] }]
        : [{ action: 'put', path: ['key'], value: 'high', conflict: true }]
    assert.deepEqual(told.slice(bytes.length - 1), expected)
    assertTrue(document)
  }
  const [again] = changes(third, set('both')) as [Uint8Array]
  take(low, [again])
  assert.equal(low.view().key, 'both')
  assertTrue(low)
  const more = changes(low, set('later'), set('latest'))
  changes(high, set('soon'))
  take(high, [again, ...more])
  assert.equal(high.view().key, 'latest')
  assertTrue(high)
})

test('a value that hides nothing any more, and what is counted in a conflict, the engine decides', () => {
  const [one, other] = pair({ n: new Counter(0), key: 0 })
  const replace = (value: unknown) => (draft: Root) => {
    delete draft.n
    draft.n = value
  }
  const mine = changes(one, replace(new Counter(5)))
  const theirs = changes(other, replace(new Counter(7)))
  take(one, theirs)
  assert.equal(one.backlog > 0, true)
  const counted = changes(other, (draft) => draft.n.increment())
  take(one, counted)
  assert.equal(one.backlog, 0)
  assertTrue(one)
  const removed = changes(other, (draft) => void delete draft.n)
  take(one, removed)
  assert.equal(one.backlog, 0)
  assert.equal(one.view().n.value, 5)
  assertTrue(one)
  take(other, mine)
  assertTrue(other)
})

test('a number where there was a counter is none', () => {
  const [one, other] = pair({ n: new Counter(1) })
  const bytes = changes(
    one,
    (draft) => {
      delete draft.n
      draft.n = 5
    },
    (draft) => {
      delete draft.n
      draft.n = new Counter(2)
    },
    (draft) => draft.n.increment(4),
  )
  take(other, bytes.slice(0, 1))
  assert.equal(other.view().n, 5)
  take(other, bytes.slice(1))
  assert.equal(other.view().n.value, 6)
  assert.ok(other.backlog > 0)
  assertTrue(other)
})

test('what is deleted on both replicas is told once', () => {
  const [one, other] = pair({ key: 1 })
  const remove = (draft: Root) => void delete draft.key
  const bytes = changes(one, remove)
  changes(other, remove)
  let told = 0
  other.onPatches(() => told++)
  take(other, bytes)
  assert.equal(told, 0)
  assert.equal(other.backlog, 1)
  assertTrue(other)
})

test('what is written into a map that is hidden or replaced is not shown', () => {
  const [one, other] = pair({ maps: { old: { x: 1 } } })
  const make = (value: number) => (draft: Root) => {
    draft.maps.a = { value }
  }
  const write = (draft: Root) => {
    draft.maps.a.more = true
  }
  const mine = changes(one, make(1), write)
  const theirs = changes(other, make(2), write)
  for (const bytes of theirs) take(one, [bytes])
  for (const bytes of mine) take(other, [bytes])
  for (const document of [one, other]) assertTrue(document)
  assert.deepEqual(plain(one.view()), plain(other.view()))
  // In one batch a map is replaced, made again, and written into by who does not know of it.
  const gone = changes(one, (draft) => {
    draft.maps.old = { x: 2 }
  })
  const late = changes(other, (draft) => {
    draft.maps.old.y = 3
  })
  const [third] = replicas({ maps: { old: { x: 1 } } }, 3).slice(2) as [Document<Root>]
  take(third, one.changesSince(third.heads))
  take(third, [...gone, ...late])
  take(third, other.changesSince([]))
  assertTrue(third)
})

test('what is written into a map by who does not know that it was replaced before is not shown', () => {
  const [one, other] = pair({ old: { x: 1 } })
  const [third] = replicas({ old: { x: 1 } }, 3).slice(2) as [Document<Root>]
  const write = (key: string) => (draft: Root) => {
    draft.old[key] = 2
  }
  const known = changes(one, write('x'))
  const replaced = changes(one, (draft) => {
    draft.old = {}
  })
  for (const bytes of [...known, ...replaced, ...changes(other, write('y'))]) take(third, [bytes])
  assertTrue(third)
})

test('what lies in a place is looked up again once the engine has taken in what was shown', () => {
  const [one, other] = pair({ key: 0 })
  const told: DocumentPatch[] = []
  const write = (value: number) => (draft: Root) => {
    draft.key = value
    draft.made ??= {}
    draft.made.key = value
  }
  take(other, changes(one, write(1)))
  take(one, changes(other, write(2)))
  other.onPatches((patches, origin) => void (origin === 'remote' && told.push(...patches)))
  take(other, changes(one, write(3)))
  assert.ok(other.backlog > 0)
  assert.deepEqual(
    told.filter((patch) => 'conflict' in patch),
    [],
  )
  changes(other, write(4))
  take(other, changes(one, write(5)))
  assert.ok(other.backlog > 0)
  assert.equal(told.filter((patch) => 'conflict' in patch || patch.action === 'conflict').length, 2)
  assertTrue(other)
})

test('a map that was made just now is written into and read before the engine knows of it', () => {
  const [one, other] = pair({})
  const steps = changes(
    one,
    (draft) => {
      draft.made = { within: {} }
    },
    (draft) => {
      draft.made.within.key = 1
    },
    (draft) => {
      draft.made.within.other = { deep: true }
    },
    (draft) => {
      draft.made = {}
    },
  )
  for (const bytes of steps) take(other, [bytes])
  assert.equal(other.backlog, 6)
  assert.deepEqual(plain(other.view()), { made: {} })
  assertTrue(other)
})

test('lists, texts and more than can wait go to the engine at once', () => {
  const [one, other] = pair({ list: [1], text: new Text('a'), map: {} })
  const edits: ((draft: Root) => void)[] = [
    (draft) => draft.list.push(2),
    (draft) => draft.text.insert(1, 'b'),
    (draft) => {
      draft.map.list = []
    },
    (draft) => {
      for (let index = 0; index < 1_001; index++) draft.map[index] = index
    },
  ]
  for (const edit of edits) {
    take(other, changes(one, edit))
    assert.equal(other.backlog, 0)
    assert.deepEqual(plain(other.view()), plain(one.view()))
  }
})

test('what comes from other processes the engine has at once', () => {
  const [one, other] = pair({ key: 1 })
  other.receive(
    changes(one, (draft) => {
      draft.key = 2
    }),
  )
  assert.equal(other.backlog, 0)
  assertTrue(other)
})

test('a document that is given back or begins anew forgets what the engine had yet to take in', () => {
  const [one, other] = pair({ key: 1 })
  const begin = one.save()
  const edit = (draft: Root) => {
    draft.key = 2
  }
  take(other, changes(one, edit))
  other.restart('b0', begin)
  assert.equal(other.backlog, 0)
  assert.equal(other.view().key, 1)
  assertTrue(other)
  take(other, one.changesSince(other.heads))
  assert.equal(other.backlog, 1)
  other.free()
})

test('a counter that another has replaced meanwhile is not counted in the place of that one', () => {
  const [one, other] = pair({ votes: new Counter(1) })
  const counted = changes(one, (draft) => draft.votes.increment())
  const replaced = changes(other, (draft) => {
    delete draft.votes
    draft.votes = new Counter(3)
  })
  take(other, counted)
  take(one, replaced)
  for (const document of [one, other]) {
    assert.deepEqual(plain(document.view()), { votes: { counter: 3 } })
    assertTrue(document)
  }
})
