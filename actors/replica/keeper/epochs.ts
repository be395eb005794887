/** When a document of the node begins a new epoch, and what the keeper does for it. */
import type { ActorRef } from '../../../runtime/index.ts'
import type { DataMap } from '../document/data.ts'
import { nextGenesisOf } from '../document/genesis.ts'
import type { Inside } from '../inside.ts'
import type { OpenDocument, SealReport } from '../open-document.ts'
import type { Replica } from '../replica.ts'
import type { Keeper } from './keeper.ts'
import { Rollover } from './rollover.ts'

/** A document of so many operations in its history for each live one has as much past as present. */
const HISTORY_PER_LIVE = 2

export class Epochs {
  readonly #inside: Inside
  readonly #rollover: Rollover

  constructor(inside: Inside) {
    this.#inside = inside
    const { context } = inside
    const replica = (peer: string): ActorRef<Replica> | undefined => inside.peers.get(peer)
    this.#rollover = new Rollover({
      peers: (id) => inside.exchanges.peersOf(id),
      seal: (peer, id) => replica(peer)?.tell.seal(id),
      unseal: (peer, id) => replica(peer)?.tell.unseal(id),
      begin: (open, peers) => this.#begin(open, peers),
      failed: (id, error) =>
        context.log.error(
          { document: id, err: error },
          `${id} could not begin a new epoch; it goes on as it is`,
        ),
      again: (open) => this.#consider(open),
      after: (ms, run) => context.timers.after(ms, run),
    })
  }

  /** Resolves when the document is not between two epochs. */
  settled(id: string): Promise<void> {
    return this.#rollover.settled(id)
  }

  sealed(peer: string, id: string, report: SealReport): void {
    this.#rollover.sealed(peer, id, report)
  }

  /** A replica does not have the document any more. */
  gone(peer: string, id: string): void {
    this.#rollover.gone(peer, id)
  }

  /** Looks, after a turn of a document, whether it has so much history that it should begin a new epoch. */
  worked(open: OpenDocument): void {
    this.#consider(open)
    this.#rollover.check(open.id)
  }

  #consider(open: OpenDocument): void {
    const { document, strangers } = open
    const least = this.#inside.args.limits.epochOperations
    if (strangers > 0 || document.progress.maxOp <= Math.max(least, open.largeHistory)) return
    open.largeHistory = HISTORY_PER_LIVE * document.countLiveOperations()
    if (document.progress.maxOp > open.largeHistory) this.#rollover.start(open)
  }

  /** The state of all changes is stored in the place of them; then the new epoch begins everywhere. */
  async #begin(open: OpenDocument, peers: readonly string[]): Promise<void> {
    const { table, keeper, context, newActor } = this.#inside
    const { document, id } = open
    table.seal(open)
    const epoch = document.epoch + 1
    const saved = nextGenesisOf(id, epoch, document.heads, document.view() as DataMap)
    try {
      await (keeper as Keeper).replace(id, `epoch-${epoch}`, saved)
    } catch (error) {
      table.unseal(open)
      throw error
    }
    table.restart(open, newActor(), saved)
    for (const peer of peers) {
      this.#inside.peers.get(peer)?.tell.begin(id, saved)
      table.up(open, peer)
    }
    context.log.debug({ document: id, epoch }, `${id} begins epoch ${epoch}`)
  }
}
