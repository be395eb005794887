/**
 * Which turn the running code belongs to: whose message it handles decides the sender, the deadline
 * and the ask chain of what it sends.
 *
 * While a handler runs without a break, a variable tells. After an await only the async context of
 * the platform can, which costs more and is entered only for handlers that can suspend.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Envelope, Sender } from '../mailbox/envelope.ts'
import type { Cell } from './cell.ts'

export interface Turn {
  readonly cell: Cell
  /** Null while the actor starts or stops, and for a plain message. */
  readonly envelope: Envelope | null
  readonly from: Sender | null
}

const storage = new AsyncLocalStorage<Turn | undefined>()

/** Runs a function in the async context in which this module was loaded, which belongs to no turn. */
const atStart = AsyncLocalStorage.snapshot() as (code: () => void) => void

/** The turn of the code that runs without a break; `cell` is null between turns. */
export const running: { cell: Cell | null; envelope: Envelope | null; from: Sender | null } = {
  cell: null,
  envelope: null,
  from: null,
}

export function currentTurn(): Turn | undefined {
  return running.cell !== null ? (running as Turn) : storage.getStore()
}

/** Runs `code` so that it and all that it awaits belong to the turn. */
export function inTurn<T>(turn: Turn, code: () => T): T {
  const { cell, envelope, from } = running
  running.cell = turn.cell
  running.envelope = turn.envelope
  running.from = turn.from
  try {
    return storage.run(turn, code)
  } finally {
    running.cell = cell
    running.envelope = envelope
    running.from = from
  }
}

/** Runs `code` so that it belongs to no turn, whoever woke it. */
export function outsideTurns(code: () => void): void {
  if (storage.getStore() === undefined) code()
  else atStart(code)
}

/** The turn of the running code where it is one of `cell`. */
export function ambientTurnOf(cell: Cell): Turn | undefined {
  const turn = currentTurn()
  return turn?.cell === cell ? turn : undefined
}
