/**
 * Frames of the other validators on their way in, so that one that sends too many takes time and memory of its own
 * share only. Up to a burst they are handled as they come; beyond that each peer's wait in a lane, and the lanes have
 * their turns one after the other.
 *
 *   deliver ──► within the burst ───────────────────────────► receive
 *          └──► lane of the peer ──► flush: one of each lane ──► receive
 *                └── full: dropped; the protocol says again what is still of use
 */
import type { PublicKey } from '../../../protocols/consensus/types.ts'

/** Frames and bytes of a peer that are handled before those of others have their turn. */
const BURST = 64
const BURST_BYTES = 8 * 1024 * 1024
/** Of a peer that wait: enough for all that an honest one says while this validator is busy. */
const MAX_WAITING = 4_096
const MAX_WAITING_BYTES = 64 * 1024 * 1024

export interface InboxShell {
  receive(from: PublicKey, frame: Uint8Array): void
  /** Calls `flush` once what has come already has been handled. */
  soon(): void
  /** Frames of the peer are being dropped; called once until it sends less. */
  dropping(from: PublicKey): void
}

interface Lane {
  readonly waiting: Uint8Array[]
  waitingBytes: number
  /** Since the last flush. */
  taken: number
  takenBytes: number
  isDropping: boolean
}

export class Inbox {
  readonly #shell: InboxShell
  readonly #lanes = new Map<PublicKey, Lane>()
  #isFlushing = false

  constructor(shell: InboxShell) {
    this.#shell = shell
  }

  deliver(from: PublicKey, frame: Uint8Array): void {
    const lane = this.#laneOf(from)
    if (lane.waiting.length === 0 && this.#take(lane, frame)) return this.#shell.receive(from, frame)
    if (lane.waiting.length >= MAX_WAITING || lane.waitingBytes + frame.length > MAX_WAITING_BYTES)
      return this.#drop(from, lane)
    lane.waiting.push(frame)
    lane.waitingBytes += frame.length
    this.#flushSoon()
  }

  flush(): void {
    if (!this.#isFlushing) return
    this.#isFlushing = false
    for (const lane of this.#lanes.values()) lane.taken = lane.takenBytes = 0
    const shares = [...this.#lanes].map(([from, lane]) => ({ from, frames: this.#shareOf(lane) }))
    for (let turn = 0; shares.some(({ frames }) => turn < frames.length); turn++)
      for (const { from, frames } of shares) {
        const frame = frames[turn]
        if (frame !== undefined) this.#shell.receive(from, frame)
      }
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length > 0) this.#flushSoon()
      else clear(lane)
    }
  }

  /** The oldest of those that wait, as many as a burst. */
  #shareOf(lane: Lane): Uint8Array[] {
    let count = 0
    while (count < lane.waiting.length && this.#take(lane, lane.waiting[count]!)) count++
    const frames = lane.waiting.splice(0, count)
    for (const { length } of frames) lane.waitingBytes -= length
    return frames
  }

  /** Whether it is within the burst; one frame always is, however large. */
  #take(lane: Lane, { length }: Uint8Array): boolean {
    if (lane.taken >= BURST || (lane.taken > 0 && lane.takenBytes + length > BURST_BYTES)) return false
    lane.taken++
    lane.takenBytes += length
    return true
  }

  #drop(from: PublicKey, lane: Lane): void {
    if (lane.isDropping) return
    lane.isDropping = true
    this.#shell.dropping(from)
  }

  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    this.#shell.soon()
  }

  #laneOf(from: PublicKey): Lane {
    let lane = this.#lanes.get(from)
    if (lane === undefined) {
      lane = { waiting: [], waitingBytes: 0, taken: 0, takenBytes: 0, isDropping: false }
      this.#lanes.set(from, lane)
    }
    return lane
  }
}

function clear(lane: Lane): void {
  lane.taken = lane.takenBytes = 0
  lane.isDropping = false
}
