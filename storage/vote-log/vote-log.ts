/**
 * What validators have voted, durable before anybody hears of it: whoever forgets a vote may vote twice. One log
 * serves all validators of a process, so that they share each wait for the disk.
 *
 *   core: persist ──► append ──► one batch of all that came meanwhile ──► write, fdatasync ──► persisted
 *   core: committed ──► forget ──► gone with the next segment
 *   start: open ──► records of each validator, in their order
 *
 * Opening never goes on with a file that a crash may have left half written: what it reads becomes the first batch of
 * a new one. A batch at the end whose writing was cut short was never acknowledged; it is left out, and `tornBytes`
 * says so. Anything else that is not as it was written is damage: opening rejects with StorageDamagedError, gives
 * nothing out and changes nothing, because a validator that does not know its votes must not vote.
 *
 * What can't be found is a log that lacks whole batches at its end, such as one restored from a backup: never do that.
 */
import { resolve } from 'node:path'
import {
  InvalidOptionError,
  NeuroplexError,
  StorageClosedError,
  StorageFailedError,
  StorageFullError,
} from '../../protocols/errors.ts'
import { checkInteger } from '../../protocols/limits.ts'
import { holdFolder } from '../data-folder.ts'
import { Gate } from '../embedded/gate.ts'
import { storageFailed } from '../embedded/sqlite-error.ts'
import type { ProcessLock } from '../process-lock.ts'
import type { LogRecord } from './batch.ts'
import { KeptRecords, weightOf } from './kept-records.ts'
import { completeVoteLogLimits, MAX_NAME_BYTES, type VoteLogLimits } from './limits.ts'
import { readNewest, removeBefore, Segment } from './segment.ts'

/** A batch takes no more once it has this many bytes, so that the first in it need not wait long. */
const GROUP_BYTES = 4 * 1024 * 1024

export interface VoteLogOptions {
  /** Made when it is not there, for its owner only. One process has it open at a time. */
  readonly folder: string
  readonly limits?: Partial<VoteLogLimits>
}

/** A record without its validator. */
export interface VoteLogRecord {
  /** Until the validator forgets views up to this one, the record is kept. */
  readonly view: number
  readonly bytes: Uint8Array
}

