/** What happens between threads: messages, asks, stalls, deaths, and idleness. */
import { atLeast, atMost, type Workload, workload } from '../workload.ts'

export const threads: Workload[] = [
  workload({
    name: 'cross-thread',
    about: 'an actor sends texts of 64 bytes to one on another worker thread',
    sizes: { rounds: 3, messages: 500_000, burst: 512 },
    quick: { messages: 100_000 },
    peers: ['node'],
    figures: {
      'cross-thread': {
        unit: 'messages/s',
        better: 'higher',
        targets: [atLeast(1_500_000), atLeast(3, 'node')],
        note: 'the mailbox is bounded at the number of messages; Node sends one postMessage each',
      },
    },
    load: () => import('../workloads/cross-thread.ts'),
  }),
  workload({
    name: 'cross-thread-ask',
    about: 'an actor asks one on another worker thread, one ask at a time',
    sizes: { asks: 20_000 },
    quick: { asks: 5_000 },
    peers: ['node'],
    figures: {
      'cross-thread ask p50': { unit: 'µs', better: 'lower', targets: [atMost(2.5, 'node')] },
      'cross-thread ask p99': { unit: 'µs', better: 'lower' },
    },
    load: () => import('../workloads/cross-thread-ask.ts'),
  }),
  workload({
    name: 'idle-cpu',
    about: 'what a system with two worker threads takes while nothing happens',
    sizes: { threads: 2, seconds: 10 },
    quick: { seconds: 3 },
    maxRuns: 3,
    peers: ['node'],
    figures: { 'idle CPU': { unit: '% of one core', better: 'lower', targets: [atMost(0.5)] } },
    load: () => import('../workloads/idle-cpu.ts'),
  }),
  workload({
    name: 'stall',
    about: 'a handler blocks its thread; until a neighbour on that thread answers again',
    sizes: { stallMs: 1_000 },
    quick: {},
    peers: [],
    figures: {
      'stall, excess over the limit': {
        unit: 'ms',
        better: 'lower',
        note: 'the pool has one thread, so a new one is started',
      },
      'stall, excess, two threads': { unit: 'ms', better: 'lower', note: 'the pool has another thread' },
    },
    load: () => import('../workloads/stall.ts'),
  }),
  workload({
    name: 'thread-death',
    about: 'a worker thread exits; until a pending ask to an actor on it rejects',
    sizes: { rounds: 5 },
    quick: {},
    peers: ['node'],
    figures: {
      'thread death, until a pending ask rejects': {
        unit: 'ms',
        better: 'lower',
        targets: [atMost(100)],
        note: "Node's figure is the time until the worker's exit event",
      },
    },
    load: () => import('../workloads/thread-death.ts'),
  }),
]
