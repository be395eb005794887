/**
 * When a document of the node begins a new epoch, or follows other nodes into theirs, and what the keeper does
 * for it.
 *
 *   much history ─────────────► Rollover: all replicas of the node are level and wait
 *   another node is in another      └─► the new epoch is stored, with the one before beside it
 *     └─► Travels: what is missing ─┘       └─► begins on all replicas; other nodes hear of it
 */

import { StorageClosedError } from '../../../protocols/errors.ts'
import { type Epoch, follow, type Lineage } from '../../../protocols/replication/epochs/lineage.ts'
import { DEFAULT_REPLICATION_LIMITS } from '../../../protocols/replication/limits.ts'
import type { ActorRef } from '../../../runtime/index.ts'
import { loadHandle } from '../document/automerge.ts'
import { countOperations, type DataMap } from '../document/data.ts'
import { EngineLostError } from '../document/errors.ts'
import { nextGenesisOf } from '../document/genesis.ts'
import { read } from '../document/read.ts'
import { endThread, type Inside } from '../inside.ts'
import type { OpenDocument, SealReport } from '../open-document.ts'
import type { Replica } from '../replica.ts'
import type { Keeper } from './keeper.ts'
import { HISTORY_PER_LIVE, Library, mayEnd } from './library.ts'
import type { PastEpoch } from './past.ts'
import { Rollover } from './rollover.ts'
import { Travels } from './travels.ts'

/** Nodes that are not to begin an epoch begin it when the one that is has not, with so much more history. */
const PATIENCE = 1.5
const REMEMBERED = DEFAULT_REPLICATION_LIMITS.epochs - 1

/** An epoch to go on in. */
interface Next {
  readonly saved: Uint8Array
  readonly lineage: Lineage
  readonly past: readonly PastEpoch[]
}

/** There is no reason any more to begin an epoch; there will be one again with more edits. */
class MostlyPresentError extends Error {}

export class Epochs {
  readonly #inside: Inside
  readonly #library: Library
  readonly #rollover: Rollover
  readonly #travels: Travels

