import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPlan, sizeOf, unfinishedOf } from '../../../../scripts/triage/documents/coordination-plan.ts'

for (const letters of [1, 7, 8, 50, 799, 801, 3_023])
  test(`the parts of ${letters} letters have each of them once, and nobody owns one yet`, () => {
    const { parts, ...plan } = newPlan(letters, ['clerk-1', 'clerk-2'])
    const all = Object.values(parts).flatMap(({ from, to }) =>
      Array.from({ length: to - from }, (_, i) => from + i),
    )
    assert.deepEqual(
      all,
      Array.from({ length: letters }, (_, i) => i),
    )
    assert.ok(Object.values(parts).every((part) => sizeOf(part) >= 1 && sizeOf(part) <= 100))
    assert.equal(unfinishedOf({ ...plan, parts }, null).length, Object.keys(parts).length)
    assert.ok(letters < 8 || Object.keys(parts).length >= 4)
  })

test('parts that are done are no more to do', () => {
  const plan = newPlan(80, ['clerk-1'])
  Object.assign(plan.parts[2]!, { owner: 'clerk-1', state: 'taken' })
  Object.assign(plan.parts[5]!, { owner: 'clerk-1', state: 'open' })
  Object.assign(plan.parts[7]!, { owner: 'clerk-1', state: 'done' })
  assert.deepEqual(unfinishedOf(plan, 'clerk-1'), ['2', '5'])
  assert.deepEqual(unfinishedOf(plan, 'clerk-2'), [])
})
