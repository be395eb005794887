/**
 * Keeping a letter from its reader is decided by the validators: only once the decision is final is it acted on.
 * Whoever does a letter again, because a clerk was lost before it had logged it, gets the decision that there is.
 *
 *     spam, or set aside ─▶ validators ─▶ final, with a certificate ─▶ log
 */
import { type Decisions, decisions } from '../../../actors/validator/index.ts'
import type { Scope } from '../../../runtime/index.ts'
import type { Ending } from './ledger.ts'

export const QUARANTINE = 'quarantine'

/** What is decided under that topic. */
export interface Verdict {
  /** The id of the letter. */
  readonly message: string
  readonly verdict: 'spam' | 'set-aside'
}

/** On a machine that has too much to do a decision may take long; the work waits for it meanwhile. */
const DECIDE_MS = 120_000

export class Quarantine {
  readonly #decisions: Decisions

  constructor(scope: Scope) {
    this.#decisions = decisions(scope)
  }

  /**
   * Resolves with the ending when it may be acted on: at once where the letter goes to its reader, or is no mail.
   * Rejects with NotFinalError where the validators come to no decision.
   */
  async seal(message: string, ending: Ending): Promise<Ending> {
    const verdict = verdictOf(ending)
    if (verdict === undefined || ending.kind === 'refused') return ending
    const askedAt = performance.now()
    const { height, index } = await this.#decisions.decide<Verdict>(
      QUARANTINE,
      { message, verdict },
      { once: true, timeoutMs: DECIDE_MS },
    )
    return { ...ending, final: { height, index, ms: tenths(performance.now() - askedAt) } }
  }
}

/** Why a letter is kept from its reader; undefined where it is not, or is no mail within the limits. */
export function verdictOf(ending: Ending): Verdict['verdict'] | undefined {
  if (ending.kind === 'decided') return ending.decision.spam ? 'spam' : undefined
  return ending.kind === 'set-aside' ? 'set-aside' : undefined
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}
