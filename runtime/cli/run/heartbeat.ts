/**
 * Judges from a node's heartbeats whether its main thread is alive, blocked or thrashing.
 *
 * Pure: whoever uses it says what time it is. It has to be asked at a steady pace, since a question
 * that comes late shows that the asker itself was held up (a suspended machine, a stopped process),
 * and that time does not count against the node.
 */
export interface HeartbeatLimits {
  heartbeatEveryMs: number
  heartbeatLimitMs: number
  firstHeartbeatMs: number
  thrashWindowMs: number
  minHeartbeatShare: number
}

export type Verdict = 'alive' | 'blocked' | 'thrashing'

export class HeartbeatWatch {
  readonly #limits: HeartbeatLimits
  #asked: number
  /** Time of the newest heartbeat, or of the start. */
  #last: number
  #windowStart: number
  #inWindow = 0
  #begun = false

  constructor(limits: HeartbeatLimits, now: number) {
    this.#limits = limits
    this.#asked = now
    this.#last = now
    this.#windowStart = now
  }

  beat(now: number): void {
    this.#last = now
    this.#inWindow++
    if (this.#begun) return
    this.#begun = true
    this.#windowStart = now
  }

  /** To be called every `heartbeatEveryMs`. */
  judge(now: number): Verdict {
    this.#forgive(now)
    const { heartbeatLimitMs, firstHeartbeatMs } = this.#limits
    if (now - this.#last > (this.#begun ? heartbeatLimitMs : firstHeartbeatMs)) return 'blocked'
    return this.#begun && this.#thrashes(now) ? 'thrashing' : 'alive'
  }

  #forgive(now: number): void {
    const held = now - this.#asked - this.#limits.heartbeatEveryMs
    this.#asked = now
    if (held <= this.#limits.heartbeatEveryMs) return
    this.#last = Math.min(now, this.#last + held)
    this.#windowStart = now
    this.#inWindow = 0
  }

  #thrashes(now: number): boolean {
    const { thrashWindowMs, heartbeatEveryMs, minHeartbeatShare } = this.#limits
    if (now - this.#windowStart < thrashWindowMs) return false
    const share = this.#inWindow / (thrashWindowMs / heartbeatEveryMs)
    this.#windowStart = now
    this.#inWindow = 0
    return share < minHeartbeatShare
  }
}
