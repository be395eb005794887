/**
 * What the engine has of a document: its handle, how far that has come, and what is shown already that it has yet to
 * take in.
 */
import { DocumentClosedError } from '../errors.ts'
import { engine, type Handle } from './automerge.ts'
import { Backlog } from './backlog.ts'
import { type ChangeHeader, readHeader } from './change-header.ts'
import { readChunks } from './chunk.ts'
import { EngineLostError } from './errors.ts'
import { epochOf } from './genesis.ts'
import { Progress } from './progress.ts'

export class EngineState {
  readonly progress: Progress
  readonly backlog = new Backlog()
  /** How often the document has begun anew. Kept, because finding the first change takes long where there are many. */
  readonly epoch: number
  /** The hash of the change that the epoch begins with. */
  readonly first: string
  readonly #id: string
  #open: Handle | null

  constructor(id: string, handle: Handle) {
    this.#id = id
    this.#open = handle
    this.progress = Progress.of(handle)
    const { epoch, first } = epochOf(handle)
    this.epoch = epoch
    this.first = first
  }

  /** The engine, once it has taken in all that is shown. */
  get handle(): Handle {
    const handle = this.behind
    if (this.backlog.size > 0) this.#takeIn(handle)
    return handle
  }

  /** The engine as it is. Throws DocumentClosedError. */
  get behind(): Handle {
    if (this.#open === null)
      throw new DocumentClosedError(`${this.#id} was given back by free(); open it again to use it`)
    return this.#open
  }

  /** Goes on with a handle that these changes have been applied to. */
  replace(handle: Handle, changes: readonly ChangeHeader[]): void {
    this.handle.free()
    this.#open = handle
    for (const change of changes) this.progress.add(change)
  }

  /** Makes a change of what has been written; null when that came to nothing. */
  commit(message: string, seconds: number): ChangeHeader | null {
    const { handle } = this
    const hash = handle.commit(message, seconds)
    handle.updateDiffCursor()
    if (hash === null) return null
    const header = headerOf(handle.getLastLocalChange() as Uint8Array)
    this.progress.add(header)
    return header
  }

  changeByHash(hash: string): Uint8Array | undefined {
    return this.backlog.get(hash)?.bytes ?? this.behind.getChangeByHash(hash) ?? undefined
  }

  /** The whole document, checked. */
  save(): Uint8Array {
    return engine(() => this.handle.saveAndVerify())
  }

  free(): void {
    this.#open?.free()
    this.#open = null
  }

  /** What is shown can't be taken back, so an engine that does not come to the same is of no use. */
  #takeIn(handle: Handle): void {
    try {
      this.backlog.empty(handle)
      if (handle.getHeads().join() === this.progress.heads.join()) return
    } catch (cause) {
      throw new EngineLostError('the document engine can not apply what is shown; end the thread', { cause })
    }
    throw new EngineLostError('the document engine has not applied what is shown; end the thread')
  }
}

function headerOf(bytes: Uint8Array): ChangeHeader {
  const [chunk] = readChunks(bytes, Number.MAX_SAFE_INTEGER)
  return readHeader(chunk as NonNullable<typeof chunk>, Number.MAX_SAFE_INTEGER)
}
