/** Blocks: the newest final one, and those beyond it that may become final. */
import { hashHeader } from './codec/block.ts'
import type { EpochSeed, Tip } from './epoch.ts'
import type { Application, Block, Crypto, Hash } from './types.ts'

/** Blocks further beyond the newest final one are of no use: the pipeline is much shorter. */
const MAX_HEIGHTS_AHEAD = 128

export class Chain {
  readonly #application: Application
  readonly #crypto: Crypto
  readonly #open = new Map<Hash, Block>()
  readonly #roots: Map<number, Hash>
  readonly #rootsKept: number
  #final: Tip

  constructor(seed: EpochSeed, rootsKept: number, application: Application, crypto: Crypto) {
    this.#application = application
    this.#crypto = crypto
    this.#final = seed.tip
    this.#rootsKept = rootsKept
    this.#roots = new Map(seed.roots.map(({ height, root }) => [height, root]))
  }

  get final(): Tip {
    return this.#final
  }

  /** Of the state after a final block, where a header may still show it. */
  rootAt(height: number): Hash | undefined {
    return this.#roots.get(height)
  }

  get roots(): EpochSeed['roots'] {
    return [...this.#roots].map(([height, root]) => ({ height, root }))
  }

  hash(block: Block): Hash {
    return hashHeader(block.header, this.#crypto)
  }

  /** False where it is of no use here: it is no later than the newest final block, or far ahead. */
  add(block: Block, hash: Hash): boolean {
    const ahead = block.header.height - this.#final.height
    if (ahead <= 0 || ahead > MAX_HEIGHTS_AHEAD) return false
    this.#open.set(hash, block)
    return true
  }

  get(hash: Hash): Block | undefined {
    return this.#open.get(hash)
  }

  /** The blocks after the newest final one up to this one; undefined where one is not here or it does not descend. */
  path(hash: Hash): Block[] | undefined {
    const blocks: Block[] = []
    let at = hash
    while (at !== this.#final.hash) {
      const block = this.#open.get(at)
      if (block === undefined) return undefined
      blocks.push(block)
      at = block.header.parent
    }
    return blocks.reverse()
  }

  /** The nearest ancestor that is not here; undefined where none is missing or could be. */
  missing(hash: Hash): Hash | undefined {
    let at = hash
    let height = Number.POSITIVE_INFINITY
    while (at !== this.#final.hash && height > this.#final.height + 1) {
      const block = this.#open.get(at)
      if (block === undefined) return at
      height = block.header.height
      at = block.header.parent
    }
    return undefined
  }

  /** Whether what is in the block is what its header says. */
  isWhole({ header, envelopes, evidence }: Block): boolean {
    const roots = this.#application.roots({ envelopes, evidence })
    return roots.transactions === header.transactions && roots.evidence === header.evidence
  }

  /** Executes the next final block. False where its header shows another state than there is here. */
  commit(block: Block, hash: Hash): boolean {
    const { height, timestampMs, stateHeight, stateRoot } = block.header
    const agrees = (this.#roots.get(stateHeight) ?? stateRoot) === stateRoot
    this.#roots.set(height, this.#application.apply(block))
    this.#roots.delete(height - this.#rootsKept)
    this.#final = { height, hash, timestampMs, stateHeight }
    return agrees
  }

  /** Forgets blocks that can't become final any more. */
  prune(): void {
    for (const [hash, { header }] of this.#open)
      if (header.height <= this.#final.height || header.height > this.#final.height + MAX_HEIGHTS_AHEAD)
        this.#open.delete(hash)
  }
}
