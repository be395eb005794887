/** The steps of a round, in their order. */
export type Step = 'perceive' | 'think' | 'act'

/** What an agent did, since it was started last. */
export interface AgentStats {
  /** Rounds under way. */
  readonly running: number
  readonly finished: number
  /** Rounds that ended with `Refused`. */
  readonly refused: number
  /** Rounds that ended with any other error. */
  readonly failed: number
  /** Milliseconds spent in each step, waiting included, summed over all rounds. */
  readonly ms: Readonly<Record<Step, number>>
}

/** Counts the rounds of one agent. */
export class RoundStats {
  #begun = 0
  #finished = 0
  #refused = 0
  #failed = 0
  readonly #ms = { perceive: 0, think: 0, act: 0 }

  begin(): void {
    this.#begun++
  }

  spent(step: Step, ms: number): void {
    this.#ms[step] += ms
  }

  finish(): void {
    this.#finished++
  }

  fail(refused: boolean): void {
    if (refused) this.#refused++
    else this.#failed++
  }

  read(): AgentStats {
    const finished = this.#finished
    const refused = this.#refused
    const failed = this.#failed
    return {
      running: this.#begun - finished - refused - failed,
      finished,
      refused,
      failed,
      ms: { ...this.#ms },
    }
  }
}
