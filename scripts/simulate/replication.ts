/** Replicas of a document under loss, reordering, cuts, stalls and crashes. */
import { simulate } from '../../test/protocols/replication/simulation/simulation.ts'
import type { Simulation } from './simulation.ts'

export const replication: Simulation = {
  name: 'replication',
  about: 'replicas of a document become equal, and silent, whatever happens to messages, links and replicas',
  run(seed, trace) {
    const { failures, traceHash, replicas, changes, messages, lost } = simulate(seed, { trace })
    return { failures, traceHash, counts: { replicas, changes, messages, lost } }
  },
}
