/** Steps the core, one event after the other, and has its effects carried out in their order. */
import type { ConsensusEffect, ConsensusEvent } from '../../../protocols/consensus/events.ts'
import type { Validator } from '../../../protocols/consensus/validator.ts'

export interface DriverShell {
  now(): number
  carryOut(effect: ConsensusEffect): void
  /** All that followed has been carried out. */
  done(): void
}

export class Driver {
  core: Validator
  readonly #shell: DriverShell
  readonly #events: ConsensusEvent[] = []
  #stepping = false

  constructor(core: Validator, shell: DriverShell) {
    this.core = core
    this.#shell = shell
  }

  start(): void {
    this.#run(() => this.core.start(this.#shell.now()))
  }

  /** What follows from an effect waits until those that came with it have been carried out. */
  step(event: ConsensusEvent): void {
    if (this.#stepping) this.#events.push(event)
    else this.#run(() => this.core.step(event, this.#shell.now()))
  }

  #run(first: () => readonly ConsensusEffect[]): void {
    const { now, carryOut, done } = this.#shell
    this.#stepping = true
    try {
      for (const effect of first()) carryOut(effect)
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift())
        for (const effect of this.core.step(next, now())) carryOut(effect)
    } finally {
      this.#stepping = false
    }
    done()
  }
}
