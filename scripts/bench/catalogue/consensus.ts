/**
 * Consensus, beside CometBFT. Its validators are processes that reach each other by TCP on this machine; those of
 * neuroplex are actors on threads of one process. Both keep votes and blocks durable, and what a transaction does is
 * the same. CometBFT's clients sign nothing.
 */
import { atLeast, atMost, type Workload, workload } from '../workload.ts'

const DIFFERENCE =
  "CometBFT's validators are processes that speak by TCP, neuroplex's are actors in one process"

export const consensus: Workload[] = [
  workload({
    name: 'consensus',
    about: '4 durable validators; transactions of 256 bytes, so many on their way that they are always busy',
    sizes: {
      ...{ validators: 4, threads: 2, bytes: 256, perEnvelope: 100, inFlight: 4_000 },
      ...{ warmSeconds: 3, seconds: 8 },
    },
    quick: { seconds: 4 },
    peers: ['cometbft'],
    figures: {
      consensus: {
        unit: 'tx/s',
        better: 'higher',
        targets: [atLeast(15_000), atLeast(3, 'cometbft')],
        note: `100 transactions under one signature of their client, CometBFT's are not signed; ${DIFFERENCE}`,
      },
      'consensus CPU': { unit: 'µs', better: 'lower', note: 'of all validators for one transaction' },
    },
    maxRuns: 3,
    load: () => import('../workloads/consensus/throughput.ts'),
  }),
  workload({
    name: 'consensus-signed',
    about: 'the same where each transaction is signed by itself, and each validator checks each signature',
    sizes: {
      ...{ validators: 4, threads: 2, bytes: 256, perEnvelope: 1, inFlight: 2_000 },
      ...{ warmSeconds: 3, seconds: 6 },
    },
    quick: { seconds: 3 },
    peers: [],
    figures: { 'consensus, each signed': { unit: 'tx/s', better: 'higher' } },
    maxRuns: 3,
    load: () => import('../workloads/consensus/throughput.ts'),
  }),
  workload({
    name: 'consensus-latency',
    about:
      '4 durable validators; 3,000 transactions of 256 bytes per second, from sending one until it is final',
    sizes: {
      ...{ validators: 4, threads: 2, durable: 1, bytes: 256, perEnvelope: 10, rate: 3_000 },
      ...{ warmSeconds: 3, seconds: 8 },
    },
    quick: { seconds: 4 },
    peers: ['cometbft'],
    figures: {
      'finality p50': { unit: 'ms', better: 'lower' },
      'finality p99': { unit: 'ms', better: 'lower', targets: [atMost(50)], note: DIFFERENCE },
    },
    maxRuns: 3,
    load: () => import('../workloads/consensus/latency.ts'),
  }),
  workload({
    name: 'consensus-21',
    about:
      '21 validators on two threads, not durable; 10,000 transactions of 256 bytes per second, from sending one until it is final',
    sizes: {
      ...{ validators: 21, threads: 2, durable: 0, bytes: 256, perEnvelope: 100, rate: 10_000 },
      ...{ warmSeconds: 5, seconds: 8 },
    },
    quick: { seconds: 4 },
    peers: [],
    figures: {
      'finality p50, n=21': { unit: 'ms', better: 'lower' },
      'finality p99, n=21': { unit: 'ms', better: 'lower', targets: [atMost(100)] },
    },
    maxRuns: 3,
    load: () => import('../workloads/consensus/latency.ts'),
  }),
  workload({
    name: 'consensus-idle',
    about: 'what 4 durable validators take while there is nothing to decide, with a block every 2 seconds',
    sizes: { validators: 4, threads: 1, seconds: 8 },
    quick: { seconds: 4 },
    peers: ['cometbft'],
    figures: {
      'idle CPU of 4 validators': { unit: '% of one core', better: 'lower', targets: [atMost(2)] },
    },
    maxRuns: 3,
    load: () => import('../workloads/consensus/idle.ts'),
  }),
  workload({
    name: 'consensus-memory',
    about:
      '4 durable validators, 1,000,000 transactions of 256 bytes; what memory has grown by since the first 200,000',
    sizes: {
      ...{ validators: 4, bytes: 256, perEnvelope: 100, transactions: 1_000_000, every: 200_000 },
      ...{ inFlight: 4_000, epoch: 100 },
    },
    quick: { transactions: 200_000, every: 40_000 },
    peers: [],
    figures: {
      'consensus heap growth': { unit: 'MB', better: 'lower', targets: [atMost(20)] },
      'consensus RSS growth': { unit: 'MB', better: 'lower', targets: [atMost(100)] },
      'consensus RSS': { unit: 'MB', better: 'lower' },
      'consensus files': { unit: 'MB', better: 'lower', note: 'what all four validators have on the disk' },
    },
    maxRuns: 1,
    nodeOptions: ['--expose-gc'],
    load: () => import('../workloads/consensus/memory.ts'),
  }),
  workload({
    name: 'consensus-decisions',
    about: 'an actor calls decisions().decide with 4 durable validators: one at a time, then 200 at a time',
    sizes: { validators: 4, threads: 1, alone: 300, inFlight: 200, decisions: 20_000 },
    quick: { alone: 100, decisions: 4_000 },
    peers: [],
    figures: {
      'decision p50': { unit: 'ms', better: 'lower' },
      'decision p99': { unit: 'ms', better: 'lower' },
      decisions: { unit: 'decisions/s', better: 'higher' },
    },
    maxRuns: 3,
    load: () => import('../workloads/consensus/decisions.ts'),
  }),
]
