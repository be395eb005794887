import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryWatch } from '../../../runtime/threads/memory-watch.ts'
import { Pulses } from '../../../runtime/threads/pulses.ts'
import { Counter } from '../../actors-under-test/basics.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'

/** A watch over threads 1 to 3, of which the second uses most; tells which it would replace. */
function watchAt(rssMb: number, threads = [1, 2, 3]) {
  const clock = new FakeClock()
  const pulses = new Pulses()
  pulses.row(1).memoryKb = { heap: 100, external: 0 }
  pulses.row(2).memoryKb = { heap: 10, external: 500 }
  pulses.row(3).memoryKb = { heap: 300, external: 100 }
  const replaced: { thread: number; limitMb: number }[] = []
  const watch = new MemoryWatch(
    clock,
    pulses,
    rssMb,
    () => threads,
    (thread, rss, limitMb) => {
      assert.ok(rss > limitMb)
      replaced.push({ thread, limitMb })
    },
  )
  watch.start()
  return { clock, watch, replaced }
}

test('the thread that uses most is replaced where the process uses more than its limit, and not again at once', () => {
  const { clock, replaced } = watchAt(1)
  clock.advance(1_000)
  assert.deepEqual(replaced, [{ thread: 2, limitMb: 1 }])
  clock.advance(9_000)
  assert.equal(replaced.length, 1, 'memory needs some time to come back')
  clock.advance(1_000)
  assert.equal(replaced.length, 2)
})

test('no thread is replaced below the limit, without threads, or after the end', () => {
  for (const { clock, watch, replaced } of [watchAt(1_000_000), watchAt(0), watchAt(1, [])]) {
    clock.advance(5_000)
    watch.stop()
    clock.advance(60_000)
    assert.deepEqual(replaced, [])
    assert.equal(clock.timers, 0)
  }
})

test('a system whose process uses too much replaces a thread and says why', async () => {
  await using system = await startSystem({ threads: 1, limits: { rssMb: 1 } })
  const losses = collect(system, 'threadLost')
  const counter = await system.spawn(Counter)
  await until('a thread is replaced', () => losses.length > 0)
  assert.match(losses[0]!.reason, /^the process uses \d+ MB of 1 MB, most of it here$/)
  assert.equal(await counter.within(10_000).ask.add(1), 1)
})
