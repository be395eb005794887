import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RestartWindow } from '../../../../protocols/restart/intensity.ts'
import { decide, describeEnding, exitCode } from '../../../../runtime/cli/run/ending.ts'

const code = (value: number) => ({ code: value, signal: null })
const killed = { code: null, signal: 'SIGKILL' as const }

test('a node that ends well, or is stopped, stays down', () => {
  const window = new RestartWindow({ restarts: 5, withinMs: 1_000 })
  assert.equal(decide(code(0), false, window, 0), 'end')
  assert.equal(decide(code(2), false, window, 0), 'end', 'a wrong command line stays wrong')
  assert.equal(decide(killed, true, window, 0), 'end')
  assert.equal(window.total, 0)
})

test('a node that crashes is started again within the budget', () => {
  const window = new RestartWindow({ restarts: 2, withinMs: 1_000 })
  assert.equal(decide(killed, false, window, 0), 'restart')
  assert.equal(decide(code(70), false, window, 500), 'restart')
  assert.equal(decide(code(1), false, window, 900), 'give-up')
  assert.equal(decide(code(1), false, window, 2_000), 'restart')
})

test('a signal becomes the exit code that a shell reports', () => {
  assert.equal(exitCode(killed), 137)
  assert.equal(exitCode(code(70)), 70)
  assert.equal(exitCode({ code: null, signal: null }), 1)
  assert.equal(describeEnding(killed), 'SIGKILL')
  assert.equal(describeEnding(code(70)), 'exit code 70')
})
