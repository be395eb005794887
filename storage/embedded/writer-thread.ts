/**
 * The caller's end of the storage thread, which alone has the data folder open.
 *
 * Calls made in one go travel together; those that come while the thread waits for the disk share its
 * next transaction. The thread keeps the process alive while a call is under way, and not otherwise.
 */
import { Worker } from 'node:worker_threads'
import { StorageClosedError, StorageFailedError } from '../../protocols/errors.ts'
import { errorFromWire } from '../../protocols/payload/wire-error.ts'
import type { StorageLimits } from '../limits.ts'
import { Gate } from './gate.ts'
import { type Batch, CLOSE, type Opening, type Reply } from './operation.ts'

/** The file beside this one, under the extension that this one has: `.ts` in development, `.js` once built. */
const ENTRY = new URL(`./worker${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url)
/** What a call takes beside its bytes, and each of its parts again. */
const OVERHEAD_BYTES = 256

interface Call {
  readonly number: number
  readonly operation: string
  readonly args: unknown
  readonly bytes: readonly Uint8Array[]
  readonly weight: number
  sent: boolean
  resolve(value: unknown): void
  reject(error: Error): void
}

export class WriterThread {
  readonly #folder: string
  readonly #worker: Worker
  readonly #gate: Gate
  readonly #ended: Promise<void>
  /** Accepted and not yet answered, by number. */
  readonly #calls = new Map<number, Call>()
  #lastNumber = 0
  /** Let through in this turn of the event loop, and sent at its end. */
  #outbox: Call[] = []
  #closed: Promise<void> | undefined
  #lost: string | undefined
  #onIdle: (() => void) | undefined

  private constructor(folder: string, worker: Worker, ended: Promise<string>, limits: StorageLimits) {
    this.#folder = folder
    this.#worker = worker
    this.#gate = new Gate(limits.inFlightBytes, limits.waitingCalls)
    this.#ended = ended.then((reason) => this.#lose(reason))
    worker.on('message', (replies: Reply[]) => replies.forEach((reply) => void this.#settle(reply)))
    worker.unref()
  }

  /** Rejects with StorageInUseError or StorageFailedError. */
  static async start(folder: string, limits: StorageLimits): Promise<WriterThread> {
    const worker = new Worker(ENTRY, { name: 'neuroplex-storage', workerData: { folder, limits } })
    // Listened to from the start: the end may follow upon the first word at once.
    const ended = endOf(worker)
    const opening = await new Promise<Opening>((resolve, reject) => {
      worker.once('message', resolve)
      void ended.then((reason) =>
        reject(
          new StorageFailedError(`the storage thread of ${folder} cannot be started: ${reason}`, {
            target: folder,
          }),
        ),
      )
    })
    if (opening.error === undefined) return new WriterThread(folder, worker, ended, limits)
    await ended
    throw errorFromWire(opening.error)
  }

  /** Resolves with the operation's value once its effect is durable. */
  call(operation: string, args: unknown, bytes: readonly Uint8Array[] = [], keys = 1): Promise<unknown> {
    if (this.#closed !== undefined) return Promise.reject(this.#closedError())
    if (this.#lost !== undefined) return Promise.reject(this.#lostError(this.#lost, operation, false))
    const weight = bytes.reduce((sum, part) => sum + part.byteLength, OVERHEAD_BYTES * keys)
    return new Promise((resolve, reject) => {
      const number = ++this.#lastNumber
      const call: Call = { number, operation, args, bytes, weight, sent: false, resolve, reject }
      this.#gate.enter(weight, () => this.#pass(call))
      if (this.#calls.size === 0) this.#worker.ref()
      this.#calls.set(number, call)
    })
  }

  /** Answers what was accepted, then ends the thread and releases the folder. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    if (this.#calls.size > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    this.#worker.ref()
    this.#worker.postMessage(CLOSE)
    await this.#ended
  }

  #pass(call: Call): void {
    if (this.#outbox.length === 0) queueMicrotask(() => this.#send())
    this.#outbox.push(call)
  }

  #send(): void {
    const calls = this.#outbox
    this.#outbox = []
    const batch = pack(calls)
    for (const call of calls) call.sent = true
    this.#worker.postMessage(batch, [batch.bytes])
  }

  #settle({ number, value, error }: Reply): void {
    const call = this.#calls.get(number)!
    this.#calls.delete(number)
    if (error === undefined) call.resolve(value)
    else call.reject(errorFromWire(error))
    this.#gate.leave(call.weight)
    if (this.#calls.size > 0) return
    this.#worker.unref()
    this.#onIdle?.()
  }

  /** Whether what was sent has been done is not known: its thread ended with the answer. */
  #lose(reason: string): void {
    this.#lost = reason
    for (const { operation, sent, reject } of this.#calls.values())
      reject(this.#lostError(reason, operation, sent))
    this.#calls.clear()
    this.#onIdle?.()
  }

  #lostError(reason: string, method: string, mayHaveRun: boolean): StorageFailedError {
    return new StorageFailedError(
      `the storage thread of ${this.#folder} has ended (${reason}): close the store and open it again; what was acknowledged is there`,
      { target: this.#folder, method, mayHaveRun },
    )
  }

  #closedError(): StorageClosedError {
    return new StorageClosedError(`the storage of ${this.#folder} is closed`, { target: this.#folder })
  }
}

/** Resolves with the reason once the thread has ended. */
function endOf(worker: Worker): Promise<string> {
  let reason = 'it ended by itself'
  worker.on('error', (error) => {
    reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  })
  return new Promise((resolve) => {
    worker.once('exit', () => resolve(reason))
  })
}

/** One buffer for all, because each buffer that goes to another thread costs. */
function pack(calls: readonly Call[]): Batch {
  const size = calls.reduce(
    (sum, { bytes }) => bytes.reduce((own, { byteLength }) => own + byteLength, sum),
    0,
  )
  const all = new Uint8Array(size)
  let offset = 0
  const requests = calls.map(({ number, operation, args, bytes }) => {
    for (const part of bytes) {
      all.set(part, offset)
      offset += part.byteLength
    }
    return { number, operation, args, sizes: bytes.map(({ byteLength }) => byteLength) }
  })
  return { requests, bytes: all.buffer }
}
