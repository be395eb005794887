/** An actor that waits to be restarted outlives another loss of its thread. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ActorRef, child, supervisor } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Worker } from '../testing/actors.ts'

const modules = [import.meta.resolve('../testing/actors.ts')]

test('a thread that is lost again before its actors are back loses neither their messages nor their watches', async () => {
  await using system = await TestSystem.start({ modules, threads: 1 })
  const team = await system.spawn(
    supervisor({ backoffMs: [1_000, 1_000], children: { worker: child(Worker) } }),
  )
  const worker: ActorRef<Worker> = await team.child('worker')
  const exits: unknown[] = []
  system.watch(worker, (exit) => exits.push(exit))
  await system.loseThread(1)
  await system.advance(100)
  await system.loseThread(1)
  const answer = worker.ask.work('waited')
  await system.advance(1_000)
  assert.equal(await answer, 'waited')
  assert.deepEqual(exits, [])
})
