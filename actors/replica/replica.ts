/**
 * The replica actor: one per thread that has documents open, with all documents of that thread. One of a
 * node is the keeper, which has storage and through which all others of the node exchange changes.
 *
 *   thread-1 ─┐              ┌─ thread-2
 *             ├─► keeper ◄───┤
 *   thread-3 ─┘     ▲        └─ link to the keeper of another node
 *                   ▼
 *                storage
 */
import { Actor, type ActorRef, Refused, type SupervisorRef } from '../../runtime/index.ts'
import { genesisOf } from './document/genesis.ts'
import type { ConflictToResolve, NeuroplexDocument, Resolution } from './document-service.ts'
import { DocumentService } from './document-service.ts'
import { ReplicasMissingError } from './errors.ts'
import { Exchanges } from './exchanges.ts'
import type { Inside } from './inside.ts'
import { Epochs } from './keeper/epochs.ts'
import type { Keeper } from './keeper/keeper.ts'
import { openKeeper } from './keeper/open-keeper.ts'
import type { ReplicaLimits } from './limits.ts'
import type { Relay } from './link.ts'
import { KEEPER, KEEPER_PATH, SERVICE_PATH } from './names.ts'
import type { OpenDocument, SealReport } from './open-document.ts'
import type { Operation } from './operations.ts'
import { SLOT } from './slot.ts'
import { DocumentTable } from './table.ts'
import { tableShell } from './table-shell.ts'
import { type DocumentType, typeOf } from './types.ts'

/** The module of the class, which every thread imports. */
export const REPLICA_MODULE = import.meta.url
/** Messages between replicas are bounded by credit, and there may be many documents. */
const MAILBOX = 100_000

export interface ReplicaArgs {
  /** Its name among the peers of a document. */
  readonly name: string
  readonly storage: 'embedded' | 'volatile'
  readonly dataDir: string
  readonly limits: ReplicaLimits
}

/** What a replica actor gives to one that opens the same document. */
export interface Attached {
  readonly saved: Uint8Array
  /** The hash of the change that its epoch begins with. */
  readonly first: string
}

export class Replica extends Actor<Replica> {
  static override reentrant = true
  static override mailbox = { size: MAILBOX }
  readonly #args: ReplicaArgs
  readonly #table: DocumentTable
  readonly #epochs: Epochs
  readonly #service: DocumentService
  readonly #peers = new Map<string, ActorRef<Replica>>()
  readonly #exchanges: Exchanges
  #keeper: Keeper | null = null

