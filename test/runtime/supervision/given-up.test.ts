/** What becomes of the children of a supervisor that nobody brings back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { child, supervisor } from '../../../runtime/index.ts'
import { TestSystem } from '../../../runtime/testing/index.ts'
import { Worker as Slow } from '../../actors-under-test/supervised.ts'
import { Worker } from '../testing/actors.ts'

const modules = [import.meta.resolve('../testing/actors.ts')]
const SLOW = import.meta.resolve('../../actors-under-test/supervised.ts')

for (const threads of [0, 1])
  test(`the children of a supervisor that is given up are gone with it, with ${threads} worker threads`, async () => {
    await using system = await TestSystem.start({ modules, threads })
    const team = await system.spawn(
      supervisor({
        intensity: { restarts: 0, withinMs: 1_000 },
        children: { one: child(Worker), two: child(Worker) },
      }),
      { name: 'team', restart: 'temporary' },
    )
    const refs = [team, await team.child('one'), await team.child('two')]
    const exits: string[] = []
    for (const ref of refs) system.watch(ref, ({ path }) => exits.push(path))
    await system.crash(refs[1]!)
    assert.deepEqual(exits.sort(), ['/user/team', '/user/team/one', '/user/team/two'])
    assert.equal(await system.lookup('/user/team/two'), undefined)
    assert.deepEqual(
      (await system.inspect()).map(({ path }) => path),
      ['/system', '/user'],
    )
  })

for (const threads of [0, 1])
  test(`a child that is being stopped is none of its supervisor's any more, with ${threads} worker threads`, async () => {
    await using system = await TestSystem.start({ modules: [SLOW], threads })
    const team = await system.spawn(supervisor({ children: { slow: child(Slow, [undefined, 200]) } }))
    const stopped = system.stop(await team.child('slow'))
    await system.settle()
    await assert.rejects(team.child('slow'), { code: 'ACTOR_GONE', message: /its children are: none/ })
    assert.deepEqual(await team.children(), [])
    await system.advance(200)
    await stopped
  })
