/** Sends transactions so that each is executed once, whichever validators are lost meanwhile. */
import { randomFillSync } from 'node:crypto'
import { ACCOUNTS } from '../../protocols/consensus/state/accounts.ts'
import { executedAlready, isPassedOver, MAX_ONCE_MS } from '../../protocols/consensus/state/executed.ts'
import type { Outcome } from '../../protocols/consensus/state/machine.ts'
import { type FinalityProof, ONCE_ID_BYTES, type Transaction } from '../../protocols/consensus/types.ts'
import { Refused, type Scope } from '../../runtime/index.ts'
import { AnswerGoneError, NotFinalError, ProofGoneError } from './errors.ts'
import { reachOf } from './reach.ts'

/** Where a transaction is, and what its state machine made of it. */
export interface Committed {
  readonly height: number
  /** Among all transactions of the block. */
  readonly index: number
  readonly outcome: Outcome
  readonly finality: FinalityProof
}

/** What the time of blocks may be ahead of this machine's, and more. */
const MARGIN_MS = 10_000
/** The time of the newest block may be behind, where nothing is decided. */
const LONGEST_MS = MAX_ONCE_MS - 60_000

/** The same transaction with a key, unless it has one: executed once, and by no block after this time. */
export function withKey(scope: Scope, transaction: Transaction, timeoutMs: number): Transaction {
  if (transaction.once !== undefined || transaction.machine === ACCOUNTS) return transaction
  const untilMs = Math.ceil(scope.wall() + Math.min(timeoutMs + MARGIN_MS, LONGEST_MS))
  return { ...transaction, once: { id: randomFillSync(new Uint8Array(ONCE_ID_BYTES)), untilMs } }
}

export async function submitOnce(
  scope: Scope,
  transaction: Transaction,
  timeoutMs: number,
): Promise<Committed> {
  const reach = reachOf(scope)
  const keyed = withKey(scope, transaction, timeoutMs)
  const shown = await reach.ask(scope, timeoutMs, (ask) => ask.submit(keyed))
  const { height, index, outcome } = shown
  if (outcome === undefined) throw answerGone(height, index)
  if (!outcome.ok) {
    if (isPassedOver(outcome.reason)) throw new NotFinalError(`it is not executed: ${outcome.reason}`)
    const place = executedAlready(outcome.reason)
    if (place !== undefined) throw answerGone(place.height, place.index)
  }
  const finality = shown.finality ?? (await finalityAt(scope, height, timeoutMs))
  return { height, index, outcome, finality }
}

/** What shows the block at a height to be final, from whichever validator has it. */
export function finalityAt(scope: Scope, height: number, timeoutMs: number): Promise<FinalityProof> {
  return shownBy(reachOf(scope).find(scope, timeoutMs, (ask) => ask.finalityOf(height)))
}

/** Where all validators refuse, what would show it is gone. */
export async function shownBy<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Refused) throw new ProofGoneError(`${error.message}: ask for proofs while it is`)
    throw error
  }
}

function answerGone(height: number, index: number): AnswerGoneError {
  return new AnswerGoneError(
    `the transaction was executed, as number ${index} of block ${height}, but the validator that had its answer is lost: read what it did from the state`,
  )
}
