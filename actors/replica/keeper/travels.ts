/**
 * How documents of this node come to the epochs that other nodes are in: what is asked of whom, and what others
 * are told who ask the same. See protocols/replication/epochs.
 */
import {
  compareEpochs,
  decide,
  type Epoch,
  type Route,
} from '../../../protocols/replication/epochs/lineage.ts'
import {
  type EpochBody,
  type EpochMessage,
  type EpochsBody,
  isEpochMessage,
} from '../../../protocols/replication/epochs/messages.ts'
import type { Sighting } from '../../../protocols/replication/epochs/sightings.ts'
import { DEFAULT_REPLICATION_LIMITS } from '../../../protocols/replication/limits.ts'
import { REPLICATION_VERSION } from '../../../protocols/replication/messages.ts'
import { RefusedChangeError } from '../document/errors.ts'
import { ForeignEpochError } from '../epochs/errors.ts'
import { historyFor, type Passage } from '../epochs/passage.ts'
import type { OpenDocument } from '../open-document.ts'
import type { Library } from './library.ts'

export interface TravelShell {
  /** This node, as others know it. */
  self(): Pick<Sighting, 'node' | 'lasting'>
  now(): number
  /** Milliseconds since 1970. */
  wall(): number
  after(ms: number, run: () => void): () => void
  /** Runs what nobody waits for, and tells what goes wrong. */
  care(open: OpenDocument, run: () => Promise<void>): void
  send(node: string, id: string, message: EpochMessage): void
  /** All that the way needs is here. */
  arrived(open: OpenDocument): void
  /** Nothing more is to be taken from a node for a document. */
  refuse(node: string, open: OpenDocument, explanation: string): void
  /** A node has no epoch in common with this one. */
  apart(node: string, open: OpenDocument): void
  /** No more epochs begin before another node has come along that is behind, or away. */
  waits(open: OpenDocument): void
}

interface Travel {
  readonly node: string
  /** The epoch that it began in. */
  readonly from: string
  readonly passage: Passage
  tries: number
  cancel: () => void
}

const LIMITS = DEFAULT_REPLICATION_LIMITS
/** Milliseconds between two times that a node is told the same. */
const TELL_MS = 1_000
/** Milliseconds that a document stays in an epoch before it leaves it for one beside it, so that nobody can make it wander. */
const STAY_MS = 1_000

export class Travels {
  readonly #shell: TravelShell
  readonly #library: Library
  readonly #travels = new Map<string, Travel>()
  /** Ways that are being looked up, by documents. */
  readonly #starting = new Set<string>()
  /** What nodes were told last of documents, and when. */
  readonly #told = new Map<string, { readonly epoch: string; readonly atMs: number }>()
  /** Nodes with which documents have no epoch in common. */
  readonly #apart = new Set<string>()
  /** How nodes call themselves. */
  readonly #names = new Map<string, string>()
  /** When documents came to their epochs. */
  readonly #since = new Map<string, number>()
  /** The epochs in which documents wait for other nodes. */
  readonly #waiting = new Map<string, string>()

  constructor(library: Library, shell: TravelShell) {
    this.#library = library
    this.#shell = shell
  }

  /** Where all is here that a document needs to go to another epoch, the way there. */
  ready({ id, document }: OpenDocument): Passage | undefined {
    const travel = this.#travels.get(id)
    if (travel === undefined || travel.passage.need !== null) return undefined
    if (travel.from === document.first) return travel.passage
    this.#end(id)
    return undefined
  }

