/** Validators that agree under faults of all kinds, and with some that lie. */
import { simulate } from '../../test/protocols/consensus/simulator/simulation.ts'
import type { Simulation } from './simulation.ts'

/** A simulation for a number of validators, each with a name of its own. */
function simulationOf(name: string, n: number): Simulation {
  return {
    name,
    about: `${n} validators agree on one chain, whatever fails and whoever lies among less than a third`,
    run(seed, trace) {
      const { failures, traceHash, heights, epochs, messages, accused } = simulate(seed, { n, trace })
      return { failures, traceHash, counts: { heights, epochs, messages, accused } }
    },
  }
}

export const consensus: readonly Simulation[] = [
  simulationOf('consensus', 4),
  simulationOf('consensus-21', 21),
]
