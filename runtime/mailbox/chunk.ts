/**
 * A piece of a mailbox: a fixed array that holds some messages in a few slots each. Messages that wait
 * are thus no objects of their own, which is what lets a mailbox hold a million without the garbage
 * collector looking at each.
 */

/** Slots of one message: handler, number of arguments, argument or arguments, sender. */
export const STRIDE = 4
const FIRST_SLOTS = STRIDE * 32
/** Large enough for the engine to leave it where it is made, instead of copying it from generation to generation. */
const MOST_SLOTS = STRIDE * 8_192
/** Each further chunk of a mailbox is larger than the one before by this factor. */
const GROWTH = 4
/** Empty chunks that are kept for the next mailbox that needs one. */
const MAX_SPARE = 1_024

export class Chunk {
  readonly slots: unknown[]
  next: Chunk | null = null

  constructor(slots: number) {
    this.slots = new Array(slots).fill(undefined)
  }
}

let spare: Chunk | null = null
let spares = 0

/** @param last the chunk behind which it goes; null for the first of a mailbox */
export function takeChunk(last: Chunk | null): Chunk {
  if (last !== null) return new Chunk(Math.min(last.slots.length * GROWTH, MOST_SLOTS))
  if (spare === null) return new Chunk(FIRST_SLOTS)
  const chunk = spare
  spare = chunk.next
  chunk.next = null
  spares--
  return chunk
}

/** Gives back a chunk whose slots have all been cleared. */
export function giveChunk(chunk: Chunk): void {
  if (spares >= MAX_SPARE || chunk.slots.length !== FIRST_SLOTS) return
  chunk.next = spare
  spare = chunk
  spares++
}