  /** Whether this node is the one that begins epochs, among some that have the document as well. */
  leads(nodes: readonly string[]): boolean {
    const { node: own } = this.#shell.self()
    return nodes.every((node) => own < (this.#names.get(node) ?? '~'))
  }

  /**
   * Whether another epoch may begin: not while it could make this node forget the one with which another comes back.
   *
   * @param nodes those that are linked
   */
  async mayLead(open: OpenDocument, nodes: readonly string[]): Promise<boolean> {
    const [lineage, sightings] = [await this.#library.lineage(open), await this.#library.sightings(open)]
    const linked = new Set(nodes.flatMap((node) => this.#names.get(node) ?? []))
    const near = nodes.filter((node) => !this.#apart.has(`${node} ${open.id}`))
    const areKnown = near.every((node) => sightings.of(this.#names.get(node) ?? '') !== undefined)
    if (areKnown && sightings.lag(lineage, { linked, nowMs: this.#shell.wall() }) < LIMITS.epochsAhead)
      return true
    const { id, document } = open
    if (this.#waiting.get(id) !== document.first) this.#shell.waits(open)
    this.#waiting.set(id, document.first)
    // Whoever has come along may have said so in vain.
    for (const node of near) await this.tell(node, open)
    return false
  }

  /** Tells a node in which epoch a document is, unless it was told just now. */
  async tell(node: string, open: OpenDocument, again = true): Promise<void> {
    const { id, document } = open
    const told = this.#told.get(`${node} ${id}`)
    const now = this.#shell.now()
    if (told?.epoch === document.first && (!again || now - told.atMs < TELL_MS)) return
    this.#told.set(`${node} ${id}`, { epoch: document.first, atMs: now })
    const [lineage, sightings] = [await this.#library.lineage(open), await this.#library.sightings(open)]
    if (open.closed !== undefined) return
    const { number, hash } = lineage.at(-1) as Epoch
    const self = this.#shell.self()
    const nodes = [{ ...self, number, hash, atMs: Math.floor(this.#shell.wall()) }, ...sightings.list]
    this.#send(node, id, { kind: 'epochs', node: self.node, lineage, nodes })
  }

  /** A node does not have the document any more, or is not linked any more. */
  async parted(node: string, open: OpenDocument): Promise<void> {
    const { id } = open
    this.#told.delete(`${node} ${id}`)
    this.#apart.delete(`${node} ${id}`)
    if (this.#travels.get(id)?.node === node) this.#end(id)
    const name = this.#names.get(node)
    const sightings = await this.#library.sightings(open)
    if (name !== undefined) sightings.left(name, this.#shell.wall())
  }

  /** The document goes on in another epoch, or is not open any more. */
  moved(id: string, isOpen: boolean): void {
    this.#end(id)
    this.#waiting.delete(id)
    if (isOpen) this.#since.set(id, this.#shell.now())
    else this.#since.delete(id)
  }

  async heard(node: string, open: OpenDocument, message: unknown): Promise<void> {
    if (open.refused.has(node)) return
    if (!isEpochMessage(message, LIMITS))
      return this.#shell.refuse(
        node,
        open,
        'what it says of epochs has the wrong shape, or exceeds the limits',
      )
    switch (message.kind) {
      case 'epochs':
        this.#names.set(node, message.node)
        await this.#take(open, message.node, message.nodes)
        return this.#follow(node, open, message)
      case 'wanted':
        return this.#answer(node, open, message.epoch, new Map(message.clock))
      case 'history':
        return this.#receive(node, open, message.epoch, message.changes)
    }
  }

  /** Hears where nodes are. */
  async #take(open: OpenDocument, teller: string, nodes: readonly Sighting[]): Promise<void> {
    const sightings = await this.#library.sightings(open)
    const by = { own: this.#shell.self().node, teller, nowMs: this.#shell.wall() }
    if (sightings.take(nodes, by) && open.closed === undefined) await this.#library.note(open)
  }

  async #follow(
    node: string,
    open: OpenDocument,
    { lineage: theirs, nodes }: Pick<EpochsBody, 'lineage' | 'nodes'>,
  ): Promise<void> {
    const own = await this.#library.lineage(open)
    const from = (own.at(-1) as Epoch).hash
    // Whoever goes on meanwhile hears of it again, if it still is another epoch.
    if (open.closed !== undefined || open.document.first !== from) return
    const decision = decide(own, theirs)
    if (decision.kind === 'same') {
      const self = this.#shell.self()
      const isKnown = nodes.some((each) => each.node === self.node && each.hash === from)
      return isKnown ? undefined : this.tell(node, open)
    }
    if (decision.kind === 'ahead') return this.tell(node, open)
    if (decision.kind === 'apart') return this.#leave(node, open)
    this.#apart.delete(`${node} ${open.id}`)
    await this.#start(node, open, decision.route, from)
  }

  /** Has no epoch in common with a node any more, and does not wait for it. */
  async #leave(node: string, open: OpenDocument): Promise<void> {
    this.#apart.add(`${node} ${open.id}`)
    this.#shell.apart(node, open)
    const sightings = await this.#library.sightings(open)
    sightings.forget(this.#names.get(node) as string)
  }

  async #start(node: string, open: OpenDocument, route: Route, from: string): Promise<void> {
    const { id } = open
    const present = this.#travels.get(id)?.passage.target
    const target = route.forth.at(-1)
    if (target === undefined || (present !== undefined && compareEpochs(present, target) >= 0)) return
    const stayMs = (this.#since.get(id) ?? Number.NEGATIVE_INFINITY) + STAY_MS - this.#shell.now()
    if (route.back.length > 0 && stayMs > 0)
      return void this.#shell.after(stayMs, () => this.#shell.care(open, () => this.tell(node, open)))
    if (this.#starting.has(id)) return
    this.#starting.add(id)
    try {
      const passage = await this.#library.passage(open, route)
      if (passage === undefined) return await this.#leave(node, open)
      if (open.closed !== undefined || open.document.first !== from) return passage.free()
      this.#end(id)
      const travel = { node, from, passage, tries: 0, cancel: () => undefined }
      this.#travels.set(id, travel)
      this.#go(open, travel)
    } catch (error) {
      this.#failed(node, open, error)
    } finally {
      this.#starting.delete(id)
    }
  }

  /** Asks for what is missing, and again after a while. */
  #go(open: OpenDocument, travel: Travel): void {
    const { id } = open
    travel.cancel()
    if (travel.from !== open.document.first) return this.#end(id)
    const { need } = travel.passage
    if (need === null) return this.#shell.arrived(open)
    if (travel.tries >= LIMITS.historyTries) return this.#end(id)
    travel.tries++
    this.#send(travel.node, id, { kind: 'wanted', ...need })
    travel.cancel = this.#shell.after(LIMITS.historyMs, () => {
      if (open.closed === undefined) this.#go(open, travel)
    })
  }

  #receive(node: string, open: OpenDocument, epoch: string, changes: readonly Uint8Array[]): void {
    const travel = this.#travels.get(open.id)
    if (travel?.node !== node || travel.passage.need?.epoch !== epoch) return
    try {
      if (travel.passage.take(changes) === 0) return
      travel.tries = 0
      this.#go(open, travel)
    } catch (error) {
      this.#failed(node, open, error)
    }
  }

  async #answer(
    node: string,
    open: OpenDocument,
    epoch: string,
    clock: ReadonlyMap<string, number>,
  ): Promise<void> {
    const room = { changes: LIMITS.batchChanges, bytes: LIMITS.creditBytes / 4 }
    const changes = await this.#library.read(open, epoch, (document) => historyFor(document, clock, room))
    if (changes !== undefined && open.closed === undefined)
      this.#send(node, open.id, { kind: 'history', epoch, changes })
  }

  /** What no sound replica says ends the exchange with it; all else is a failure of this node. */
  #failed(node: string, open: OpenDocument, error: unknown): void {
    this.#end(open.id)
    if (!(error instanceof RefusedChangeError || error instanceof ForeignEpochError)) throw error
    this.#shell.refuse(node, open, error.message)
  }

  #send(node: string, document: string, body: EpochBody): void {
    this.#shell.send(node, document, { version: REPLICATION_VERSION, document, ...body })
  }

  #end(id: string): void {
    const travel = this.#travels.get(id)
    travel?.cancel()
    travel?.passage.free()
    this.#travels.delete(id)
  }
}
