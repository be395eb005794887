/** A workload: work that several systems do, how much of it, what is measured, and what is to be reached. */
import type { Figure, Sizes, Unit } from './figure.ts'

export type PeerId = 'erlang' | 'erlang-one' | 'pekko' | 'node' | 'cometbft' | LibraryId
/** Libraries of documents that several may edit at once, each alone on one thread. */
export type LibraryId = 'automerge' | 'automerge-batched' | 'yjs' | 'loro'
export type ContenderId = 'neuroplex' | PeerId

/** What a figure of neuroplex is to reach; it is reported, and nothing fails where it isn't reached. */
export interface Target {
  readonly bound: 'at least' | 'at most'
  readonly value: number
  /** The peer whose figure `value` is a multiple of; without it the value stands for itself. */
  readonly times?: PeerId | 'fastest peer'
}

export interface FigurePlan {
  readonly unit: Unit
  readonly better: 'higher' | 'lower'
  readonly targets?: readonly Target[]
  /** The peers' figure to compare with, where it has another name. */
  readonly against?: string
  /** What a reader has to know of how it is measured. */
  readonly note?: string
}

export interface Workload<S extends Sizes = Sizes> {
  readonly name: string
  readonly about: string
  readonly sizes: S
  /** What differs from `sizes` with --quick. */
  readonly quick: Partial<S>
  readonly peers: readonly PeerId[]
  readonly figures: Readonly<Record<string, FigurePlan>>
  /** Runs that are enough, for work that takes long and varies little. */
  readonly maxRuns?: number
  /** Options of Node for neuroplex's process. */
  readonly nodeOptions?: readonly string[]
  /** neuroplex's program. */
  readonly load: () => Promise<{ run(sizes: S): Promise<Figure[]> }>
}

/** Checks that the sizes are those that the program takes, and then forgets which they are. */
export function workload<S extends Sizes>(definition: Workload<S>): Workload {
  return definition as unknown as Workload
}

export function sizesOf(workload: Workload, quick: boolean): Sizes {
  return quick ? ({ ...workload.sizes, ...workload.quick } as Sizes) : workload.sizes
}

export function atLeast(value: number, times?: Target['times']): Target {
  return { bound: 'at least', value, times }
}

export function atMost(value: number, times?: Target['times']): Target {
  return { bound: 'at most', value, times }
}
