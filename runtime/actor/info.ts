import type { Cell } from './cell.ts'
import { STATE_NAMES } from './state.ts'
import type { ActorInfo } from './types.ts'

/** What is shown of an actor. */
export function infoOf(cell: Cell): ActorInfo {
  return {
    // A path that is shown once is not worth keeping.
    path: cell.parent.childPath(cell.key),
    type: cell.type.name,
    thread: cell.thread,
    state: STATE_NAMES[cell.state],
    mailbox: cell.waiting,
    turns: cell.turns,
    restarts: cell.incarnation,
  }
}
