/**
 * Which turn the running code belongs to: whose message it handles decides the sender, the deadline
 * and the ask chain of what it sends.
 *
 * While a handler runs without a break, a variable tells. After an await only the async context of
 * the platform can, which costs more and is entered only for handlers that can suspend.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Envelope } from '../mailbox/envelope.ts'
import type { Cell } from './cell.ts'

export interface Turn {
  readonly cell: Cell
  /** Null while the actor starts or stops. */
  readonly envelope: Envelope | null
}

const storage = new AsyncLocalStorage<Turn | undefined>()

/** The turn of the code that runs without a break; `cell` is null between turns. */
export const running: { cell: Cell | null; envelope: Envelope | null } = { cell: null, envelope: null }

export function currentTurn(): Turn | undefined {
  return running.cell !== null ? (running as Turn) : storage.getStore()
}

/** Runs `code` so that it and all that it awaits belong to the turn. */
export function inTurn<T>(turn: Turn, code: () => T): T {
  const { cell, envelope } = running
  running.cell = turn.cell
  running.envelope = turn.envelope
  try {
    return storage.run(turn, code)
  } finally {
    running.cell = cell
    running.envelope = envelope
  }
}

/** Runs `code` so that it belongs to no turn, whoever woke it. */
export function outsideTurns(code: () => void): void {
  if (storage.getStore() === undefined) code()
  else storage.run(undefined, code)
}

/** The turn of the running code where it is one of `cell`. */
export function ambientTurnOf(cell: Cell): Turn | undefined {
  const turn = currentTurn()
  return turn?.cell === cell ? turn : undefined
}
