import type { Cell } from './cell.ts'
import { STATE_NAMES } from './state.ts'
import type { ActorInfo } from './types.ts'

/** What is shown of an actor. */
export function infoOf(cell: Cell): ActorInfo {
  return {
    path: cell.path,
    type: cell.type.name,
    thread: cell.thread,
    state: STATE_NAMES[cell.state],
    mailbox: cell.waiting,
    turns: cell.turns,
    restarts: cell.restarts,
  }
}
