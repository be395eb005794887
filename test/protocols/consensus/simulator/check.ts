/** Runs seeds one after the other; what fails names the command that replays it. */
import assert from 'node:assert/strict'
import { simulate } from './simulation.ts'

interface Seeds {
  /** Of the simulation, as `npm run simulate` knows it. */
  readonly name: string
  readonly n: number
  /** The first one. */
  readonly from: number
  readonly seeds: number
}

export function checkSeeds({ name, n, from, seeds }: Seeds): {
  heights: number
  epochs: number
  accused: number
} {
  const totals = { heights: 0, epochs: 0, accused: 0 }
  for (let seed = from; seed < from + seeds; seed++) {
    const replay = `replay it with: npm run simulate -- ${name} --from ${seed} --seeds 1 --trace`
    let result: ReturnType<typeof simulate>
    try {
      result = simulate(seed, { n })
    } catch (cause) {
      throw new Error(`seed ${seed} fails; ${replay}`, { cause })
    }
    assert.deepEqual(result.failures, [], `seed ${seed} fails; ${replay}`)
    totals.heights += result.heights
    totals.epochs += result.epochs
    totals.accused += result.accused
  }
  return totals
}
