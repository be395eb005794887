import { Actor, type ActorRef } from '../../../runtime/index.ts'
import { type Parsed, parseBy } from '../desk/parse-by.ts'
import type { Parser } from './parser.ts'

/**
 * Has letters under suspicion parsed in quarantine, one at a time whoever sends them: what happens there is
 * the fault of the letter that is there.
 */
export class Warden extends Actor {
  readonly #quarantine: ActorRef<Parser>

  constructor(quarantine: ActorRef<Parser>) {
    super()
    this.#quarantine = quarantine
  }

  examine(raw: Uint8Array): Promise<Parsed> {
    return parseBy(this.#quarantine, raw)
  }
}
