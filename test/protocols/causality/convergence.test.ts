import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'
import { Simulation, type World } from './simulator.ts'

async function simulate(world: World): Promise<Simulation> {
  const simulation = new Simulation(world)
  await simulation.run()
  return simulation
}

/** All nodes have the same, each applied everything after its past, and clocks tell the same order. */
function check({ nodes, pasts, world }: Simulation): void {
  const clocks = new Map(
    [...nodes[0]!.log].map(([key, { timestamp }]) => [key, VectorClock.decode(timestamp)] as const),
  )
  for (const { name, log, manager } of nodes) {
    assert.deepEqual([...log.keys()].sort(), [...pasts.keys()].sort())
    assert.deepEqual(manager.clock.toJSON(), expectedClock(world))
    const before = new Set<string>()
    for (const key of log.keys()) {
      for (const earlier of pasts.get(key)!)
        assert.ok(before.has(earlier), `${name}: ${key} before ${earlier}`)
      before.add(key)
    }
  }
  for (const [key, past] of pasts)
    for (const [other, clock] of clocks)
      assert.equal(clock.compare(clocks.get(key)!) === 'before', past.has(other), `${other} before ${key}`)
}

const expectedClock = ({ nodes, edits }: World) =>
  Object.fromEntries(Array.from({ length: nodes }, (_, i) => [`n${i}`, edits]))

const worlds = fc.record({
  seed: fc.integer(),
  nodes: fc.integer({ min: 3, max: 7 }),
  edits: fc.integer({ min: 1, max: 12 }),
  loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
  twice: fc.double({ min: 0, max: 0.5, noNaN: true }),
  failures: fc.double({ min: 0, max: 0.3, noNaN: true }),
  restarts: fc.boolean(),
  limits: fc.constantFrom({}, { waiting: 8, dependencies: 7 }),
})

test('whatever the network does, all nodes end with the same operations, each in causal order', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => check(await simulate(world))),
    { numRuns: 25 },
  )
})

const HARD: World = {
  seed: 7,
  nodes: 5,
  edits: 12,
  loss: 0.4,
  twice: 0.4,
  failures: 0.2,
  restarts: true,
  limits: { waiting: 6, dependencies: 5 },
}

test('a hard world has all the faults that it is there for', async () => {
  const simulation = await simulate(HARD)
  check(simulation)
  for (const [fault, times] of Object.entries(simulation.seen)) assert.ok(times > 0, `no ${fault}`)
})

test('the same seed gives the same trace, and another seed another', async () => {
  const [first, again, other] = [
    await simulate(HARD),
    await simulate(HARD),
    await simulate({ ...HARD, seed: 8 }),
  ]
  assert.deepEqual(first.trace, again.trace)
  assert.notDeepEqual(first.trace, other.trace)
})
