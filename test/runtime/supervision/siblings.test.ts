/** Children without names are found, stopped in order and forgotten, however many there are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Counter } from '../../actors-under-test/basics.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes in use once what nobody holds has been collected. */
function heapUsed(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

test('children that stop leave the others in the order of their start', async () => {
  await using system = await startSystem()
  const refs = await Promise.all(Array.from({ length: 5 }, () => system.spawn(Counter)))
  const paths = refs.map(({ path }) => path)
  const shown = async () =>
    (await system.inspect()).map(({ path }) => path).filter((path) => path.startsWith('/user/'))
  for (const gone of [2, 0, 4]) await system.stop(refs[gone]!)
  assert.deepEqual(await shown(), [paths[1], paths[3]])
  const last = await system.spawn(Counter)
  assert.deepEqual(await shown(), [paths[1], paths[3], last.path])
  assert.ok((await system.lookup(paths[3]!))?.equals(refs[3]!))
  assert.equal(await system.lookup(paths[2]!), undefined)
})

test('children are stopped the newest first, also when most of those before them are gone', async () => {
  const system = await startSystem()
  const refs = await Promise.all(Array.from({ length: 300 }, () => system.spawn(Counter)))
  const left = refs.filter((_, index) => index % 7 === 3)
  for (const ref of refs) if (!left.includes(ref)) await system.stop(ref)
  left.push(...(await Promise.all(Array.from({ length: 3 }, () => system.spawn(Counter)))))
  await system.stop(left.shift()!)
  const exits = collect(system, 'exit')
  await system.shutdown()
  assert.deepEqual(
    exits.map(({ path }) => path).filter((path) => path.startsWith('/user/')),
    left.reverse().map(({ path }) => path),
  )
})

test('actors that are gone take no memory', async () => {
  await using system = await startSystem()
  const counters = async (): Promise<void> => {
    const refs = await Promise.all(Array.from({ length: 20_000 }, () => system.spawn(Counter)))
    await Promise.all(refs.map((ref) => ref.ask.add(1)))
    await Promise.all(refs.map((ref) => system.stop(ref)))
  }
  await counters()
  const before = heapUsed()
  for (let round = 0; round < 5; round++) await counters()
  // 100,000 actors would take at least 20 MB if anything led to them.
  await until('the collector has found them', () => heapUsed() - before < 5_000_000)
})
