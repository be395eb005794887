/** What a hosted model did, since its actor was started last. */
export interface InferenceStats {
  /** Requests taken in. */
  readonly requests: number
  readonly answered: number
  /** Requests that came while too many waited. */
  readonly refused: number
  /** Requests whose deadline passed before they were run. */
  readonly expired: number
  readonly cancelled: number
  /** Requests of batches in which the model failed. */
  readonly failed: number
  readonly waiting: number
  readonly batches: number
  /** Requests per batch. */
  readonly meanBatch: number
  /** Milliseconds from arrival until the model took the request. */
  readonly meanWaitMs: number
  readonly maxWaitMs: number
  /** Milliseconds in which the model inferred. */
  readonly busyMs: number
}

/** Counts the requests of one model. */
export class InferenceMeter {
  requests = 0
  answered = 0
  refused = 0
  expired = 0
  cancelled = 0
  failed = 0
  #batches = 0
  #batched = 0
  #waitedMs = 0
  #maxWaitMs = 0
  #busyMs = 0

  /** @param arrivals when the requests of the batch came, in milliseconds, as `now` */
  batchBegins(arrivals: readonly number[], now: number): void {
    this.#batches++
    this.#batched += arrivals.length
    for (const arrived of arrivals) {
      this.#waitedMs += now - arrived
      this.#maxWaitMs = Math.max(this.#maxWaitMs, now - arrived)
    }
  }

  batchEnds(ms: number): void {
    this.#busyMs += ms
  }

  read(waiting: number): InferenceStats {
    const { requests, answered, refused, expired, cancelled, failed } = this
    const counts = { requests, answered, refused, expired, cancelled, failed, waiting }
    const mean = (sum: number, count: number): number => (count === 0 ? 0 : sum / count)
    return {
      ...counts,
      batches: this.#batches,
      meanBatch: mean(this.#batched, this.#batches),
      meanWaitMs: mean(this.#waitedMs, this.#batched),
      maxWaitMs: this.#maxWaitMs,
      busyMs: this.#busyMs,
    }
  }
}
