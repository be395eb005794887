/**
 * A piece of a mailbox: a fixed array that holds some messages in a few slots each. Messages that wait
 * are thus no objects of their own, which is what lets a mailbox hold a million without the garbage
 * collector looking at each.
 */

/** Slots of one message: handler, number of arguments, argument or arguments, sender. */
export const STRIDE = 4
const MESSAGES = 32
export const CHUNK_SLOTS = STRIDE * MESSAGES
/** Empty chunks that are kept for the next mailbox that needs one. */
const MAX_SPARE = 1_024

export class Chunk {
  readonly slots: unknown[] = new Array(CHUNK_SLOTS).fill(undefined)
  next: Chunk | null = null
}

let spare: Chunk | null = null
let spares = 0

export function takeChunk(): Chunk {
  if (spare === null) return new Chunk()
  const chunk = spare
  spare = chunk.next
  chunk.next = null
  spares--
  return chunk
}

/** Gives back a chunk whose slots have all been cleared. */
export function giveChunk(chunk: Chunk): void {
  if (spares >= MAX_SPARE) return
  chunk.next = spare
  spare = chunk
  spares++
}
