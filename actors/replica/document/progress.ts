/** How far a document has come, and which change an operation is in. */
import type { Handle } from './automerge.ts'
import type { ChangeHeader } from './change-header.ts'

interface Made {
  /** Number of the first operation of each change of an actor, in their order, and the hash of the change. */
  readonly starts: number[]
  readonly hashes: string[]
  lastOp: number
}

export class Progress {
  /** Of each actor the number of its last change. */
  readonly clock = new Map<string, number>()
  readonly #made = new Map<string, Made>()
  /** Of each change the number of its last operation, by the hash of the change. */
  readonly #ends = new Map<string, number>()
  readonly #heads = new Set<string>()
  /** The highest number of any operation. */
  maxOp = 0
  changes = 0

  static of(handle: Handle): Progress {
    const progress = new Progress()
    for (const { maxOp, ...change } of handle.getChangesMeta([]))
      progress.add({ ...change, operations: maxOp - change.startOp + 1 })
    return progress
  }

  /** Enters a change; those of one actor come in their order. */
  add({ actor, seq, startOp, operations, hash, deps }: Omit<ChangeHeader, 'bytes'>): void {
    const last = startOp + operations - 1
    const made = this.#made.get(actor)
    if (made === undefined) this.#made.set(actor, { starts: [startOp], hashes: [hash], lastOp: last })
    else {
      made.starts.push(startOp)
      made.hashes.push(hash)
      made.lastOp = Math.max(made.lastOp, last)
    }
    for (const dep of deps) this.#heads.delete(dep)
    this.#heads.add(hash)
    this.#ends.set(hash, last)
    this.clock.set(actor, seq)
    this.changes++
    this.maxOp = Math.max(last, this.maxOp)
  }

  /** The changes that no other was made upon, in order. */
  get heads(): string[] {
    return [...this.#heads].sort()
  }

  has(hash: string): boolean {
    return this.#ends.has(hash)
  }

  /** The number of the last operation of a change; 0 where there is no such change. */
  endOf(hash: string): number {
    return this.#ends.get(hash) ?? 0
  }

  /** The number of an actor's last operation. */
  lastOp(actor: string): number {
    return this.#made.get(actor)?.lastOp ?? 0
  }

  /** The hash of an actor's change by its number, or undefined. */
  hashAt(actor: string, seq: number): string | undefined {
    return this.#made.get(actor)?.hashes[seq - 1]
  }

  /** The change that has an operation, by the operation's number and actor; undefined where there is none. */
  changeOf(counter: number, actor: string): { hash: string; startOp: number } | undefined {
    const made = this.#made.get(actor)
    if (made === undefined || counter > made.lastOp) return undefined
    let low = 0
    for (let high = made.starts.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((made.starts[middle] as number) <= counter) low = middle + 1
      else high = middle
    }
    if (low === 0) return undefined
    return { hash: made.hashes[low - 1] as string, startOp: made.starts[low - 1] as number }
  }
}
