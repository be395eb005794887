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
    const { set } = this.#running.epoch
    if (accused.has(evidence.offender) || evidenceProblem(evidence) !== undefined) return
    // Of an epoch to come it would be void for long, and keep what is due now from being taken.
    if (memberIndex(set, evidence.offender) < 0 || evidence.first.epoch > set.epoch) return
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

  /** False where there was proof already, or this leads to nothing: nobody hides behind an offence that is over. */
  #accuse(evidence: Evidence): boolean {
    const { accused, application, outbox } = this.#context
    if (accused.has(evidence.offender) || !application.accuse(evidence)) return false
    accused.add(evidence.offender)
    outbox.push({ kind: 'accused', evidence })
    return true
  }
}
