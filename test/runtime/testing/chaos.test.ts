import { test } from 'node:test'
import { Scenario } from './chaos.ts'

const SEEDS = 200
const FILE = 'test/runtime/testing/chaos.test.ts'
/** One seed alone, to replay it. */
const only = process.env.NEUROPLEX_SEED

test('a supervised tree keeps its promises under crashes, stalls and lost threads', async () => {
  const seeds = only === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(only)]
  for (const seed of seeds)
    try {
      await Scenario.run(seed)
    } catch (cause) {
      throw new Error(`seed ${seed} fails; replay it with: NEUROPLEX_SEED=${seed} node --test ${FILE}`, {
        cause,
      })
    }
})
