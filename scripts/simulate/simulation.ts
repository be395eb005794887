/** A simulation that `npm run simulate` can run: the same seed, the same run. */
export interface Simulation {
  readonly name: string
  /** One line for the help. */
  readonly about: string
  /** Runs one seed; `trace` is told what happens in it. */
  run(seed: number, trace?: (line: string) => void): Outcome
}

export interface Outcome {
  /** What did not hold; empty where all did. */
  readonly failures: readonly string[]
  readonly traceHash: string
  /** What there was of what, to add up over all seeds. */
  readonly counts: Readonly<Record<string, number>>
}
