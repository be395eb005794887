/** Starting actors, and what one costs that does nothing. */
import { atLeast, atMost, type Workload, workload } from '../workload.ts'

export const spawning: Workload[] = [
  workload({
    name: 'spawn',
    about: '1,000,000 actors are started that then wait',
    sizes: { threads: 1, actors: 1_000_000 },
    quick: { actors: 100_000 },
    maxRuns: 3,
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: { spawn: { unit: 'actors/s', better: 'higher', targets: [atLeast(4, 'erlang')] } },
    load: () => import('../workloads/spawn.ts'),
  }),
  workload({
    name: 'idle-actor',
    about: 'what one of 1,000,000 waiting actors takes',
    sizes: { threads: 1, actors: 1_000_000 },
    quick: { actors: 100_000 },
    maxRuns: 3,
    nodeOptions: ['--expose-gc'],
    peers: ['erlang', 'pekko'],
    figures: {
      'idle actor, RSS': {
        unit: 'bytes',
        better: 'lower',
        targets: [atMost(600)],
        note: 'after a collection',
      },
      'idle actor, heap': {
        unit: 'bytes',
        better: 'lower',
        targets: [atMost(600)],
        note: 'after a collection',
      },
    },
    load: () => import('../workloads/idle-actor.ts'),
  }),
]
