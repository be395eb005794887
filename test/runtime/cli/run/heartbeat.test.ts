import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HeartbeatWatch, type Verdict } from '../../../../runtime/cli/run/heartbeat.ts'

const LIMITS = {
  heartbeatEveryMs: 500,
  heartbeatLimitMs: 10_000,
  firstHeartbeatMs: 30_000,
  thrashWindowMs: 60_000,
  minHeartbeatShare: 0.25,
}

/** Asks every half second up to `until`, with heartbeats at these times, and tells the first verdict that is bad. */
function watch(beats: (at: number) => boolean, until: number): { verdict: Verdict; at: number } {
  const heartbeat = new HeartbeatWatch(LIMITS, 0)
  for (let at = 500; at <= until; at += 500) {
    if (beats(at)) heartbeat.beat(at)
    const verdict = heartbeat.judge(at)
    if (verdict !== 'alive') return { verdict, at }
  }
  return { verdict: 'alive', at: until }
}

test('a steady heart is alive', () => {
  assert.equal(watch(() => true, 600_000).verdict, 'alive')
})

test('a heart that stops is blocked after the limit', () => {
  assert.deepEqual(
    watch((at) => at <= 5_000, 600_000),
    { verdict: 'blocked', at: 15_500 },
  )
})

test('a node has longer until its first heartbeat', () => {
  assert.deepEqual(
    watch(() => false, 600_000),
    { verdict: 'blocked', at: 30_500 },
  )
  assert.equal(watch((at) => at >= 29_000, 60_000).verdict, 'alive')
})

test('a heart that only beats now and then is thrashing', () => {
  assert.equal(watch((at) => at % 4_000 === 0, 300_000).verdict, 'thrashing')
  assert.equal(watch((at) => at % 1_500 === 0, 300_000).verdict, 'alive')
})

test('time in which the watcher itself was held up does not count', () => {
  const heartbeat = new HeartbeatWatch(LIMITS, 0)
  heartbeat.beat(500)
  assert.equal(heartbeat.judge(500), 'alive')
  assert.equal(heartbeat.judge(3_600_000), 'alive', 'the machine was suspended for an hour')
  for (let at = 3_600_500; at <= 3_609_500; at += 500) assert.equal(heartbeat.judge(at), 'alive')
  heartbeat.judge(3_610_000)
  assert.equal(heartbeat.judge(3_610_500), 'blocked')
})
