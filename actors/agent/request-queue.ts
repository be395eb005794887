/**
 * Requests that wait for a model: bounded, in order of their arrival. It reads no clock and starts
 * nothing; whoever owns it does.
 */
import { InferenceError } from './errors.ts'

/** One request for one inference. */
export interface Request {
  readonly input: unknown
  /** By which it can be cancelled. */
  readonly id: string | undefined
  /** In milliseconds of the actor's clock, as `arrived`; after it nobody waits for the answer. */
  readonly deadline: number
  readonly arrived: number
  resolve(output: unknown): void
  reject(error: Error): void
}

export class RequestQueue {
  readonly #limit: number
  /** The key is the id, or where there is none a symbol of its own. */
  readonly #requests = new Map<string | symbol, Request>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#requests.size
  }

  /** When the oldest arrived; undefined where none waits. */
  get oldest(): number | undefined {
    for (const { arrived } of this.#requests.values()) return arrived
    return undefined
  }

  /** Takes the request in, or rejects it where too many wait or its id is in use. Tells which. */
  add(request: Request): boolean {
    const key = request.id ?? Symbol('no id')
    if (this.#requests.size >= this.#limit) request.reject(fullError(this.#limit))
    else if (this.#requests.has(key)) request.reject(takenError(String(key)))
    else {
      this.#requests.set(key, request)
      return true
    }
    return false
  }

  /** Takes out up to `count` requests; those whose deadline has passed are rejected and not among them. */
  take(count: number, now: number): { batch: Request[]; expired: number } {
    const batch: Request[] = []
    let expired = 0
    for (const [key, request] of this.#requests) {
      if (batch.length >= count) break
      this.#requests.delete(key)
      if (request.deadline > now) batch.push(request)
      else {
        expired++
        request.reject(expiredError(now - request.arrived))
      }
    }
    return { batch, expired }
  }

  /** Rejects a request that waits. Tells whether there was one of that id. */
  cancel(id: string): boolean {
    const request = this.#requests.get(id)
    if (request === undefined) return false
    this.#requests.delete(id)
    request.reject(cancelledError())
    return true
  }

  /** Rejects all. */
  rejectAll(error: Error): void {
    const waiting = [...this.#requests.values()]
    this.#requests.clear()
    for (const request of waiting) request.reject(error)
  }
}

export function cancelledError(): InferenceError {
  return new InferenceError('REFUSED', 'the request was cancelled', { mayHaveRun: false })
}

function fullError(limit: number): InferenceError {
  return new InferenceError(
    'REFUSED',
    `${limit} requests wait for the model already; ask slower, or give it a larger maxWaiting`,
    { mayHaveRun: false },
  )
}

function takenError(id: string): InferenceError {
  return new InferenceError('REFUSED', `another request waits under the id ${JSON.stringify(id)}`, {
    mayHaveRun: false,
  })
}

function expiredError(waitedMs: number): InferenceError {
  const waited = Math.round(waitedMs)
  return new InferenceError('ASK_TIMEOUT', `the request waited ${waited} ms for the model and was not run`, {
    mayHaveRun: false,
  })
}