interface Call {
  readonly records: readonly LogRecord[]
  readonly weight: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export class VoteLog implements AsyncDisposable {
  /** Bytes at the end of the log that were never acknowledged and were left out when it was opened. */
  readonly tornBytes: number
  readonly #folder: string
  readonly #limits: VoteLogLimits
  readonly #lock: ProcessLock
  readonly #gate: Gate
  readonly #kept: KeptRecords
  #segment: Segment
  #queue: Call[] = []
  #draining: Promise<void> | undefined
  #failure: StorageFailedError | undefined
  #closed: Promise<void> | undefined

  private constructor(
    folder: string,
    limits: VoteLogLimits,
    lock: ProcessLock,
    { kept, segment, tornBytes }: { kept: KeptRecords; segment: Segment; tornBytes: number },
  ) {
    this.#folder = folder
    this.#limits = limits
    this.#lock = lock
    this.#gate = new Gate(limits.inFlightBytes, limits.waitingCalls)
    this.#kept = kept
    this.#segment = segment
    this.tornBytes = tornBytes
  }

  /** Rejects with StorageInUseError while another has the folder, StorageDamagedError and StorageFailedError. */
  static async open({ folder: given, limits = {} }: VoteLogOptions): Promise<VoteLog> {
    const complete = completeVoteLogLimits(limits)
    const folder = resolve(given)
    const lock = holdFolder(folder)
    try {
      return new VoteLog(folder, complete, lock, await recover(folder))
    } catch (error) {
      lock.release()
      throw error instanceof NeuroplexError
        ? error
        : storageFailed(`cannot open the votes in ${folder}`, error)
    }
  }

  /** What is kept of a validator, in the order of appending. Some that it has forgotten may be back after a start. */
  records(validator: string): VoteLogRecord[] {
    return this.#kept.of(validator).map(({ view, bytes }) => ({ view, bytes }))
  }

  /**
   * Resolves when the records are durable, and with them all that was appended before. When the process or the machine
   * dies earlier, all of the records may be there or none. The log keeps the bytes: they are not to be changed.
   *
   * Rejects with InvalidOptionError for what is no record, StorageBusyError when too many wait already, and
   * StorageFullError when more would be kept than may; nothing has been written then. After StorageFailedError the log
   * takes no more: what was acknowledged is there when it is opened again, and what was not may be.
   */
  async append(validator: string, records: readonly VoteLogRecord[]): Promise<void> {
    checkName(validator)
    for (const { view } of records) checkInteger('view', view, 0)
    if (this.#closed !== undefined) throw this.#closedError()
    if (this.#failure !== undefined) throw this.#lostError(this.#failure, false)
    const entries = records.map(({ view, bytes }) => ({ validator, view, bytes }))
    const weight = weightOf(entries)
    await new Promise<void>((resolve, reject) => {
      const call = { records: entries, weight, resolve, reject }
      this.#gate.enter(weight, () => this.#pass(call))
    })
  }

  /** The records of views before this one are no longer needed. It need not be durable, and so takes no time. */
  forget(validator: string, view: number): void {
    this.#kept.forget(validator, view)
  }

  /** Resolves when the appends before it have ended and the folder is free. It may be called again. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining
    await this.#segment.close()
    this.#lock.release()
  }

  #pass(call: Call): void {
    this.#queue.push(call)
    // What is appended in the same turn goes into the first batch too.
    this.#draining ??= Promise.resolve().then(() => this.#drain())
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const calls = this.#takeGroup()
      const failure = this.#failure ?? (await this.#write(calls))
      for (const call of calls) {
        if (failure === undefined) call.resolve()
        else call.reject(this.#lostError(failure, failure !== this.#failure))
        this.#gate.leave(call.weight)
      }
      this.#failure ??= failure
    }
    this.#draining = undefined
  }

  /** Those that may be kept, in their order, up to the size of a batch; the others are refused. */
  #takeGroup(): Call[] {
    const taken: Call[] = []
    let bytes = 0
    let count = 0
    for (const call of this.#queue) {
      if (bytes > 0 && bytes + call.weight > GROUP_BYTES) break
      count += 1
      if (this.#kept.bytes + bytes + call.weight > this.#limits.keptBytes) this.#refuse(call)
      else {
        taken.push(call)
        bytes += call.weight
      }
    }
    this.#queue.splice(0, count)
    return taken
  }

  #refuse(call: Call): void {
    call.reject(
      new StorageFullError(
        `the votes in ${this.#folder} would take more than ${this.#limits.keptBytes} bytes: forget the views that are final, or raise limits.keptBytes`,
        { target: this.#folder, mayHaveRun: false },
      ),
    )
    this.#gate.leave(call.weight)
  }

  async #write(calls: readonly Call[]): Promise<StorageFailedError | undefined> {
    const records = calls.flatMap((call) => call.records)
    if (records.length === 0) return undefined
    try {
      await this.#segment.append(records)
      this.#kept.add(records)
      if (this.#segment.bytes > Math.max(this.#limits.segmentBytes, 2 * this.#kept.bytes)) await this.#roll()
      return undefined
    } catch (error) {
      return storageFailed(`cannot write to ${this.#segment.path}`, error)
    }
  }

  async #roll(): Promise<void> {
    const full = this.#segment
    this.#segment = await Segment.create(this.#folder, full.number + 1, this.#kept.all())
    await full.close()
    await removeBefore(this.#folder, this.#segment.number)
  }

  /** An error of its own for each call, because each has its own stack and may say something else. */
  #lostError(failure: StorageFailedError, mayHaveRun: boolean): StorageFailedError {
    return new StorageFailedError(
      `${failure.message}. The log takes no more: close it and open it again; what was acknowledged is there`,
      { target: this.#folder, mayHaveRun, cause: failure.cause },
    )
  }

  #closedError(): StorageClosedError {
    return new StorageClosedError(`the log of the votes in ${this.#folder} is closed`, {
      target: this.#folder,
    })
  }
}

async function recover(folder: string) {
  const { number, records, tornBytes } = await readNewest(folder)
  const kept = new KeptRecords()
  kept.add(records)
  const segment = await Segment.create(folder, number + 1, records)
  await removeBefore(folder, segment.number)
  return { kept, segment, tornBytes }
}

function checkName(validator: string): void {
  const bytes = typeof validator === 'string' ? Buffer.byteLength(validator) : 0
  if (bytes === 0 || bytes > MAX_NAME_BYTES)
    throw new InvalidOptionError(`the name of a validator has to have 1 to ${MAX_NAME_BYTES} bytes`)
}
