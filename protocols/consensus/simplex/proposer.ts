/** What the leader of the current view proposes, and when. */
import type { Epoch, Tip } from '../epoch.ts'
import { type Block, NO_HASH } from '../types.ts'
import type { Ballot } from './ballot.ts'
import type { Context } from './context.ts'
import { mayVote } from './guards.ts'
import type { Pacemaker } from './pacemaker.ts'
import { tipOf } from './proposal.ts'
import type { Parent, Standing } from './standing.ts'
import type { ViewSync } from './view-sync.ts'
import type { View } from './views.ts'

interface Parts {
  readonly ballot: Ballot
  readonly pacemaker: Pacemaker
  readonly viewSync: ViewSync
}

export class Proposer {
  readonly #standing: Standing
  readonly #parts: Parts

  constructor(standing: Standing, parts: Parts) {
    this.#standing = standing
    this.#parts = parts
  }

  /** Proposes, once it is time to; `view` is the current one, and this validator leads it. */
  lead(view: View): void {
    const { context, epoch, self } = this.#standing
    if (context.halted || !mayVote(view.own, 'notarize')) return
    const parent = this.#standing.parent()
    if (parent === undefined) return this.#parts.viewSync.ask('all')
    const path = context.chain.path(parent.hash)
    // A certified block that is not here has been asked for.
    if (path === undefined) return
    const { enteredAtMs, timeoutMs } = this.#parts.pacemaker
    const block = propose(context, epoch, { leader: self, parent, path, enteredAtMs, timeoutMs })
    if (typeof block === 'number') this.#parts.pacemaker.lookAgain(block)
    else this.#send(block, parent, block === path.at(-1))
  }

  /** The vote for the block is what its leader signs, so the proposal goes out once that is durable. */
  #send(block: Block, parent: Parent, again: boolean): void {
    const { chain, outbox } = this.#standing.context
    const { view: parentView, certificate: parentCertificate } = parent
    const hash = again ? parent.hash : chain.hash(block)
    chain.add(block, hash)
    this.#parts.ballot.cast(this.#standing.view, 'notarize', hash, [{ kind: 'block', block }], (vote) =>
      outbox.send('all', { kind: 'proposal', block, parentView, parentCertificate, vote }),
    )
  }
}

/** The view of a leader that may propose. */
interface Occasion {
  readonly leader: number
  readonly parent: Parent
  /** The blocks after the newest final one up to the parent. */
  readonly path: readonly Block[]
  readonly enteredAtMs: number
  readonly timeoutMs: number
}

/**
 * The block to propose now: a new one, or the parent again where the chain must not grow before that is final. Or the
 * time at which to look again; Infinity where nothing but news can change it.
 */
function propose(context: Context, epoch: Epoch, occasion: Occasion): Block | number {
  const { chain } = context
  const { parent, path } = occasion
  const last = path.at(-1)
  const tip = last === undefined ? chain.final : tipOf(last.header, parent.hash)
  if (tip.height >= epoch.last || path.length >= epoch.seed.parameters.pipeline_depth)
    return last ?? Number.POSITIVE_INFINITY
  // No header shows an older state than its parent: the parent's leader knew of a final block that is not here yet.
  if (chain.final.height < tip.stateHeight) return Number.POSITIVE_INFINITY
  const atMs = proposalTime(context, epoch, occasion)
  return context.nowMs < atMs ? atMs : build(context, epoch, occasion, tip)
}

/** At once where there is work; sooner than `block_time` where a block waits to become final by the next one. */
function proposalTime({ application, genesis }: Context, epoch: Epoch, occasion: Occasion): number {
  const { path, enteredAtMs, timeoutMs } = occasion
  const idleMs = path.length === 0 ? genesis.block_time : Math.min(genesis.block_time, timeoutMs / 2)
  return enteredAtMs + (application.hasWork(path) ? epoch.seed.parameters.batch_wait : idleMs)
}

function build(context: Context, epoch: Epoch, { leader, parent, path }: Occasion, tip: Tip): Block {
  const { application, chain, genesis, chainId, nowMs } = context
  const maxTransactions = Math.min(epoch.seed.parameters.batch_cap, genesis.max_transactions_per_block)
  const body = application.build(path, { maxBytes: genesis.max_block_size, maxTransactions })
  const stateHeight = chain.final.height
  const height = tip.height + 1
  const header = {
    chain: chainId,
    epoch: epoch.set.epoch,
    height,
    parent: tip.hash,
    proposer: leader,
    timestampMs: Math.max(nowMs, tip.timestampMs + 1),
    validators: epoch.set.hash,
    nextValidators: height === epoch.last ? epoch.next!.set.hash : NO_HASH,
    stateHeight,
    stateRoot: chain.rootAt(stateHeight)!,
    ...application.roots(body),
    signers: parent.certificate?.signers ?? new Uint8Array(0),
  }
  return { header, ...body }
}
