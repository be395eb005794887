/** Replicas that write, hear of each other and settle in any order come to the same end. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonical } from '../../../../actors/replica/conflicts/canonical.ts'
import type { Path } from '../../../../actors/replica/conflicts/conflict.ts'
import { Conflicts } from '../../../../actors/replica/conflicts/conflicts.ts'
import type { Resolver } from '../../../../actors/replica/conflicts/resolver.ts'
import type { PolicyName } from '../../../../actors/replica/conflicts/rules.ts'
import { createHandle, type Handle } from '../../../../actors/replica/document/automerge.ts'
import type { Data } from '../../../../actors/replica/document/data.ts'
import { anyScalar, anyValue } from '../versions/documents.ts'
import { quiesce, type Replica, replicas } from './replicas.ts'

const PATHS: readonly Path[] = [['owner'], ['plan', 'budget'], ['tags', 1]]

type Step =
  | { readonly kind: 'write'; readonly who: number; readonly where: number; readonly value: unknown }
  | { readonly kind: 'hear'; readonly who: number; readonly from: number }
  | { readonly kind: 'settle'; readonly who: number; readonly from: number }
  | { readonly kind: 'insert'; readonly who: number; readonly value: unknown }

function steps(value: fc.Arbitrary<unknown>): fc.Arbitrary<Step[]> {
  const who = fc.nat(4)
  return fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('write' as const),
          who,
          where: fc.nat(PATHS.length - 1),
          value,
        }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('hear' as const), who, from: who }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), who, from: who }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert' as const), who, value }) },
    ),
    { minLength: 15, maxLength: 60, size: 'max' },
  )
}

/** Runs the steps; gives how many plain changes and the hashes of all resolutions. */
function run(all: readonly Replica[], series: readonly Step[]): { writes: number; written: Set<string> } {
  const written = new Set<string>()
  let writes = 0
  const replica = (number: number) => all[number % all.length] as Replica
  for (const step of series) {
    const one = replica(step.who)
    if (step.kind === 'hear') one.merge(replica(step.from))
    else if (step.kind === 'settle') for (const hash of one.settle()) written.add(hash)
    else {
      writes++
      if (step.kind === 'write') one.write(PATHS[step.where] as Path, step.value as Data)
      else
        one.change((handle) =>
          handle.spliceFromHydrate(String(handle.getWithType('_root', 'tags')?.[1]), 0, 0, [step.value]),
        )
    }
  }
  return { writes, written }
}

function start(count: number, rule: PolicyName | Resolver): Replica[] {
  return replicas(
    count,
    { owner: 'nobody', plan: { budget: 1, steps: ['a', 'b'] }, tags: ['x', 'y', 'z'] },
    { '**': rule },
  )
}

function free(all: readonly Replica[]): void {
  for (const { handle } of all) handle.free()
}

function assertSame(all: readonly Replica[]): void {
  const [first, ...others] = all as [Replica, ...Replica[]]
  const state = canonical(first.read())
  for (const other of others) {
    assert.deepEqual(other.version, first.version)
    assert.equal(canonical(other.read()), state)
  }
  // What was written can be stored and read again.
  const saved = first.handle.saveAndVerify()
  const loaded = createHandle('ff')
  loaded.loadIncremental(saved)
  assert.deepEqual(loaded.getHeads().sort(), first.version)
  loaded.free()
}

const least: Resolver = (values) =>
  [...values].sort((a, b) => (canonical(a.value) < canonical(b.value) ? -1 : 1))[0]?.value
const average: Resolver = (values) =>
  values.reduce((sum, { value }) => sum + Number(value), 0) / values.length
const everything: Resolver = (values) => ({
  all: values.map(({ value }) => value),
  by: values.map(({ authors }) => authors[0] ?? 'a rule'),
})

const SETTLING: readonly [string, PolicyName | Resolver, fc.Arbitrary<unknown>][] = [
  ['highest', 'highest', anyValue],
  ['lowest', 'lowest', anyValue],
  ['union', 'union', anyValue],
  ['a resolver that chooses', least, anyValue],
  [
    'a resolver that computes',
    average,
    fc.oneof(fc.integer(), fc.double({ min: -1e9, max: 1e9, noNaN: true })),
  ],
  ['a resolver that keeps everything', everything, anyScalar],
]

for (const [name, rule, value] of SETTLING)
  test(`${name}: all replicas end equal, without a conflict, after a bounded number of resolutions`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), steps(value), (count, series) => {
        const all = start(count, rule)
        const { writes, written } = run(all, series)
        const rounds = quiesce(all, written)
        assertSame(all)
        for (const replica of all) assert.deepEqual(replica.open(), [])
        assert.ok(written.size <= 3 * writes, `${written.size} resolutions of ${writes} writes`)
        assert.ok(rounds <= 6, `${rounds} rounds`)
        free(all)
      }),
      { numRuns: 30 },
    )
  })

