import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conflict } from '../../../../actors/replica/conflicts/conflict.ts'
import { Conflicts } from '../../../../actors/replica/conflicts/conflicts.ts'
import type { Resolver } from '../../../../actors/replica/conflicts/resolver.ts'
import type { PolicyName } from '../../../../actors/replica/conflicts/rules.ts'
import { decodeChange } from '../../../../actors/replica/document/automerge.ts'
import type { Data } from '../../../../actors/replica/document/data.ts'
import { Document } from '../../../../actors/replica/document/document.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { gossip, quiesce, type Replica, replicas } from './replicas.ts'

type Two = [Replica, Replica]

/** Two replicas that wrote a place at the same time and then heard of each other; the second one's value is shown. */
function conflict(first: Data, second: Data, rule: PolicyName | Resolver): Two {
  const all = replicas(2, { owner: 'nobody', tags: ['x', 'y'] }, { '**': rule }) as Two
  all[0].write(['owner'], first)
  all[1].write(['owner'], second)
  gossip(all)
  return all
}

function settled(first: Data, second: Data, rule: PolicyName | Resolver): unknown {
  const all = conflict(first, second, rule)
  quiesce(all, new Set())
  assert.deepEqual(all[0].version, all[1].version)
  assert.deepEqual(all[0].open(), [])
  return all[0].read(['owner'])
}

test('a resolution is made by nobody, at no time, upon the changes of the conflict only', () => {
  const [a] = conflict('low', 'high', 'lowest')
  a.write(['tags', 0], 'something later')
  const [resolution] = a.conflicts.settle(a.handle).resolutions
  assert.ok(resolution)
  const { conflicts } = a.conflicts.list(a.handle)
  const { actor, seq, time, deps, message, ops } = decodeChange(resolution.bytes)
  assert.equal(seq, 1)
  assert.equal(time, 0)
  assert.match(actor, /^[0-9a-f]{32}$/)
  assert.equal(message, '{"v":1,"by":[],"settles":"lowest","round":1}')
  assert.deepEqual(deps.sort(), (conflicts[0] as Conflict).values.map(({ hash }) => hash).sort())
  assert.equal(ops.length, 1)
})

test("values that the engine can't be told as JSON are settled to the last bit", () => {
  const bytes = new Uint8Array([7, 8])
  assert.deepEqual(settled(bytes, new Uint8Array([9]), 'lowest'), bytes)
  for (const number of [0.1 + 0.2, Number.NEGATIVE_INFINITY, -5e-324, 2 ** 53])
    assert.equal(settled(number, 2 ** 60, 'lowest'), number)
  assert.deepEqual(settled({ seal: bytes }, { name: 'x' }, 'union'), { name: 'x', seal: bytes })
  const all = replicas(2, { tags: ['x', 'y'] }, { '**': 'lowest' }) as Two
  all[0].write(['tags', 1], Number.NEGATIVE_INFINITY)
  all[1].write(['tags', 1], 3)
  all[0].change((handle) =>
    handle.spliceFromHydrate(String(handle.getWithType('_root', 'tags')?.[1]), 0, 0, ['new']),
  )
  quiesce(all, new Set())
  assert.deepEqual(all[1].read(['tags']), ['new', 'x', Number.NEGATIVE_INFINITY])
})

test('what is worked on stays the object that it is, with what was done in it since', () => {
  const all = conflict({ a: 1 }, { b: 1 }, 'union')
  all[1].write(['owner', 'later'], 'kept')
  quiesce(all, new Set())
  assert.deepEqual(all[0].read(['owner']), { a: 1, b: 1, later: 'kept' })

  const counters = conflict(new Counter(5), new Counter(1), 'highest')
  counters[1].change((handle) => handle.increment('_root', 'owner', 2))
  quiesce(counters, new Set())
  assert.equal(
    String(counters[0].read(['owner'])),
    '3',
    'a counter has no order, so that what is shown stays',
  )
})

test('union unites arrays, maps within maps and single values', () => {
  assert.deepEqual(settled(['a', 'b'], ['b', 'c'], 'union'), ['b', 'c', 'a'])
  assert.deepEqual(settled([], ['b'], 'union'), ['b'])
  assert.deepEqual(settled(['b', { x: 1 }], [], 'union'), ['b', { x: 1 }])
  assert.deepEqual(settled('a', 'b', 'union'), ['a', 'b'])
  assert.deepEqual(settled('a', ['b'], 'union'), ['a', 'b'])
  assert.equal(settled('a', 'a', 'union'), 'a')
  assert.deepEqual(settled({ a: 1, in: { x: 1, l: [1] } }, { a: 2, in: { y: 2, l: [2] } }, 'union'), {
    a: 2,
    in: { x: 1, y: 2, l: [2, 1] },
  })
  assert.equal(String(settled(new Text('first'), new Text('second'), 'union')), 'second')
  assert.deepEqual(settled({ a: 1 }, 'b', 'union'), 'b')
})

