import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Example } from '../../../actors/agent/model.ts'
import { labelOf, type SpamModel } from '../../../scripts/triage/members.ts'
import { rehearse } from '../../../scripts/triage/rehearse.ts'

const never = new AbortController().signal

/** Knows by heart what it learnt: it is sure of that, and has no opinion of anything else. */
function parrot(): SpamModel<string> {
  let known: readonly Example<string, string>[] = []
  return {
    learn: async (examples) => {
      known = examples
      return { examples: examples.length, epochs: 1, loss: 0 }
    },
    infer: (inputs) =>
      inputs.map((input) => {
        const label = known.find((example) => example.input === input)?.label
        const spam = label === undefined ? 0.5 : label === 'spam' ? 0.99 : 0.01
        return { label: label ?? 'ham', probabilities: [1 - spam, spam] }
      }),
    export: () => assert.fail('not used'),
    import: () => assert.fail('not used'),
  }
}

test('no opinion comes from a model that has learnt the letter, and order is kept', async () => {
  const examples = Array.from({ length: 20 }, (_, i) => ({
    input: `letter ${i}`,
    label: labelOf(i % 2 === 1),
  }))
  assert.deepEqual(await rehearse(parrot, examples, 3, never), new Array(20).fill(0))
  const twice = examples.map((example, i) => ({
    ...example,
    input: `letter ${Math.floor(i / 2)}`,
    label: labelOf(i % 4 > 1),
  }))
  const opinions = await rehearse(parrot, twice, 2, never)
  assert.deepEqual(
    opinions.map((opinion) => opinion > 0),
    twice.map((example) => example.label === 'spam'),
  )
})
