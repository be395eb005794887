/**
 * What crosses between the threads that use the embedded storage and the one that has it open.
 *
 *   caller's thread                                    storage thread
 *     call ─┐                                            │ all that has arrived, up to a bound
 *     call ─┴─ Batch (one buffer, transferred) ────────► │ one transaction, a savepoint for each call
 *     call ◄─┬─ Reply (a result for each) ◄───────────── │ commit
 */
import type { WireError } from '../../protocols/payload/wire-error.ts'

export interface Request {
  readonly number: number
  readonly operation: string
  readonly args: unknown
  /** How the buffer of the batch is divided; this request's parts follow those of the one before. */
  readonly sizes: readonly number[]
}

export interface Batch {
  readonly requests: readonly Request[]
  readonly bytes: ArrayBuffer
}

export interface Reply {
  readonly number: number
  readonly value?: unknown
  readonly error?: WireError
}

/** The first word of the storage thread, and the last that it gets. */
export type Opening = { readonly error?: WireError }
export const CLOSE = 'close'

export interface Result {
  readonly value?: unknown
  /** Buffers within the value that go over to the caller. */
  readonly transfer?: readonly ArrayBuffer[]
}

export interface Operation {
  /** Whether it changes nothing that others could see. */
  readonly reads: boolean
  /** What it throws ends its own call only, and leaves nothing behind. */
  readonly run: (args: never, bytes: readonly Uint8Array[]) => Result
}

/** By their names: that of the part, a dot, and that of what is done. */
export type Operations = Readonly<Record<string, Operation>>
