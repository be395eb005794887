/**
 * A call that waits for its outcome: exactly one of reply, error or deadline ends it.
 */
import { AskTimeoutError } from '../../protocols/errors.ts'
import type { CallKind, ReplyTo } from '../mailbox/envelope.ts'
import { type Deadlines, Waiting } from '../scheduler/deadlines.ts'

export class Pending extends Waiting implements ReplyTo {
  readonly kind: CallKind
  started = false
  /** Set once the call has gone to another thread, where nobody can tell whether it has started. */
  remote: { table: Map<number, Pending>; id: number; thread: number } | null = null
  readonly #target: { readonly path: string }
  readonly method: string
  readonly #timeoutMs: number
  readonly #deadlines: Deadlines
  readonly #resolve: (value: unknown) => void
  readonly #reject: (error: Error) => void

  constructor(
    call: {
      target: { readonly path: string }
      method: string
      kind: CallKind
      timeoutMs: number
      deadline: number
    },
    deadlines: Deadlines,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    super()
    this.#target = call.target
    this.method = call.method
    this.kind = call.kind
    this.#timeoutMs = call.timeoutMs
    this.deadline = call.deadline
    this.#deadlines = deadlines
    this.#resolve = resolve
    this.#reject = reject
    if (call.deadline !== Number.POSITIVE_INFINITY) deadlines.add(this)
  }

  resolve(value: unknown): void {
    this.#leave()
    this.#resolve(value)
  }

  reject(error: Error): void {
    this.#leave()
    this.#reject(error)
  }

  /** Who was called; known by name only where somebody asks for it. */
  get target(): string {
    return this.#target.path
  }

  get mayHaveRun(): boolean {
    return this.started || this.remote !== null
  }

  expire(): void {
    const { target, method } = this
    const waited = `${target}.${method} gave no answer within ${Math.round(this.#timeoutMs)} ms`
    this.reject(
      new AskTimeoutError(`${waited}; ${this.#explain()}`, { target, method, mayHaveRun: this.mayHaveRun }),
    )
  }

  #explain(): string {
    if (this.remote !== null) return 'its handler may have run or still be running'
    return this.started
      ? 'its handler is still running'
      : 'the message was still waiting in the mailbox and will not be run'
  }

  #leave(): void {
    this.#deadlines.remove(this)
    this.remote?.table.delete(this.remote.id)
  }
}
