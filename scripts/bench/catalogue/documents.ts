/** Shared documents, beside the libraries that keep such documents without actors, threads and storage. */
import { atLeast, atMost, type Workload, workload } from '../workload.ts'

export const documents: Workload[] = [
  workload({
    name: 'document-edits',
    about: '8 agents edit one document: 70 % fields of 1,000, 20 % counters, 10 % a list, one edit at a time',
    sizes: { rounds: 3, edits: 80_000, agents: 8, fields: 1_000, counters: 10, inFlight: 250 },
    quick: { edits: 20_000 },
    peers: ['automerge', 'automerge-batched', 'yjs', 'loro'],
    figures: {
      'document edits': {
        unit: 'edits/s',
        better: 'higher',
        targets: [atLeast(50_000), atLeast(25, 'automerge')],
        note: 'committed, replicated to a keeper in memory on the same thread and told to be kept',
      },
    },
    maxRuns: 3,
    load: () => import('../workloads/document-edits.ts'),
  }),
  workload({
    name: 'document-merge',
    about: '100 changes of others come into a document of 10,000 entries that is being edited',
    sizes: { entries: 10_000, changes: 100, times: 200 },
    quick: { times: 50 },
    peers: ['automerge'],
    figures: {
      'merge shown p50': { unit: 'ms', better: 'lower' },
      'merge shown p99': {
        unit: 'ms',
        better: 'lower',
        targets: [atMost(10)],
        note: 'until all changes of another replica of the process are in a view',
      },
      'document merge p50': { unit: 'ms', better: 'lower' },
      'document merge p99': {
        unit: 'ms',
        better: 'lower',
        targets: [atMost(10)],
        note: 'until the engine has them as well, and own edits are a change upon them',
      },
      'merge from another node p50': { unit: 'ms', better: 'lower', against: 'document merge p50' },
      'merge from another node p99': { unit: 'ms', better: 'lower', against: 'document merge p99' },
    },
    maxRuns: 3,
    load: () => import('../workloads/document-merge.ts'),
  }),
  workload({
    name: 'document-size',
    about: 'what an edit and a merge of 100 changes cost in documents of 1,000, 10,000 and 100,000 entries',
    sizes: { edits: 2_000, changes: 100 },
    quick: { edits: 500 },
    peers: ['automerge'],
    figures: {
      'edit at 1,000 entries': { unit: 'µs', better: 'lower' },
      'edit at 10,000 entries': { unit: 'µs', better: 'lower' },
      'edit at 100,000 entries': { unit: 'µs', better: 'lower' },
      'merge at 1,000 entries': { unit: 'ms', better: 'lower' },
      'merge at 10,000 entries': { unit: 'ms', better: 'lower' },
      'merge at 100,000 entries': { unit: 'ms', better: 'lower' },
    },
    maxRuns: 3,
    load: () => import('../workloads/document-size.ts'),
  }),
  workload({
    name: 'document-memory',
    about: '1,000 documents of 100 entries each are open',
    sizes: { documents: 1_000, entries: 100 },
    quick: { documents: 200 },
    peers: ['automerge', 'yjs', 'loro'],
    figures: {
      'open documents': {
        unit: 'MB',
        better: 'lower',
        targets: [atMost(400)],
        note: 'what the resident set has grown by',
      },
    },
    maxRuns: 3,
    nodeOptions: ['--expose-gc'],
    load: () => import('../workloads/document-memory.ts'),
  }),
  workload({
    name: 'document-spread',
    about: 'an edit is made in one of 20 replicas, each on a thread of its own; until all others show it',
    sizes: { replicas: 20, edits: 300, warmUp: 700 },
    quick: { edits: 50, warmUp: 50 },
    peers: [],
    figures: {
      'spread p50': { unit: 'ms', better: 'lower' },
      'spread p99': {
        unit: 'ms',
        better: 'lower',
        targets: [atMost(20)],
        note: 'after 700 edits, in which 20 threads compile what they run',
      },
    },
    maxRuns: 3,
    load: () => import('../workloads/document-spread.ts'),
  }),
  workload({
    name: 'document-text',
    about: 'a paper is typed again, 259,778 edits; the trace in the file NEUROPLEX_TRACE, or one of that mix',
    sizes: { edits: 259_778, batch: 1_000 },
    quick: { edits: 40_000 },
    peers: ['automerge', 'yjs', 'loro'],
    figures: {
      'document text': { unit: 'ms', better: 'lower', targets: [atMost(1.5, 'automerge')] },
    },
    maxRuns: 3,
    load: () => import('../workloads/document-text.ts'),
  }),
]
