/**
 * Hands letters to parsers, and finds out which letter is to blame when one falls.
 *
 *     raw ─▶ any idle parser ──▶ mail
 *               │ it fell, whatever the reason
 *               ▼
 *            quarantine, one letter at a time ──▶ mail: the letter was only near when it happened
 *                                            └─▶ it fell again: the letter is to blame
 *
 * A thread that hangs takes all parsers on it down, and with them letters that are innocent. In quarantine
 * a letter is alone on its thread, so nothing that happens there can be another's fault.
 */
import type { ActorRef } from '../../../runtime/index.ts'
import type { Parser } from '../team/parser.ts'
import type { Warden } from '../team/warden.ts'
import { Pool } from './lane.ts'
import { type Parsed, parseBy } from './parse-by.ts'
import { repeated } from './repeated.ts'

/** Each letter before this one may make the quarantine stall, and be replaced. */
const EXAMINE_MS = 10 * 60_000
/** The warden's thread may be lost as well, which says nothing about the letter. */
const ATTEMPTS = 3

export class Parsing {
  readonly #parsers: Pool<ActorRef<Parser>>
  readonly #warden: ActorRef<Warden>
  /** Letters that had to be parsed a second time. */
  suspected = 0

  constructor(parsers: readonly ActorRef<Parser>[], warden: ActorRef<Warden>) {
    this.#parsers = new Pool(parsers)
    this.#warden = warden
  }

  /** Rejects only where the warden does not come back. */
  async parse(raw: Uint8Array): Promise<Parsed> {
    const parsed = await this.#parsers.lend((parser) => parseBy(parser, raw))
    if (parsed.kind !== 'fell') return parsed
    this.suspected++
    return repeated(() => this.#warden.within(EXAMINE_MS).ask.examine(raw), ATTEMPTS)
  }
}