test('highest and lowest follow the order of values', () => {
  assert.equal(settled(9, 10, 'lowest'), 9)
  assert.equal(settled('b', 'a', 'highest'), 'b')
  assert.deepEqual(settled(new Date(2), new Date(1), 'highest'), new Date(2))
  assert.equal(settled(true, null, 'highest'), true)
  assert.equal(settled(3, 'three', 'lowest'), 3)
  assert.deepEqual(settled(['x'], 'y', 'highest'), 'y', 'a container has no order')
})

test("the last writer's value stays without a word, and the others go when that is asked for", () => {
  const all = conflict('first', 'second', 'last-writer')
  const [a] = all
  assert.deepEqual(a.conflicts.settle(a.handle), { resolutions: [], more: false })
  assert.deepEqual(a.conflicts.list(a.handle).conflicts, [])
  assert.equal(a.conflicts.list(a.handle, { lastWriter: true }).conflicts.length, 1)
  const { resolutions } = a.conflicts.settle(a.handle, { lastWriter: true })
  a.apply(...resolutions)
  assert.deepEqual(
    resolutions.map(({ path, rule }) => ({ path, rule })),
    [{ path: ['owner'], rule: 'last-writer' }],
  )
  assert.deepEqual(a.open(), [])
  assert.equal(a.read(['owner']), 'second')
})

test('a resolver that fails or is not pure leaves the conflict listed, with what was wrong', () => {
  let calls = 0
  const failing: [Resolver, RegExp, string][] = [
    [
      () => {
        throw new Error('no idea')
      },
      /owner: .*no idea/,
      'RESOLVER_FAILED',
    ],
    [() => undefined, /owner: .*undefined/, 'RESOLVER_FAILED'],
    [() => ({ $key: 1 }), /\$/, 'RESOLVER_FAILED'],
    [async () => 1, /Promise/, 'RESOLVER_FAILED'],
    [(values) => (values as unknown[]).reverse(), /./, 'RESOLVER_FAILED'],
    [() => ++calls, /owner: .*two values/, 'IMPURE_RESOLVER'],
  ]
  for (const [resolver, message, code] of failing) {
    const [a] = conflict({ at: new Date(1), seal: new Uint8Array([1]), list: [1] }, 'x', resolver)
    assert.deepEqual(a.settle(), [])
    const [listed] = a.conflicts.list(a.handle).conflicts
    assert.equal(listed?.error?.code, code)
    assert.match(String(listed?.error?.message), message)
    const before = calls
    assert.deepEqual(a.settle(), [])
    assert.equal(calls, before, 'nobody asks again about the same conflict')
  }
})

test("a resolver gets all values with who wrote them, the shown one last, and can't change them", () => {
  const seen: unknown[] = []
  const resolver: Resolver = (values, path) => {
    seen.push(
      values.map(({ value, authors, actor }) => ({ value, authors, actor })),
      path,
      values.every(Object.isFrozen),
    )
    return { chosen: values[0]?.value as string }
  }
  assert.deepEqual(settled('first', 'second', resolver), { chosen: 'first' })
  assert.deepEqual(seen.slice(0, 3), [
    [
      { value: 'first', authors: ['/user/a1'], actor: 'a1' },
      { value: 'second', authors: ['/user/a2'], actor: 'a2' },
    ],
    ['owner'],
    true,
  ])
})

test('a decision is for one of the values or another, and says who made it', () => {
  for (const [choice, result] of [
    [{ index: 0 }, 'first'],
    [{ index: 1 }, 'second'],
    [{ value: ['both'] }, ['both']],
  ] as const) {
    const [a, b] = conflict('first', 'second', 'manual')
    assert.deepEqual(a.settle(), [])
    assert.equal(a.conflicts.list(a.handle).conflicts[0]?.rule, 'manual')
    a.decide(['owner'], choice, 7_000)
    b.merge(a)
    assert.deepEqual(b.read(['owner']), result)
    assert.deepEqual(b.open(), [])
    const [hash] = a.handle.getHeads()
    const { message, time } = a.handle.getDecodedChangeByHash(String(hash)) as {
      message: string
      time: number
    }
    assert.deepEqual(
      { message, time },
      { message: '{"v":1,"by":[["/user/a1",null,1]],"decides":1}', time: 7 },
    )
  }
})

