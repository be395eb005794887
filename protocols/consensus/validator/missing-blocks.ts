/** Blocks that are certified and not here: asked for until they come, of one member after the other. */
import type { Context } from '../simplex/context.ts'
import type { Block, Hash, PublicKey } from '../types.ts'
import type { Running } from './running.ts'

/** A lost answer is asked for again after this time. */
const RETRY_MS = 400

export class MissingBlocks {
  readonly #context: Context
  readonly #running: Running
  readonly #arrived: () => void
  readonly #wanted = new Map<Hash, { next: number; dueMs: number }>()

  /** @param arrived is told when a block that was wanted is here */
  constructor(context: Context, running: Running, arrived: () => void) {
    this.#context = context
    this.#running = running
    this.#arrived = arrived
  }

  get dueMs(): number {
    let due = Number.POSITIVE_INFINITY
    for (const { dueMs } of this.#wanted.values()) due = Math.min(due, dueMs)
    return due
  }

  want(hash: Hash): void {
    if (this.#wanted.has(hash)) return
    this.#wanted.set(hash, { next: 0, dueMs: 0 })
    this.ask()
  }

  /** Asks for what is due, each time of another member. */
  ask(): void {
    const { nowMs, outbox, self } = this.#context
    const { members } = this.#running.epoch.set
    for (const [hash, want] of this.#wanted) {
      if (want.dueMs > nowMs) continue
      want.dueMs = nowMs + RETRY_MS
      const start = Number.parseInt(hash.slice(0, 6), 16)
      let peer = members[(start + want.next++) % members.length]!.publicKey
      if (peer === self) peer = members[(start + want.next++) % members.length]!.publicKey
      outbox.send(peer, { kind: 'get-block', hash })
    }
  }

  give(to: PublicKey, hash: Hash): void {
    const block = this.#context.chain.get(hash)
    if (block !== undefined) this.#context.outbox.send(to, { kind: 'block', block })
    else this.#running.simplex.viewSync.tellStatus(to)
  }

  /** A wanted block is certified, so that its hash is all there is to check. */
  receive(block: Block): void {
    const { chain } = this.#context
    const hash = chain.hash(block)
    if (!this.#wanted.has(hash) || !chain.isWhole(block)) return
    this.#wanted.delete(hash)
    // Who is that far behind catches up by final blocks, and would ask for this one again and again.
    if (!chain.add(block, hash)) return
    const missing = chain.missing(hash)
    if (missing !== undefined) this.want(missing)
    this.#arrived()
  }

  /** Blocks have become final; what has come by another way is wanted no more. */
  settle(): void {
    for (const hash of this.#wanted.keys())
      if (this.#context.chain.get(hash) !== undefined) this.#wanted.delete(hash)
  }

  /** Another epoch begins. */
  clear(): void {
    this.#wanted.clear()
  }
}
