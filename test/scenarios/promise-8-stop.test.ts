/**
 * Promise 8: stop is ordered: reverse start order, a deadline each, then forced. Signals drain.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { child, SystemStoppedError, supervisor } from '../../runtime/index.ts'
import { Counter, Recorder } from '../actors-under-test/basics.ts'
import { BadStopper, Worker } from '../actors-under-test/supervised.ts'
import { exitsOf, PLACES, startSystem } from '../support/systems.ts'
import { errorOf, until } from '../support/until.ts'

for (const { place, threads } of PLACES) {
  test(`children ${place} are stopped one after the other in reverse order of their start`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const Team = supervisor({
      children: { a: child(Worker, [log, 10]), b: child(Worker, [log]), c: child(Worker, [log, 20]) },
    })
    const team = await system.spawn(Team, { name: 'team' })
    await system.stop(team)
    assert.deepEqual(await log.ask.heard(), [
      'start a',
      'start b',
      'start c',
      'stop c stopped',
      'stop b stopped',
      'stop a stopped',
    ])
    assert.equal(await system.lookup('/user/team'), undefined)
  })

  test(`what waits for an actor ${place} is worked off before a shutdown`, async () => {
    const system = await startSystem({ threads, limits: { drainMs: 5_000 } })
    const counter = await system.spawn(Counter)
    const worker = await system.spawn(Worker)
    const working = [worker.ask.work(30), worker.ask.work(30)]
    for (let i = 0; i < 100; i++) counter.tell.add(1)
    const total = counter.ask.total()
    await system.shutdown()
    assert.equal(await total, 100)
    assert.deepEqual(await Promise.all(working), ['done', 'done'])
  })

  test(`an actor ${place} finishes its turn before it stops`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 5_000 } })
    const worker = await system.spawn(Worker, { name: 'worker' })
    const working = worker.ask.work(60)
    await until('it works', async () =>
      (await system.inspect()).some(({ path, turns }) => path === '/user/worker' && turns > 0),
    )
    await system.stop(worker)
    assert.equal(await working, 'done')
  })

  test(`an actor ${place} whose onStop never ends, or throws, is ended all the same`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 50 } })
    for (const how of ['never', 'throws'] as const) {
      const stopper = await system.spawn(BadStopper, { args: [how] })
      const exits = exitsOf(system, stopper)
      await system.stop(stopper)
      await until('it is gone', () => exits.length > 0)
    }
  })

  test(`an actor ${place} may have a deadline of its own for its end`, async () => {
    await using system = await startSystem({ threads, limits: { shutdownMs: 60_000 } })
    const stopper = await system.spawn(BadStopper, { args: ['never'], shutdownMs: 20 })
    stopper.tell.never()
    await system.stop(stopper)
    assert.equal((await errorOf(stopper.ask.ping())).code, 'ACTOR_GONE')
  })
}

test('a shutdown ends all, may be asked for twice, and what comes afterwards is refused', async () => {
  const system = await startSystem({ threads: 1 })
  const counter = await system.spawn(Counter)
  const exits = exitsOf(system, counter)
  await Promise.all([system.shutdown(), system.shutdown()])
  await system.shutdown()
  assert.equal(exits.length, 1)
  for (const refused of [system.spawn(Counter), system.lookup('/user')])
    assert.ok((await errorOf(refused)) instanceof SystemStoppedError)
  counter.tell.add(1)
  assert.equal((await errorOf(counter.ask.add(1))).code, 'ACTOR_GONE')
})

test('a system that is used with "await using" ends with its block', async () => {
  let counter: { ask: { add(n: number): Promise<number> } }
  {
    await using system = await startSystem()
    counter = await system.spawn(Counter)
  }
  assert.equal((await errorOf(counter.ask.add(1))).code, 'ACTOR_GONE')
})

/** A process with a system that waits for a signal, and the lines that it writes. */
async function systemProcess(mode: string) {
  const program = fork(new URL('../support/signalled-process.ts', import.meta.url), [mode], { silent: true })
  const lines: string[] = []
  createInterface(program.stdout!).on('line', (line) => void lines.push(line))
  const exited = once(program, 'exit') as Promise<[code: number | null, signal: string | null]>
  await until('it is ready', () => lines.includes('ready'))
  return { program, lines, exited }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  test(`${signal} lets actors finish what waits, stops them in order and ends the process`, async () => {
    const { program, lines, exited } = await systemProcess('orderly')
    program.kill(signal)
    assert.deepEqual(await exited, [code, null])
    assert.deepEqual(lines, ['ready', 'worked', 'stopped b', 'stopped a'])
  })

test('a second signal ends the process at once', async () => {
  const { program, lines, exited } = await systemProcess('stuck')
  program.kill('SIGINT')
  await until('it is shutting down', () => lines.includes('stopping'))
  // One that follows the first at once is taken for its echo from a process above, however often it comes.
  const again = setInterval(() => program.kill('SIGINT'), 50)
  assert.deepEqual(await exited, [130, null])
  clearInterval(again)
})
