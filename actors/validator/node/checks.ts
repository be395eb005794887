/** Signatures that are being checked, and how it goes on with each once that is known. */
import type { SignatureCheck } from '../../../protocols/consensus/events.ts'
import type { Ports } from './ports.ts'

export class Checks {
  readonly #verify: Ports['verify']
  readonly #going = new Map<number, (valid: readonly boolean[]) => void>()
  #last = 0

  constructor(verify: Ports['verify']) {
    this.#verify = verify
  }

  /** Calls back with which are valid, at once or later. */
  run(checks: readonly SignatureCheck[], done: (valid: readonly boolean[]) => void): void {
    const token = ++this.#last
    const valid = this.#verify(token, checks)
    if (valid !== undefined) done(valid)
    else this.#going.set(token, done)
  }

  answer(token: number, valid: readonly boolean[]): void {
    const done = this.#going.get(token)
    this.#going.delete(token)
    done?.(valid)
  }
}