test('a hidden container that is decided for comes with what was done in it', () => {
  const [a] = conflict({ a: 1 }, { b: 1 }, 'manual')
  const [hidden] = a.handle.getAll('_root', 'owner')
  a.change((handle) => handle.put(String(hidden?.[1]), 'later', true))
  a.decide(['owner'], { index: 0 })
  assert.deepEqual(a.read(['owner']), { a: 1, later: true })
})

test('a decision about what is not there any more is refused, and one that came late leaves what it did not see', () => {
  const [a, b] = conflict('first', 'second', 'manual')
  const [listed] = a.conflicts.list(a.handle).conflicts as unknown as [Conflict]
  const by = { author: '/user/x', nowMs: 0 }
  assert.throws(() => a.conflicts.decide(a.handle, listed, { op: '1@aa' }, by), { code: 'CONFLICT_GONE' })
  assert.throws(() => a.conflicts.decide(a.handle, { ...listed, path: ['tags', 9] }, { value: 1 }, by), {
    code: 'CONFLICT_GONE',
  })
  assert.throws(() => a.conflicts.decide(a.handle, { ...listed, path: ['none', 'x'] }, { value: 1 }, by), {
    code: 'CONFLICT_GONE',
  })
  assert.throws(() => a.conflicts.decide(a.handle, listed, { value: undefined }, by), {
    code: 'INVALID_VALUE',
  })

  const third = b.handle.fork(
    'c1',
    b.handle
      .getChangesMeta([])
      .filter(({ deps }) => deps.length === 0)
      .map(({ hash }) => hash),
  )
  third.put('_root', 'owner', 'third')
  third.commit(undefined, 1)
  a.take(third)
  a.apply(a.conflicts.decide(a.handle, listed, { value: 'decided' }, by))
  const [left] = a.conflicts.list(a.handle).conflicts
  assert.deepEqual(left?.values.map(({ value }) => value).sort(), ['decided', 'third'])

  b.write(['owner'], 'over')
  assert.throws(() => b.conflicts.decide(b.handle, listed, { value: 1 }, by), { code: 'CONFLICT_GONE' })
})

test('more conflicts than a call settles or lists are settled and listed by the next', () => {
  const keys = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, 0]))
  const all = replicas(2, keys, { '**': 'highest' }) as Two
  for (const [index, { handle }] of all.entries()) {
    for (const key of Object.keys(keys)) handle.put('_root', key, index + 1)
    handle.commit(undefined, 1)
  }
  gossip(all)
  const [a] = all
  const listed = a.conflicts.list(a.handle, { limit: 10 })
  assert.deepEqual([listed.conflicts.length, listed.complete], [10, false])
  for (const expected of [
    [10, true],
    [10, true],
    [10, false],
    [0, false],
  ]) {
    const { resolutions, more } = a.conflicts.settle(a.handle, { limit: 10 })
    a.apply(...resolutions)
    assert.deepEqual([resolutions.length, more], expected)
  }
  assert.deepEqual(a.open(), [])
})

test('another replica takes a resolution as it takes any change from elsewhere', () => {
  const options = { id: 'agent-state/a', type: 'agent-state', initial: { owner: 'nobody', list: [1, 2] } }
  const [a, b] = ['a1', 'b1'].map((actor) =>
    Document.create<{ owner: unknown; list: unknown[] }>({ ...options, actor: actor.repeat(16) }),
  ) as [Document<{ owner: unknown; list: unknown[] }>, Document<{ owner: unknown; list: unknown[] }>]
  const conflicts = new Conflicts({ owner: 'union', 'list/*': 'lowest' })
  conflicts.list(a.handle)
  a.onPatches((patches) => conflicts.note(() => a.handle, patches))
  const [one, two] = [a, b].map((document, index) => {
    document.edit(
      (draft) => {
        draft.owner = { [`k${index}`]: new Text('x') }
        draft.list[1] = 5 + index
      },
      { author: '/user/x' },
    )
    return document.commit(1_000)?.bytes as Uint8Array
  }) as [Uint8Array, Uint8Array]
  a.receive([two])
  b.receive([one])
  const { resolutions } = conflicts.settle(a.handle)
  assert.equal(resolutions.length, 2)
  for (const { bytes, hash } of resolutions) {
    assert.deepEqual(
      a.applyOwn(bytes).applied.map((change) => change.hash),
      [hash],
    )
    assert.deepEqual(
      b.receive([bytes]).applied.map((change) => change.hash),
      [hash],
    )
  }
  assert.deepEqual(b.view(), a.view())
  assert.deepEqual(Object.keys(b.view().owner as object).sort(), ['k0', 'k1'])
  assert.deepEqual(b.view().list, [1, 5])
})
