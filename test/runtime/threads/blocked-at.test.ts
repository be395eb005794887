import assert from 'node:assert/strict'
import { test } from 'node:test'
import { framesOf } from '../../../runtime/threads/blocked-at.ts'

const here = new URL('blocked-at.test.ts', import.meta.url).href
const runtime = import.meta.resolve('../../../runtime/actor/turn.ts')

test('of a stack the frames of the program are kept, with places as seen from the working folder', () => {
  const stack = `Error: here
    at <anonymous>:1:1
    at ${here}:1:2
    at Judge.think (${here}:30:7)
    at async Judge.#read [as read] (${here}:40:9)
    at new Judge (file:///elsewhere/judge%20one.js:5:6)
    at eval (eval at judge (${here}:1:1), <anonymous>:1:1)
    at perform (${runtime}:70:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Promise.all (index 0)
    at wasm://wasm/07148c06:wasm-function[0]:0x21
    at mapped (webpack:///src/judge.ts:1:1)`
  assert.deepEqual(framesOf(stack), [
    'test/runtime/threads/blocked-at.test.ts:1:2',
    'test/runtime/threads/blocked-at.test.ts:30:7 in Judge.think',
    'test/runtime/threads/blocked-at.test.ts:40:9 in Judge.#read [as read]',
    '/elsewhere/judge one.js:5:6 in new Judge',
    'webpack:///src/judge.ts:1:1 in mapped',
  ])
})

test('no more than ten frames are kept, and none that is longer than 300 characters', () => {
  const stack = Array.from({ length: 50 }, (_, n) => `    at f${n} (data:${'x'.repeat(1_000)}:1:1)`).join(
    '\n',
  )
  const frames = framesOf(stack)
  assert.equal(frames.length, 10)
  assert.ok(frames.every((frame) => frame.length === 300))
})
