import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Counters } from '../../../runtime/telemetry/control.ts'
import { readTop, type Snapshot } from '../../../runtime/telemetry/top.ts'
import { actor, counters } from './memory-control.ts'

function snapshot(at: number, counted: Partial<Counters>, actors = [actor('/user/a')]): Snapshot {
  const all = counters(counted)
  return {
    metrics: {
      at,
      rssBytes: 1,
      threadsLost: 0,
      pools: [{ pool: 'default', threads: 1, actors: actors.length, ...all }],
      threads: [
        {
          thread: 1,
          pool: 'default',
          answers: true,
          actors: actors.length,
          heapBytes: 1,
          externalBytes: 1,
          utilization: 0,
          ...all,
        },
      ],
    },
    actors,
  }
}

test('rates are what passed between two readings, per second', () => {
  const wait = (samples: number, sumUs: number) => ({ samples, sumUs, maxUs: 0 })
  const before = snapshot(1_000, { messages: 100, turns: 50, queueWait: wait(10, 1_000) })
  const after = snapshot(3_000, { messages: 500, turns: 150, queued: 7, queueWait: wait(20, 3_000) })
  const reading = readTop(before, after, 'queue', 10)
  assert.equal(reading.overMs, 2_000)
  assert.equal(reading.messagesPerSecond, 200)
  assert.equal(reading.turnsPerSecond, 50)
  assert.equal(reading.queued, 7)
  assert.equal(reading.queueWaitUs, 200)
  assert.equal(reading.pools[0]?.messagesPerSecond, 200)
  assert.equal(reading.threads[0]?.turnsPerSecond, 50)
})

test('a thread that was replaced counts from zero, and never below', () => {
  const reading = readTop(snapshot(0, { turns: 1_000 }), snapshot(1_000, { turns: 30 }), 'queue', 10)
  assert.equal(reading.turnsPerSecond, 30)
})

test('a reading without samples has no waiting time, and two at one moment no infinite rates', () => {
  const reading = readTop(snapshot(0, {}), snapshot(0, { turns: 5 }), 'queue', 10)
  assert.equal(reading.queueWaitUs, null)
  assert.ok(Number.isFinite(reading.turnsPerSecond))
})

test('actors come in the order asked for; equal ones keep their place by path', () => {
  const before = snapshot(0, {}, [actor('/a', { turns: 5 }), actor('/b'), actor('/c')])
  const after = snapshot(1_000, {}, [
    actor('/c', { restarts: 9 }),
    actor('/b', { mailbox: 4, turns: 2 }),
    actor('/a', { turns: 50 }),
    actor('/new', { turns: 1 }),
  ])
  const order = (sort: 'queue' | 'turns' | 'restarts') =>
    readTop(before, after, sort, 3).busiest.map(({ path }) => path)
  assert.deepEqual(order('queue'), ['/b', '/a', '/new'])
  assert.deepEqual(order('turns'), ['/a', '/b', '/new'])
  assert.deepEqual(order('restarts'), ['/c', '/a', '/b'])
})