  constructor(args: ReplicaArgs) {
    super()
    this.#args = args
    this.#epochs = new Epochs(this.#inside())
    this.#table = new DocumentTable(
      tableShell(this.#inside(), {
        worked: (open) => this.#worked(open),
        unloaded: (id) => this.#epochs.forget(id),
      }),
    )
    this.#exchanges = new Exchanges(this.#table)
    this.#service = new DocumentService(this.#table, async (id) => (await this.#keeper?.has(id)) === true)
  }

  override async onStart(): Promise<void> {
    const { context } = this
    if (this.#isKeeper) {
      this.#keeper = await openKeeper(this.#inside())
      void this.#gather()
    } else {
      const keeper = (await context.lookup(KEEPER_PATH)) as ActorRef<Replica> | undefined
      if (keeper === undefined) throw new ReplicasMissingError('the keeper of documents is not running')
      this.#peers.set(KEEPER, keeper)
      keeper.tell.hello(this.#args.name, context.self)
    }
    SLOT.of(context).fill(this.#table)
  }

  override async onStop(): Promise<void> {
    SLOT.of(this.context).clear(this.#table)
    try {
      for (const { id } of this.#table.all()) this.#table.work(id)
    } finally {
      await this.#keeper?.close()
      this.#table.close('its replica stopped; open it again')
    }
  }

  /** The keeper has started, and knows neither who is there nor what they have open. */
  async keeperStarted(): Promise<void> {
    const keeper = this.#peers.get(KEEPER) as ActorRef<Replica>
    keeper.tell.hello(this.#args.name, this.context.self)
    for (const open of this.#table.all()) await this.#attachAgain(keeper, open)
  }

  /** A replica of this node has started, and has nothing open yet. */
  hello(peer: string, replica: ActorRef<Replica>): void {
    this.#peers.set(peer, replica)
    this.#forget(peer)
    this.#exchanges.meet(peer, false)
    this.context.watch(replica, () => {
      this.#forget(peer)
      this.#peers.delete(peer)
    })
  }

  /** A replica of this node opens a document; from now on changes go to and fro. */
  async attach(id: string, genesis: Uint8Array, peer: string): Promise<Attached> {
    await this.#epochs.settled(id)
    const open = await this.#table.open(id, () => genesis)
    this.#exchanges.join(open, peer)
    return { saved: open.document.save(), first: open.document.first }
  }

  /** The same for one that had the document open before this keeper started, and tells all that it has. */
  async attachAgain(id: string, saved: Uint8Array, peer: string): Promise<Attached> {
    await this.#epochs.settled(id)
    const open = await this.#table.open(id, () => saved)
    await this.#epochs.bringOver(open, saved)
    this.#exchanges.join(open, peer)
    return { saved: open.document.save(), first: open.document.first }
  }

  /** A replica of this node has unloaded a document. */
  detach(id: string, peer: string): void {
    if (this.#exchanges.part(id, peer)) this.#epochs.gone(peer, id)
  }

  /** The arguments of a replica actor that keeps no documents itself. */
  argsFor(name: string): ReplicaArgs {
    return { ...this.#args, name }
  }

  /** The names of the documents of a type that are stored here, in order. */
  names(type: DocumentType, after?: string): Promise<string[]> {
    return (this.#keeper as Keeper).names(type, after)
  }

  /** The keeper of another node is there from now on; `relay` takes what is meant for it. */
  connect(node: string, relay: ActorRef<Relay>): void {
    this.#peers.set(node, relay as unknown as ActorRef<Replica>)
    this.#exchanges.meet(node, true)
    for (const open of this.#table.all()) this.#exchanges.join(open, node)
  }

  disconnect(node: string): void {
    for (const id of this.#exchanges.leave(node)) this.#epochs.parted(node, id)
    this.#peers.delete(node)
  }

  /** How many documents are open on this thread. */
  openDocuments(): number {
    return [...this.#table.all()].length
  }

  /** The epoch that a document is in; 0 is the first. */
  async epoch(id: string): Promise<number> {
    return (await this.#table.open(id, () => genesisOf(typeOf(id)))).document.epoch
  }

  /** A new epoch is about to begin: see Rollover. */
  seal(id: string): void {
    const open = this.#table.get(id)
    if (open !== undefined) this.#table.seal(open)
    else this.sealed(this.#args.name, id, { heads: [], conflicts: null })
  }

  sealed(peer: string, id: string, report: SealReport): void {
    if (this.#isKeeper) this.#epochs.sealed(peer, id, report)
    else this.#peers.get(KEEPER)?.tell.sealed(peer, id, report)
  }

  /** The new epoch does not begin after all. */
  unseal(id: string): void {
    const open = this.#table.get(id)
    if (open !== undefined) this.#table.unseal(open)
  }

  /** The new epoch begins with these bytes. */
  begin(id: string, saved: Uint8Array): void {
    const open = this.#table.get(id)
    if (open === undefined) return
    this.#table.restart(open, this.#newActor(), saved)
    this.#table.up(open, KEEPER)
  }

  /** What another replica says about a document. One that only storage has is opened for a node that has it open. */
  deliver(peer: string, id: string, message: unknown): void | Promise<void> {
    if (this.#exchanges.isStranger(peer)) return this.#deliverFrom(peer, id, message)
    const open = this.#table.get(id)
    if (open !== undefined) this.#table.deliver(open, peer, message)
  }

  /** The keeper of another node does not have the document; it will say so when it has. */
  absent(id: string, node: string): void {
    if (this.#exchanges.part(id, node)) this.#epochs.parted(node, id)
  }

  /** Keeps a document that begins with these bytes; false where there is one of that name already. */
  async adopt(id: string, saved: Uint8Array): Promise<boolean> {
    if (this.#table.get(id) !== undefined || (await this.#keeper?.has(id)) === true) return false
    await this.#table.open(id, () => saved)
    return true
  }

  /** All of a document that is open or stored here; null where it is neither. */
  async fetch(id: string): Promise<Uint8Array | null> {
    const known = this.#table.get(id) !== undefined || (await this.#keeper?.has(id)) === true
    return known ? (await this.#table.open(id, () => genesisOf(typeOf(id)))).document.save() : null
  }

  /** A document's turn. */
  work(id: string): void {
    this.#table.work(id)
  }

  /** See NeuroplexCRDT, as for all that follow. */
  createDocument(type: DocumentType, genesis: Uint8Array): Promise<string> {
    return this.#service.createDocument(type, this.#newActor(), genesis)
  }

  updateDocument(id: string, operations: readonly Operation[]): Promise<void> {
    return this.#service.updateDocument(id, operations, this.#sender())
  }

  exportDocument(id: string): Promise<NeuroplexDocument> {
    return this.#service.exportDocument(id)
  }

  mergeDocument(id: string, remoteDoc: NeuroplexDocument): Promise<void> {
    return this.#service.mergeDocument(id, remoteDoc)
  }

  syncWith(peers: readonly string[]): void {
    const all = [...this.#peers.keys()]
    const unknown = peers.find((peer) => !all.includes(peer))
    if (unknown !== undefined)
      throw new Refused(`there is no peer "${unknown}"; the peers are ${all.join(', ') || 'none'}`)
    for (const peer of peers.length === 0 ? all : peers)
      for (const open of this.#table.all()) if (this.#exchanges.has(peer, open.id)) this.#table.up(open, peer)
  }

  resolveConflicts(conflicts: readonly ConflictToResolve[]): Promise<Resolution[]> {
    return this.#service.resolveConflicts(conflicts, this.#sender())
  }

  getState(id: string): Promise<unknown> {
    return this.#service.getState(id)
  }

  setState(id: string, state: object): Promise<void> {
    return this.#service.setState(id, state, this.#sender())
  }

  subscribe(id: string): AsyncGenerator<unknown> {
    return this.#service.subscribe(id)
  }

  async #deliverFrom(stranger: string, id: string, message: unknown): Promise<void> {
    let open = this.#table.get(id)
    if (open === undefined) {
      if (!(await this.#keeper?.has(id))) return this.#peers.get(stranger)?.tell.absent(id, this.#args.name)
      open = await this.#table.open(id, () => genesisOf(typeOf(id)))
    }
    if (!this.#exchanges.has(stranger, id) && !open.refused.has(stranger))
      this.#exchanges.join(open, stranger)
    if (!this.#epochs.heard(stranger, open, message)) this.#table.deliver(open, stranger, message)
  }

  #forget(peer: string): void {
    for (const id of this.#exchanges.leave(peer)) this.#epochs.gone(peer, id)
  }

  #sender(): string {
    return this.context.sender?.path ?? '/user'
  }

  get #isKeeper(): boolean {
    return this.#args.name === KEEPER
  }

  /** Lets all who exchange documents with the keeper know that it has started. */
  async #gather(): Promise<void> {
    const service = (await this.context.lookup(SERVICE_PATH)) as SupervisorRef | undefined
    for (const { name, ref } of (await service?.children()) ?? [])
      if (name !== KEEPER) (ref as ActorRef<Replica | Relay>).tell.keeperStarted()
  }

  async #attachAgain(keeper: ActorRef<Replica>, open: OpenDocument): Promise<void> {
    try {
      // What is edited meanwhile is kept back, as it could not be told.
      this.#table.seal(open)
      const ask = keeper.within(this.#args.limits.openMs).ask
      const { saved, first } = await ask.attachAgain(open.id, open.document.save(), this.#args.name)
      if (first !== open.document.first) this.#table.restart(open, this.#newActor(), saved)
      else this.#table.unseal(open)
      this.#table.up(open, KEEPER)
    } catch (error) {
      this.#table.unseal(open)
      this.context.log.error({ document: open.id, err: error }, `${open.id} is not kept at present`)
    }
  }

  #inside(): Inside {
    const replica = this
    return {
      args: this.#args,
      context: this.context,
      peers: this.#peers,
      get table() {
        return replica.#table
      },
      get exchanges() {
        return replica.#exchanges
      },
      get keeper() {
        return replica.#keeper
      },
      newActor: () => this.#newActor(),
    }
  }

  /** 128 bits of chance, because a name that another replica had before would break the document. */
  #newActor(): string {
    const word = () => Math.floor(this.context.random() * 2 ** 32)
    return Array.from({ length: 4 }, () => word().toString(16).padStart(8, '0')).join('')
  }

  /** While a new epoch is to begin, the keeper hears how far each replica has come. */
  #worked(open: OpenDocument): void {
    if (this.#isKeeper) this.#epochs.worked(open)
    else if (open.sealed) this.sealed(this.#args.name, open.id, open.report())
  }
}
