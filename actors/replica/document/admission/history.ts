/** Finds an operation that is part of a document, or of the changes that are being looked at. */
import type { DecodedOperation, Handle } from '../automerge.ts'
import type { Progress } from '../progress.ts'

export class History {
  readonly #handle: Handle
  readonly #progress: Progress
  readonly #decoded = new Map<string, DecodedOperation[]>()
  readonly #added = new Map<string, DecodedOperation>()

  constructor(handle: Handle, progress: Progress) {
    this.#handle = handle
    this.#progress = progress
  }

  add(id: string, operation: DecodedOperation): void {
    this.#added.set(id, operation)
  }

  find(id: string): DecodedOperation | undefined {
    const added = this.#added.get(id)
    if (added !== undefined) return added
    const [counter, actor] = id.split('@')
    const change = this.#progress.changeOf(Number(counter), actor ?? '')
    if (change === undefined) return undefined
    let operations = this.#decoded.get(change.hash)
    if (operations === undefined) {
      operations = this.#handle.getDecodedChangeByHash(change.hash)?.ops ?? []
      this.#decoded.set(change.hash, operations)
    }
    return operations[Number(counter) - change.startOp]
  }
}
