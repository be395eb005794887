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
import type { Mail } from '../mail/parse.ts'
import type { Parser } from '../team/parser.ts'
import { Lane, Pool } from './lane.ts'

/** A letter is parsed in milliseconds, the worst within a second; the rest is for a busy machine. */
const PARSE_MS = 5_000

/** A letter that is no mail within the limits. */
export class RefusedLetter extends Error {}

/** A letter that made its parser fall twice, the second time alone. */
class BadLetter extends Error {}

export class Parsing {
  readonly #parsers: Pool<ActorRef<Parser>>
  readonly #quarantine: ActorRef<Parser>
  readonly #suspects = new Lane()
  readonly #restart: (path: string) => Promise<void>
  /** Letters that had to be parsed a second time. */
  suspected = 0

  /** @param restart restarts an actor that no longer answers */
  constructor(
    parsers: readonly ActorRef<Parser>[],
    quarantine: ActorRef<Parser>,
    restart: (path: string) => Promise<void>,
  ) {
    this.#parsers = new Pool(parsers)
    this.#quarantine = quarantine
    this.#restart = restart
  }

  /** Rejects with RefusedLetter or BadLetter, and with nothing else. */
  async parse(raw: Uint8Array): Promise<Mail> {
    try {
      return await this.#parsers.lend((parser) => this.#parseBy(parser, raw))
    } catch (error) {
      if (error instanceof RefusedLetter) throw error
    }
    this.suspected++
    try {
      return await this.#suspects.run(() => this.#parseBy(this.#quarantine, raw))
    } catch (error) {
      throw error instanceof RefusedLetter ? error : new BadLetter(reasonOf(error as Error), { cause: error })
    }
  }

  async #parseBy(parser: ActorRef<Parser>, raw: Uint8Array): Promise<Mail> {
    try {
      return await parser.within(PARSE_MS).ask.parse(raw)
    } catch (error) {
      const { code, message } = error as Error & { code?: string }
      if (code?.startsWith('MAIL_')) throw new RefusedLetter(`${code}: ${message}`, { cause: error })
      // It waits for something that never comes, and would keep the next letter waiting as well.
      if (code === 'ASK_TIMEOUT') await this.#restart(parser.path).catch(() => undefined)
      throw error
    }
  }
}

function reasonOf(error: Error & { code?: string }): string {
  if (error.code === 'THREAD_LOST') return 'its parser blocked its thread, or ended it'
  if (error.code === 'ASK_TIMEOUT') return `its parser did not answer within ${PARSE_MS} ms`
  return `its parser failed: ${error.name}: ${error.message}`
}
