import assert from 'node:assert/strict'
import { test } from 'node:test'
import { busyShare, untilQuiet } from '../../../scripts/bench/quiet.ts'

test('the share of the time in which processors were busy', () => {
  assert.equal(busyShare({ busy: 100, idle: 900 }, { busy: 125, idle: 975 }), 0.25)
  assert.equal(busyShare({ busy: 100, idle: 900 }, { busy: 100, idle: 900 }), 0)
})

test('a machine that is never quiet is not waited for longer than told', async () => {
  const started = performance.now()
  await untilQuiet(0)
  assert.ok(performance.now() - started < 5_000)
})
