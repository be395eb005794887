/** Asks and restarts on one thread. */
import { atLeast, type Workload, workload } from '../workload.ts'

export const asking: Workload[] = [
  workload({
    name: 'ask',
    about: 'an actor asks another, one ask at a time',
    sizes: { threads: 1, rounds: 3, asks: 200_000 },
    quick: { asks: 50_000 },
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: {
      ask: { unit: 'asks/s', better: 'higher', targets: [atLeast(1.2, 'erlang')] },
      'ask p50': { unit: 'µs', better: 'lower' },
      'ask p99': { unit: 'µs', better: 'lower' },
    },
    load: () => import('../workloads/ask.ts'),
  }),
  workload({
    name: 'ask-in-flight',
    about: 'an actor asks another in waves of 100',
    sizes: { threads: 1, rounds: 3, asks: 500_000, inFlight: 100 },
    quick: { asks: 100_000 },
    peers: ['erlang', 'erlang-one', 'pekko'],
    figures: { 'ask, 100 in flight': { unit: 'asks/s', better: 'higher' } },
    load: () => import('../workloads/ask-in-flight.ts'),
  }),
  workload({
    name: 'restart',
    about: 'an actor throws, its supervisor restarts it, and it answers; 100 actors in turn',
    sizes: { rounds: 3, supervisors: 100, restarts: 20_000 },
    quick: { restarts: 5_000 },
    peers: ['erlang', 'pekko'],
    figures: {
      restart: {
        unit: 'restarts/s',
        better: 'higher',
        targets: [atLeast(100_000)],
        note: 'all on the control thread; with the intensity raised out of reach and no log, in all systems',
      },
      'restart across threads': {
        unit: 'restarts/s',
        better: 'higher',
        against: 'restart',
        note: 'the actors on a worker thread, their supervisors on the control thread',
      },
    },
    load: () => import('../workloads/restart.ts'),
  }),
]
