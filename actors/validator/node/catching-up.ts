/**
 * Catching up from a snapshot where the others no longer have the blocks, and helping others to do so.
 *
 *   get-chain ──► blocks that are here, or else an offer of the newest snapshot
 *   offer ──► SnapshotSync: proofs, chunks, state ──► archive ──► this validator starts anew from there
 */
import type { SyncMessage } from '../../../protocols/consensus/codec/sync.ts'
import type { Genesis } from '../../../protocols/consensus/genesis.ts'
import type { Message } from '../../../protocols/consensus/messages.ts'
import { answerSync, epochOfHeight, offerSnapshot } from '../../../protocols/consensus/sync/serving.ts'
import {
  type RestoringApplication,
  SnapshotSync,
  type SyncEffect,
} from '../../../protocols/consensus/sync/snapshot-sync.ts'
import type { PublicKey, ValidatorSet } from '../../../protocols/consensus/types.ts'
import type { BlockArchive, StoredSnapshot } from '../../../storage/block-store/block-archive.ts'
import { crypto } from '../crypto.ts'
import type { BlockKeeping } from './block-keeping.ts'

/** Answers to one peer that are under way; it asks again for what is missing. */
const ANSWERS_PER_PEER = 4

export interface CatchingUpShell {
  readonly genesis: Genesis
  readonly archive: BlockArchive
  readonly keeping: BlockKeeping
  now(): number
  /** Of the newest block that is final here. */
  height(): number
  /** Who votes in the epoch that this validator is in. */
  validators(): ValidatorSet
  /** A ledger of its own, into which a snapshot is taken over to see whether it is right. */
  application(): RestoringApplication
  say(to: PublicKey, message: Message): void
  sync(to: PublicKey | 'all', message: SyncMessage): void
  invalid(peer: PublicKey, what: string): void
  /** The archive holds the snapshot: go on from there. */
  caughtUp(snapshot: StoredSnapshot): void
  /** Runs it where what is said has a sender: what waited for the disk is said there. */
  inTurn(run: () => void): void
  failed(error: unknown): void
}

export class CatchingUp {
  readonly #shell: CatchingUpShell
  readonly #answering = new Map<PublicKey, number>()
  #sync: SnapshotSync | undefined
  /** The height that was final here when it began. */
  #startedAt = 0

  constructor(shell: CatchingUpShell) {
    this.#shell = shell
  }

  get dueMs(): number {
    return this.#sync?.dueMs ?? Number.POSITIVE_INFINITY
  }

  tick(): void {
    if (this.#sync === undefined) return
    // Where blocks have come after all, there is no need for a snapshot any more.
    if (this.#shell.height() > this.#startedAt) this.#sync = undefined
    else this.#carryOut(this.#sync.tick(this.#shell.now()))
  }

  message(from: PublicKey, message: SyncMessage): void {
    if (message.kind === 'get-offer' || message.kind === 'get-chunk' || message.kind === 'get-proofs')
      return void this.#answer(from, message)
    if (message.kind === 'snapshot-offer') this.#begin(message.manifest.height)
    if (this.#sync !== undefined) this.#carryOut(this.#sync.message(from, message, this.#shell.now()))
  }

  /** A peer asks for the blocks from a height on. */
  async serve(to: PublicKey, height: number): Promise<void> {
    const { archive, genesis, keeping, inTurn, say, sync } = this.#shell
    await this.#limited(to, async () => {
      const run = await keeping.runAt(height)
      if (run !== undefined) return inTurn(() => say(to, run))
      const offer = await offerSnapshot(epochOfHeight(height, genesis), archive, genesis)
      if (offer !== undefined) inTurn(() => sync(to, offer))
    })
  }

  async #answer(from: PublicKey, question: SyncMessage): Promise<void> {
    const { archive, genesis, inTurn, sync } = this.#shell
    await this.#limited(from, async () => {
      const answer = await answerSync(question, archive, genesis)
      if (answer !== undefined) inTurn(() => sync(from, answer))
    })
  }

  async #limited(peer: PublicKey, work: () => Promise<void>): Promise<void> {
    const under = this.#answering.get(peer) ?? 0
    if (under >= ANSWERS_PER_PEER) return
    this.#answering.set(peer, under + 1)
    try {
      await work()
    } catch (error) {
      this.#shell.failed(error)
    } finally {
      const left = this.#answering.get(peer)! - 1
      if (left === 0) this.#answering.delete(peer)
      else this.#answering.set(peer, left)
    }
  }

  #begin(height: number): void {
    const { genesis, validators, application } = this.#shell
    if (this.#sync !== undefined || height <= this.#shell.height()) return
    this.#startedAt = this.#shell.height()
    this.#sync = new SnapshotSync({ genesis, crypto, known: validators(), application: application() })
  }

  #carryOut(effects: readonly SyncEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          this.#shell.sync(effect.to, effect.message)
          break
        case 'epoch-proof':
          this.#shell.keeping.keepEpoch(effect.epoch, effect.proof)
          break
        case 'refused':
          this.#shell.invalid(effect.peer, `a snapshot: ${effect.problem}`)
          break
        case 'failed':
          this.#shell.failed(effect.error)
          break
        case 'restored': {
          const { seed, snapshot } = effect
          this.#shell.keeping.keepSnapshot({ seed, snapshot }, () => this.#shell.caughtUp({ seed, snapshot }))
        }
      }
    }
  }
}
