import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MaxHeap } from '../../../protocols/causality/max-heap.ts'

test('an empty heap has no largest, also after one was taken away', () => {
  const heap = new MaxHeap([])
  heap.pop()
  assert.deepEqual([heap.top, heap.size], [undefined, 0])
})

test('whatever goes in and out, the top is the largest', () => {
  const steps = fc.array(fc.oneof(fc.nat(50), fc.constant('pop' as const)), { maxLength: 200 })
  fc.assert(
    fc.property(fc.array(fc.nat(50)), steps, (first, then) => {
      const heap = new MaxHeap(first)
      const sorted = [...first]
      for (const step of then) {
        sorted.sort((a, b) => a - b)
        assert.deepEqual([heap.top, heap.size], [sorted.at(-1), sorted.length])
        if (step === 'pop') {
          heap.pop()
          sorted.pop()
        } else {
          heap.push(step)
          sorted.push(step)
        }
      }
    }),
  )
})
