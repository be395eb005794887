import assert from 'node:assert/strict'
import { test } from 'node:test'
import { replicas } from '../../../actors/replica/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Planner } from './planners.ts'

const MODULE = import.meta.resolve('./planners.ts')

async function run(seed: number): Promise<{ hash: string; tasks: string[] }> {
  await using system = await TestSystem.start({
    ...{ modules: [MODULE], threads: 3, seed },
    services: [replicas({ storage: 'volatile' })],
  })
  const opened = Promise.all([1, 2, 3].map((thread) => system.spawn(Planner, { thread })))
  await system.advance(1_000)
  const team = await opened
  const added = Promise.all(
    team.flatMap((planner, p) => [1, 2, 3].map((i) => planner.ask.add([`${p}-${i}`]))),
  )
  await system.advance(5_000)
  await added
  await system.loseThread(2)
  await system.advance(20_000)
  const tasks = team[1]!.ask.tasks()
  await system.settle()
  return { hash: system.traceHash(), tasks: await tasks }
}

test('documents in virtual time do the same with the same seed, also over the loss of a thread', async () => {
  const [first, again, other] = [await run(5), await run(5), await run(6)]
  assert.equal(first.tasks.length, 9)
  assert.deepEqual(again, first)
  assert.notEqual(other.hash, first.hash)
  assert.deepEqual([...other.tasks].sort(), [...first.tasks].sort())
})