  constructor(inside: Inside) {
    this.#inside = inside
    this.#library = new Library(
      () => (inside.keeper as Keeper).past,
      (ms, run) => inside.context.timers.after(ms, run),
    )
    this.#rollover = this.#newRollover()
    this.#travels = this.#newTravels()
  }

  /** Resolves when the document is not between two epochs. */
  settled(id: string): Promise<void> {
    return this.#rollover.settled(id)
  }

  sealed(peer: string, id: string, report: SealReport): void {
    this.#rollover.sealed(peer, id, report)
  }

  /** A replica of this node does not have the document any more. */
  gone(peer: string, id: string): void {
    this.#rollover.gone(peer, id)
  }

  /** Another node does not have it any more. */
  parted(node: string, id: string): void {
    const open = this.#inside.table.get(id)
    if (open !== undefined) this.#care(open, () => this.#travels.parted(node, open))
  }

  /** The document is unloaded. */
  forget(id: string): void {
    this.#travels.moved(id, false)
    this.#library.giveBack(id)
  }

  /** Another node said something of a document; true where it is about epochs, and not about the present one. */
  heard(node: string, open: OpenDocument, message: unknown): boolean {
    const { document } = (message ?? {}) as { document?: unknown }
    if (document === open.name || typeof document !== 'string') return false
    if (document !== open.id && !document.startsWith(`${open.id}#`)) return false
    this.#care(open, async () => {
      if (document === open.id) await this.#travels.heard(node, open, message)
      else if (!open.refused.has(node)) await this.#travels.tell(node, open)
    })
    return true
  }

  /** Looks, after a turn of a document, whether it has so much history that it should begin a new epoch. */
  worked(open: OpenDocument): void {
    for (const node of this.#nodesOf(open)) this.#care(open, () => this.#travels.tell(node, open, false))
    this.#consider(open)
    this.#rollover.check(open.id)
  }

  /** Takes in what a replica of this node has, which may be in an epoch that is over. */
  async bringOver(open: OpenDocument, saved: Uint8Array): Promise<void> {
    const { first } = open.document
    const changes = await this.#library.translated(open, saved)
    if (open.document.first !== first) return this.bringOver(open, saved)
    if (changes !== undefined) return this.#care(open, () => this.#inside.table.receive(open, changes))
    this.#inside.context.log.error(
      { document: open.id },
      `a replica of ${open.id} was in an epoch that is forgotten; what only it had is not brought over`,
    )
  }

  #consider(open: OpenDocument): void {
    if (this.#travels.ready(open) !== undefined) return this.#rollover.start(open)
    const { maxOp } = open.document.progress
    const leads = this.#travels.leads(this.#nodesOf(open))
    const least = this.#inside.args.limits.epochOperations * (leads ? 1 : PATIENCE)
    if (maxOp <= Math.max(least, open.largeHistory)) return
    open.largeHistory = HISTORY_PER_LIVE * open.document.countLiveOperations()
    if (maxOp <= open.largeHistory) return
    const { first } = open.document
    this.#care(open, async () => {
      const mayLead = await this.#travels.mayLead(open, this.#nodesOf(open))
      if (mayLead && open.closed === undefined && open.document.first === first) this.#rollover.start(open)
    })
  }

  /** The new epoch is stored in the place of the old one, which is kept beside it; then it begins everywhere. */
  async #begin(open: OpenDocument, replicas: readonly string[]): Promise<void> {
    const { table, context, peers, newActor } = this.#inside
    const { id } = open
    table.seal(open)
    open.still = true
    try {
      const { saved, lineage, past } = await this.#next(open)
      const keeper = this.#inside.keeper as Keeper
      const before = await this.#library.lineage(open)
      const turned = keeper.past.turn(id, before, lineage, past)
      await keeper.turn(id, (lineage.at(-1) as Epoch).hash, saved, turned)
      // At once, so that nobody finds the document in one epoch and its lineage in another.
      keeper.past.turned(id, turned)
      table.restart(open, newActor(), saved)
      this.#travels.moved(id, true)
      for (const peer of replicas) peers.get(peer)?.tell.begin(id, saved)
      for (const peer of [...replicas, ...this.#nodesOf(open)]) table.up(open, peer)
      const { number } = lineage.at(-1) as Epoch
      context.log.debug({ document: id, epoch: number }, `${id} is in epoch ${number}`)
    } catch (error) {
      table.unseal(open)
      throw error
    }
  }

  /** The epoch that others are in, if there is one to follow them into; or a new one. */
  async #next(open: OpenDocument): Promise<Next> {
    const { document, id } = open
    const lineage = await this.#library.lineage(open)
    const passage = this.#travels.ready(open)
    if (passage !== undefined) {
      const { saved, past, refused } = await this.#library.inSteps(passage.finish(document))
      if (refused > 0)
        this.#inside.context.log.error(
          { document: id, refused },
          `${refused} changes of ${id} could not be brought into its new epoch; the epoch before is kept with them`,
        )
      return { saved, past, lineage: follow(lineage, passage.route, REMEMBERED) }
    }
    const { epoch, first, heads, progress } = document
    // What is edited meanwhile is no part of the version.
    const state = read(document.handle, '/') as DataMap
    if (!mayEnd({ operations: progress.maxOp, live: countOperations(state) }))
      throw new MostlyPresentError('what was edited meanwhile is more than its history')
    const saved = nextGenesisOf(id, epoch + 1, heads, state)
    const next = { number: epoch + 1, hash: firstOf(saved), heads: [...heads] }
    return { saved, lineage: [...lineage, next], past: [{ hash: first, bytes: document.save() }] }
  }

  /** The nodes with which the document is exchanged. */
  #nodesOf({ id, refused }: OpenDocument): string[] {
    return this.#inside.exchanges.nodesOf(id).filter((node) => !refused.has(node))
  }

  #newRollover(): Rollover {
    const { context, peers } = this.#inside
    const replica = (peer: string): ActorRef<Replica> | undefined => peers.get(peer)
    return new Rollover({
      peers: (id) => this.#inside.exchanges.replicasOf(id),
      follows: (open) => this.#travels.ready(open) !== undefined,
      seal: (peer, id) => replica(peer)?.tell.seal(id),
      unseal: (peer, id) => replica(peer)?.tell.unseal(id),
      begin: (open, replicas) => this.#begin(open, replicas),
      failed: (id, error) => {
        if (error instanceof MostlyPresentError) return
        context.log.error(
          { document: id, err: error },
          `${id} could not begin a new epoch; it goes on as it is`,
        )
      },
      again: (open) => this.#consider(open),
      after: (ms, run) => context.timers.after(ms, run),
    })
  }

  #newTravels(): Travels {
    const inside = this.#inside
    const { context, peers, args } = inside
    return new Travels(this.#library, {
      self: () => {
        const { node, lasting } = inside.keeper as Keeper
        return { node, lasting }
      },
      now: () => context.now(),
      wall: () => context.wall(),
      care: (open, run) => this.#care(open, run),
      after: (ms, run) => context.timers.after(ms, run),
      send: (node, id, message) => peers.get(node)?.tell.deliver(args.name, id, message),
      arrived: (open) => this.#rollover.start(open),
      refuse: (node, open, explanation) => {
        open.refused.set(node, explanation)
        this.#inside.exchanges.part(open.id, node)
        context.log.error(
          { document: open.id, peer: node },
          `nothing more is taken from ${node} for ${open.id}: ${explanation}`,
        )
      },
      apart: (node, { id }) =>
        context.log.warn(
          { document: id, peer: node },
          `${id} is in an epoch here that has nothing in common with that of ${node}, as far as both remember; they do not come together any more, and what only one of them has is to be copied by hand`,
        ),
      waits: ({ id }) =>
        context.log.info(
          { document: id },
          `${id} keeps its history and begins no new epoch until a node has come along that is behind, or away`,
        ),
    })
  }

  /** Runs what nobody waits for. */
  #care(open: OpenDocument, run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      if (error instanceof EngineLostError) endThread(this.#inside, error)
      // What was closed meanwhile is of no interest any more.
      if (open.closed !== undefined || error instanceof StorageClosedError) return
      this.#inside.context.log.error(
        { document: open.id, err: error },
        `${open.id} could not be brought to the epoch of another node; it goes on as it is`,
      )
    })
  }
}

function firstOf(saved: Uint8Array): string {
  const handle = loadHandle('00', saved)
  try {
    return handle.getHeads()[0] as string
  } finally {
    handle.free()
  }
}