test('the same conflict is settled by the same bytes wherever it is settled, whatever else a replica has done', () => {
  fc.assert(
    fc.property(
      fc.array(anyValue, { minLength: 2, maxLength: 4 }),
      fc.constantFrom<PolicyName | Resolver>('highest', 'lowest', 'union', least),
      (values, rule) => {
        const all = start(values.length, rule)
        for (const [index, value] of values.entries()) all[index]?.write(['owner'], value as Data)
        const writers = all.map(({ handle }) => handle.clone())
        for (const [index, replica] of all.entries()) {
          replica.write(['plan', 'budget'], index)
          for (let more = 0; more < index; more++)
            replica.change((handle) => handle.put('_root', `own ${index}`, more))
          for (const [other, writer] of writers.entries()) if (other !== index) replica.take(writer)
        }
        const settled = all.map(({ handle, conflicts }) => conflicts.settle(handle).resolutions)
        const found = settled.map((resolutions) => resolutions.find(({ path }) => path[0] === 'owner'))
        for (const resolution of found) assert.deepEqual(resolution, found[0])
        free(all)
      },
    ),
    { numRuns: 60 },
  )
})

test('replicas with different rules come to rest as well, and lose no place', () => {
  const rules: readonly (PolicyName | Resolver)[] = [
    'highest',
    'lowest',
    'union',
    least,
    everything,
    'last-writer',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...rules), { minLength: 2, maxLength: 4 }),
      steps(anyScalar),
      (chosen, series) => {
        const all = start(chosen.length, 'last-writer')
        const mixed = all.map((replica, index) => replica.under({ '**': chosen[index] as PolicyName }))
        const { written } = run(mixed, series)
        quiesce(mixed, written)
        assertSame(mixed)
        const state = mixed[0]?.read() as { owner?: unknown; plan: { budget?: unknown } }
        assert.ok('owner' in state && 'budget' in state.plan)
        free(all)
      },
    ),
    { numRuns: 40 },
  )
})

test('a resolver that runs in circles empties no place', () => {
  const beats: Record<string, string> = { rock: 'scissors', scissors: 'paper', paper: 'rock' }
  const all = start(3, (values) => {
    const [a, b] = values.map(({ value }) => String(value)) as [string, string]
    return beats[b] === a ? b : a
  })
  for (const [index, value] of Object.keys(beats).entries()) all[index]?.write(['owner'], value)
  const before = all.map(({ handle }) => handle.clone())
  for (const [index, replica] of all.entries()) replica.take(before[(index + 1) % 3] as Handle)
  const written = new Set(all.flatMap((replica) => replica.settle()))
  assert.equal(written.size, 3)
  quiesce(all, written)
  assertSame(all)
  assert.ok(String(all[0]?.read(['owner'])) in beats)
})

test('decisions at any moment, also about the same conflict, end equal and wait for nobody again', () => {
  const decision = fc.record({
    kind: fc.constant('decide' as const),
    who: fc.nat(4),
    pick: fc.nat(50),
    value: fc.option(anyScalar),
  })
  const rules = fc.constantFrom<PolicyName>('manual', 'keep-all')
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      steps(anyValue),
      fc.array(decision, { maxLength: 30 }),
      rules,
      (count, series, decisions, rule) => {
        const all = start(count, rule)
        const { written } = run(all, series)
        for (const { who, pick, value } of decisions) {
          const replica = all[who % all.length] as Replica
          const { conflicts } = replica.conflicts.list(replica.handle)
          const conflict = conflicts[pick % Math.max(1, conflicts.length)]
          if (conflict)
            replica.decide(
              conflict.path,
              value === null ? { index: pick % conflict.values.length } : { value },
            )
          else replica.merge(all[pick % all.length] as Replica)
        }
        quiesce(all, written)
        // What is still open, one replica decides alone.
        const [first] = all as [Replica]
        for (const { path } of first.conflicts.list(first.handle).conflicts) first.decide(path, { index: 0 })
        quiesce(all, written)
        assertSame(all)
        for (const replica of all) assert.deepEqual(replica.open(), [])
        free(all)
      },
    ),
    { numRuns: 60 },
  )
})

test('what patches tell of is all that there is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), steps(anyValue), (count, series) => {
      const all = start(count, 'keep-all')
      for (const replica of all) replica.conflicts.list(replica.handle)
      run(all, series)
      for (const { handle, conflicts } of all) {
        const told = conflicts.list(handle).conflicts
        const found = new Conflicts({ '**': 'keep-all' }).list(handle).conflicts
        const byPath = (list: typeof told) =>
          [...list].sort((a, b) => (canonical(a.path) < canonical(b.path) ? -1 : 1))
        assert.deepEqual(byPath(told), byPath(found))
      }
      free(all)
    }),
    { numRuns: 60 },
  )
})
