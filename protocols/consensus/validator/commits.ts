/** Final blocks: executed in their order, once each of them is here. */
import type { Context } from '../simplex/context.ts'
import type { Block, Certificate, Hash } from '../types.ts'
import type { MissingBlocks } from './missing-blocks.ts'
import type { Running } from './running.ts'
import type { Watch } from './watch.ts'

export class Commits {
  readonly #context: Context
  readonly #running: Running
  readonly #missing: MissingBlocks
  readonly #watch: Watch
  readonly #ended: () => void
  /** The newest finalization whose block is not here yet. */
  #pending: Certificate | undefined

  /** @param ended is told when the last block of the epoch is final */
  constructor(
    context: Context,
    running: Running,
    { missing, watch }: { readonly missing: MissingBlocks; readonly watch: Watch },
    ended: () => void,
  ) {
    this.#context = context
    this.#running = running
    this.#missing = missing
    this.#watch = watch
    this.#ended = ended
  }

  /** Whether the epoch's last block is final. */
  get isOver(): boolean {
    return this.#context.chain.final.height === this.#running.epoch.last
  }

  finalized(certificate: Certificate): void {
    if (certificate.epoch !== this.#running.epoch.set.epoch) return
    const { chain } = this.#context
    const path = chain.path(certificate.block)
    if (path !== undefined) return this.#commit(path, certificate)
    if (this.#pending === undefined || certificate.view > this.#pending.view) this.#pending = certificate
    const missing = chain.missing(certificate.block)
    if (missing !== undefined) this.#missing.want(missing)
  }

  /** Commits up to the newest finalization, where its blocks have come. */
  goOn(): void {
    const certificate = this.#pending
    this.#pending = undefined
    if (certificate !== undefined) this.finalized(certificate)
  }

  /** Executes the child of the newest final block. */
  apply(block: Block, hash: Hash): void {
    const { chain, application } = this.#context
    if (!chain.commit(block, hash) && !this.#context.halted) {
      this.#context.halted = true
      this.#watch.diverged(block.header.height)
    }
    this.#running.epoch.count(block, application)
  }

  /** Another epoch begins. */
  clear(): void {
    this.#pending = undefined
  }

  #commit(path: readonly Block[], certificate: Certificate): void {
    const { chain, outbox } = this.#context
    for (const block of path) this.apply(block, chain.hash(block))
    this.#running.simplex.pruneTo(certificate.view)
    if (path.length === 0) return
    chain.prune()
    this.#missing.settle()
    outbox.push({ kind: 'committed', blocks: path, certificate })
    this.#watch.final()
    if (this.isOver) this.#ended()
    else this.goOn()
  }
}
