/** How far the job is, for whoever shows it. */

export class Phase {
  readonly name: string
  /** Pieces of work; undefined where their number says nothing. */
  readonly total: number | undefined
  /** What a piece of work is. */
  readonly unit: string
  done = 0
  /** Milliseconds of `performance.now()`. */
  readonly began = performance.now()
  ended: number | undefined

  constructor(name: string, total: number | undefined, unit: string) {
    this.name = name
    this.total = total
    this.unit = unit
  }

  end(): void {
    this.ended ??= performance.now()
  }

  get seconds(): number {
    return ((this.ended ?? performance.now()) - this.began) / 1_000
  }
}

export class Progress {
  readonly phases: Phase[] = []
  readonly began = performance.now()
  /** Set once the user wants the job to end, while what is under way ends in order. */
  ending = false
  #onChange: (phase: Phase) => void = () => undefined

  get seconds(): number {
    return (performance.now() - this.began) / 1_000
  }

  /** Calls `listener` when a phase begins or ends. */
  onChange(listener: (phase: Phase) => void): void {
    this.#onChange = listener
  }

  /** Runs a phase of the job. */
  async phase<T>(
    name: string,
    work: (phase: Phase) => Promise<T>,
    total?: number,
    unit = 'letters',
  ): Promise<T> {
    const phase = new Phase(name, total, unit)
    this.phases.push(phase)
    this.#onChange(phase)
    try {
      return await work(phase)
    } finally {
      phase.end()
      this.#onChange(phase)
    }
  }
}
