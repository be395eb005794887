import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CausalDelivery } from '../../../protocols/causality/causal-delivery.ts'
import type { CausalLimits } from '../../../protocols/causality/limits.ts'
import type { CausalOperation } from '../../../protocols/causality/operation.ts'
import { MAX_CLOCK_ENTRIES, VectorClock } from '../../../protocols/causality/vector-clock.ts'
import { InvalidOperationError, InvalidOptionError } from '../../../protocols/errors.ts'
import { histories, id, operation, pasts, text } from './histories.ts'

const delivery = (limits: Partial<CausalLimits> = {}) => new CausalDelivery<CausalOperation>({ limits })

/** Applies all that can be applied, and names it in its order. */
function drain(from: CausalDelivery<CausalOperation>): string[] {
  const applied: string[] = []
  for (let next = from.take(); next !== undefined; next = from.take()) {
    from.commit(next)
    applied.push(text(next.id))
  }
  return applied
}

const outcome = (of: CausalDelivery<CausalOperation>, ...args: Parameters<typeof operation>) =>
  of.receive(operation(...args)).outcome

const missing = (of: CausalDelivery<CausalOperation>, max?: number) => of.missing(max).map(text)

test('an operation waits for what it depends on and for the one before it of its node', () => {
  const d = delivery()
  assert.equal(outcome(d, 'a', 2, 'b:1'), 'waiting')
  assert.equal(outcome(d, 'a', 1), 'ready')
  assert.deepEqual(drain(d), ['a:1'])
  assert.equal(d.waiting, 1)
  assert.equal(outcome(d, 'b', 1), 'ready')
  assert.deepEqual(drain(d), ['b:1', 'a:2'])
  assert.equal(d.waiting, 0)
  assert.deepEqual(d.applied.toJSON(), { a: 2, b: 1 })
})

test('what is applied, ready, taken or waiting is a duplicate when it comes again', () => {
  const d = delivery()
  outcome(d, 'a', 1)
  assert.equal(outcome(d, 'a', 1), 'duplicate')
  const taken = d.take()!
  assert.equal(outcome(d, 'a', 1), 'duplicate')
  d.commit(taken)
  assert.equal(outcome(d, 'a', 1), 'duplicate')
  outcome(d, 'a', 3)
  assert.equal(outcome(d, 'a', 3), 'duplicate')
  assert.deepEqual(drain(d), [])
  assert.deepEqual(missing(d), ['a:2'])
})

test('an operation that was abandoned is missing, and what depends on it waits until it comes again', () => {
  const d = delivery()
  outcome(d, 'a', 2)
  outcome(d, 'a', 1)
  d.abandon(d.take()!)
  assert.deepEqual(missing(d), ['a:1'])
  assert.equal(outcome(d, 'a', 1), 'ready')
  assert.deepEqual(drain(d), ['a:1', 'a:2'])
})

test('what an earlier life applied is not applied again', () => {
  const d = new CausalDelivery<CausalOperation>({ applied: new VectorClock([['a', 5]]) })
  assert.equal(outcome(d, 'a', 5), 'duplicate')
  assert.deepEqual(missing(d), [])
  assert.equal(outcome(d, 'a', 6, 'a:5'), 'ready')
})

test('missing names the oldest of each node first, not what waits here, and no more than asked', () => {
  const d = delivery()
  outcome(d, 'a', 1_000_000)
  outcome(d, 'b', 3, 'c:2', 'd:1')
  outcome(d, 'a', 2)
  assert.deepEqual(missing(d, 8), ['a:1', 'b:1', 'c:1', 'd:1', 'a:3', 'b:2', 'c:2', 'a:4'])
  assert.deepEqual(missing(d, 3), ['a:1', 'b:1', 'c:1'])
  assert.deepEqual(missing(d, 3), ['d:1', 'a:1', 'b:1'])
  assert.deepEqual(missing(d, 1), ['c:1'])
  assert.throws(() => missing(d, 0), InvalidOptionError)
  assert.equal(missing(d).length, 1_000)
  assert.ok(
    d
      .missing(5, [id('z', 1)])
      .map(text)
      .includes('z:1'),
  )
})

