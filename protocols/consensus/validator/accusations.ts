/** Proof that a member broke the protocol: checked where another shows it, and handed to the application once. */
import { evidenceChecks, evidenceProblem } from '../evidence.ts'
import type { Context } from '../simplex/context.ts'
import type { Evidence, PublicKey } from '../types.ts'
import { memberIndex } from '../validator-set.ts'
import type { Running } from './running.ts'

export class Accusations {
  readonly #context: Context
  readonly #running: Running
  /** Who has shown what against whom that is being checked. */
  readonly #checking = new Set<string>()

  constructor(context: Context, running: Running) {
    this.#context = context
    this.#running = running
  }

  receive(from: PublicKey, evidence: Evidence): void {
    const { accused, chainId, outbox } = this.#context
    if (accused.has(evidence.offender) || evidenceProblem(evidence) !== undefined) return
    if (memberIndex(this.#running.epoch.set, evidence.offender) < 0) return
    const key = `${from} ${evidence.offender}`
    if (this.#checking.has(key)) return
    this.#checking.add(key)
    outbox.verify(evidenceChecks(evidence, chainId), (valid) => {
      this.#checking.delete(key)
      if (valid.every(Boolean)) this.#accuse(evidence)
      else this.#context.invalid(from, 'evidence with an invalid signature')
    })
  }

  /** Takes valid proof that was found here, and shows it to all. */
  found(evidence: Evidence): void {
    if (this.#accuse(evidence)) this.#context.outbox.send('all', { kind: 'evidence', evidence })
  }

  /** False where there was proof already. */
  #accuse(evidence: Evidence): boolean {
    const { accused, application, outbox } = this.#context
    if (accused.has(evidence.offender)) return false
    accused.add(evidence.offender)
    application.accuse(evidence)
    outbox.push({ kind: 'accused', evidence })
    return true
  }
}