test('a dependency that is applied meanwhile is no longer missing', () => {
  const d = delivery()
  outcome(d, 'a', 1, 'b:1', 'c:1')
  outcome(d, 'c', 1)
  drain(d)
  assert.deepEqual(missing(d), ['b:1'])
})

test('at the bound the newest of the sender that holds most goes, is told, and is missing', () => {
  const d = delivery({ waiting: 4, dependencies: 1 })
  for (const counter of [2, 4, 5, 6]) assert.equal(outcome(d, 'flood', counter), 'waiting')
  assert.deepEqual(d.receive(operation('flood', 7)), {
    outcome: 'refused',
    reason: 'buffer-full',
    evicted: [],
  })
  const older = d.receive(operation('flood', 3))
  assert.deepEqual([older.outcome, older.evicted.map((o) => text(o.id))], ['waiting', ['flood:6']])
  const other = d.receive(operation('other', 1, 'x:1'))
  assert.deepEqual([other.outcome, other.evicted.map((o) => text(o.id))], ['waiting', ['flood:5', 'flood:4']])
  assert.deepEqual(d.receive(operation('other', 2)), {
    outcome: 'refused',
    reason: 'buffer-full',
    evicted: [],
  })
  assert.deepEqual(missing(d), ['flood:1', 'other:2', 'x:1', 'flood:4', 'flood:5', 'flood:6', 'flood:7'])
  // What lacks nothing needs no room to wait.
  assert.equal(outcome(d, 'flood', 1), 'ready')
  assert.deepEqual(drain(d), ['flood:1', 'flood:2', 'flood:3'])
  assert.equal(outcome(d, 'flood', 4), 'ready')
})

test('of two senders that hold the same, the one that sends more is refused', () => {
  const d = delivery({ waiting: 4, dependencies: 1 })
  for (const node of ['a', 'b']) for (const counter of [2, 3]) outcome(d, node, counter)
  assert.equal(outcome(d, 'a', 4), 'refused')
  assert.equal(outcome(d, 'b', 4), 'refused')
  assert.equal(d.waiting, 4)
})

test('an operation that was evicted is set free by nothing', () => {
  const d = delivery({ waiting: 2, dependencies: 1 })
  outcome(d, 'a', 1, 'x:1')
  outcome(d, 'b', 1)
  outcome(d, 'c', 1, 'x:1')
  assert.deepEqual(drain(d), ['b:1'])
  assert.equal(d.waiting, 1)
  outcome(d, 'x', 1)
  assert.deepEqual(drain(d), ['x:1', d.applied.get('a') ? 'a:1' : 'c:1'])
})

test('operations of more nodes than a clock counts for are refused', () => {
  const d = delivery()
  for (let i = 1; i < MAX_CLOCK_ENTRIES; i++) outcome(d, `n${i}`, 1)
  assert.deepEqual(d.receive(operation('other', 1)), {
    outcome: 'refused',
    reason: 'too-many-nodes',
    evicted: [],
  })
  drain(d)
  assert.equal(outcome(d, 'n1', 2), 'ready')
})

test('what is no operation is refused and not kept', () => {
  const d = delivery({ dependencies: 2 })
  const refuses = (bad: unknown, reason: RegExp) =>
    assert.throws(
      () => d.receive(bad as CausalOperation),
      (error) => error instanceof InvalidOperationError && reason.test(error.message),
    )
  for (const counter of [0, -1, 1.5, 2 ** 53, '1', undefined])
    refuses({ id: { node: 'a', counter }, dependencies: [] }, /with a counter of 1 or more/)
  for (const node of ['', 5, undefined])
    refuses({ id: { node, counter: 1 }, dependencies: [] }, /the id of an op/)
  refuses({ dependencies: [] }, /the id of an operation has to be/)
  refuses({ id: id('a', 1), dependencies: [null] }, /the id of an operation has to be/)
  refuses({ id: id('a', 1) }, /have to be a list/)
  refuses(operation('a', 1, 'b:1', 'c:1', 'd:1'), /names 3 dependencies, more than limits.dependencies, 2/)
  refuses(operation('a', 2, 'a:2'), /a:2 depends on itself/)
  refuses(operation('a', 2, 'a:3'), /a:2 depends on a later one of its own node/)
  assert.deepEqual([d.waiting, missing(d)], [0, []])
})

test('only the next operation of a node can be committed', () => {
  const d = delivery()
  assert.throws(() => d.commit(operation('a', 2)), /a:2 can't be applied: the next of its node is number 1/)
  d.commit(operation('a', 1))
  assert.throws(() => d.commit(operation('a', 1)), InvalidOperationError)
})

test('a limit that is unknown or out of its range is refused by name', () => {
  assert.throws(
    () => delivery({ wating: 1 } as object),
    /there is no limit "wating"; the limits are waiting, /,
  )
  assert.throws(() => delivery({ dependencies: 0 }), /limits.dependencies has to be a number of 1 or more/)
  assert.throws(() => delivery({ waiting: 5, dependencies: 5 }), InvalidOptionError)
})

for (const [shape, dependencies] of [
  ['each after the one before', (i: number) => [`n${i - 1}:1`]],
  ['all after the first', () => ['n0:1']],
] as const)
  test(`one operation sets ten thousand free, ${shape}`, () => {
    const d = delivery()
    for (let i = 10_000; i > 0; i--) assert.equal(outcome(d, `n${i}`, 1, ...dependencies(i)), 'waiting')
    assert.deepEqual(missing(d), ['n0:1'])
    outcome(d, 'n0', 1)
    const applied = drain(d)
    assert.deepEqual([applied.length, applied[0], d.waiting], [10_001, 'n0:1', 0])
  })

test('one operation sets ten thousand of its own node free', () => {
  const d = delivery()
  for (let i = 10_001; i > 1; i--) outcome(d, 'a', i)
  outcome(d, 'a', 1)
  assert.deepEqual(
    drain(d),
    Array.from({ length: 10_001 }, (_, i) => `a:${i + 1}`),
  )
})

interface Arrival {
  order: number
  lost: boolean
  copies: number
}
const arrivals = fc.array(
  fc.record({ order: fc.nat(), lost: fc.boolean(), copies: fc.integer({ min: 1, max: 3 }) }),
  { minLength: 200, maxLength: 200 },
)

/** What arrives of the operations: in another order, some more than once, some not, but of each node the last. */
function scramble(history: readonly CausalOperation[], how: readonly Arrival[]): CausalOperation[] {
  const last = new Map(history.map(({ id }) => [id.node, id.counter]))
  const sent = history.flatMap((operation, i) => {
    const { lost, copies } = how[i]!
    const isLast = last.get(operation.id.node) === operation.id.counter
    return lost && !isLast ? [] : new Array<CausalOperation>(copies).fill(operation)
  })
  return sent
    .map((operation, i) => ({ operation, order: how[i]!.order }))
    .sort((a, b) => a.order - b.order)
    .map((s) => s.operation)
}

for (const limits of [{}, { waiting: 5, dependencies: 4 }])
  test(`what arrives in any order, twice or not at all is applied once and in causal order${'waiting' in limits ? ', with little room' : ''}`, () => {
    fc.assert(
      fc.property(histories, arrivals, fc.integer({ min: 1, max: 5 }), (history, how, asked) => {
        const d = delivery(limits)
        const applied: string[] = []
        const take = (operations: readonly CausalOperation[]) => {
          for (const operation of operations) {
            d.receive(operation)
            applied.push(...drain(d))
          }
        }
        take(scramble(history, how))
        for (let rounds = 0; ; rounds++) {
          const wanted = missing(d, asked)
          if (wanted.length === 0) break
          // Within as many requests as there are nodes, one brings what can be applied at once.
          assert.ok(rounds <= history.length * 6, 'requests go round without an end')
          take(history.filter(({ id }) => wanted.includes(text(id))))
        }
        const past = pasts(history)
        for (const [at, name] of applied.entries()) {
          const before = new Set(applied.slice(0, at))
          for (const earlier of past.get(name)!)
            assert.ok(before.has(earlier), `${name} came before ${earlier}`)
        }
        assert.deepEqual(applied.toSorted(), history.map(({ id }) => text(id)).toSorted())
        assert.equal(d.waiting, 0)
      }),
      { numRuns: 500 },
    )
  })
