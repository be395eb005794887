/**
 * The keeper of a node with all its parts but the actor around them: table, replication, storage and epochs, in
 * virtual time.
 */
import { genesisOf } from '../../../../../actors/replica/document/genesis.ts'
import { DOCUMENT_LIMITS } from '../../../../../actors/replica/document/limits.ts'
import { Counter } from '../../../../../actors/replica/document/values.ts'
import { Exchanges } from '../../../../../actors/replica/exchanges.ts'
import type { Inside } from '../../../../../actors/replica/inside.ts'
import { Epochs } from '../../../../../actors/replica/keeper/epochs.ts'
import { Keeper } from '../../../../../actors/replica/keeper/keeper.ts'
import { completeLimits } from '../../../../../actors/replica/limits.ts'
import type { OpenDocument } from '../../../../../actors/replica/open-document.ts'
import { DocumentTable } from '../../../../../actors/replica/table.ts'
import { VolatileChunkStore } from '../../../../../storage/volatile/chunk-store.ts'
import type { Agenda } from '../../../../protocols/replication/simulation/agenda.ts'
import { Disk } from './disk.ts'

const ID = 'agent-state/s'

export interface Shared {
  total: Counter
  last: Record<string, number>
  list: string[]
}

export interface World {
  readonly agenda: Agenda
  random(): number
  send(from: string, to: string, message: unknown): void
  note(what: string): void
}

const LIMITS = completeLimits({ epochOperations: 40 })

export class SimulatedNode {
  readonly name: string
  /** Edits that are stored, in all lives; and all that were made. */
  readonly kept = new Set<string>()
  edits = 0
  /** What went wrong. */
  readonly wrong: string[] = []
  open: OpenDocument<Shared> | undefined
  readonly #world: World
  readonly #stored = new VolatileChunkStore()
  #life: Life | undefined

  constructor(name: string, world: World) {
    this.name = name
    this.#world = world
  }

  get runs(): boolean {
    return this.open !== undefined
  }

  async start(): Promise<void> {
    const life = new Life(this, this.#world, this.#stored)
    this.#life = life
    const genesis = () => genesisOf('agent-state', { total: new Counter(0), last: {}, list: [] })
    const open = (await life.table.open(ID, genesis)) as OpenDocument<Shared>
    open.observers++
    if (this.#life === life) this.open = open
  }

  crash(): void {
    this.#life?.end()
    this.#life = undefined
    this.open = undefined
  }

  connect(node: string): void {
    if (this.open === undefined || this.#life === undefined) return
    this.#life.exchanges.meet(node, true)
    this.#life.exchanges.join(this.open as OpenDocument, node)
  }

  disconnect(node: string): void {
    this.#life?.exchanges.leave(node)
    this.#life?.epochs.parted(node, ID)
  }

  deliver(from: string, message: unknown): void {
    const { open } = this
    if (open === undefined || this.#life === undefined) return
    const { exchanges, epochs, table } = this.#life
    if (!exchanges.has(from, ID)) exchanges.join(open as OpenDocument, from)
    if (!epochs.heard(from, open as OpenDocument, message)) table.deliver(open as OpenDocument, from, message)
  }

  /** An edit that leaves nothing behind but history. */
  overwrite(): void {
    const { open } = this
    if (open === undefined || this.#life === undefined) return
    const again = `${this.name} again`
    const edit = ({ last }: Shared) => {
      last[again] = (last[again] ?? 0) + 1
    }
    this.#life.table.edit(open, edit, { author: this.name }).catch(() => undefined)
  }

  edit(): void {
    const { open } = this
    if (open === undefined || this.#life === undefined) return
    const id = `${this.name}-${++this.edits}`
    const at = this.#world.random()
    const edit = ({ total, last, list }: Shared) => {
      total.increment()
      last[this.name] = this.edits
      list.splice(Math.floor(at * (list.length + 1)), 0, id)
    }
    this.#life.table.edit(open, edit, { author: this.name }).then(
      () => void this.kept.add(id),
      () => undefined,
    )
  }
}

/** One life of a node, from a start to a crash. */
class Life {
  readonly exchanges: Exchanges
  readonly epochs: Epochs
  readonly table: DocumentTable
  readonly #timers = new Set<() => void>()
  readonly #disk: Disk
  #ended = false

  constructor(node: SimulatedNode, world: World, stored: VolatileChunkStore) {
    const { agenda } = world
    const after = (ms: number, run: () => void) => this.#after(agenda, ms, run)
    this.#disk = new Disk(stored, () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      agenda.after(1 + world.random() * 40, resolve)
      return promise
    })
    const newActor = () =>
      Array.from({ length: 32 }, () => Math.floor(world.random() * 16).toString(16)).join('')
    const keeper = new Keeper({
      ...{
        node: node.name.padStart(32, '0'),
        lasting: true,
        store: this.#disk,
        incrementalChunks: 8,
        documentLimits: DOCUMENT_LIMITS,
        newActor,
        after,
      },
      stored: (id, hashes) => {
        const open = this.table.get(id)
        if (open !== undefined) this.table.stored(open, hashes)
      },
      failed: (_id, error) => void node.wrong.push(String(error)),
    })
    const send = (peer: string, message: unknown) => {
      if (!this.#ended) world.send(node.name, peer, message)
    }
    const table = () => this.table
    const exchanges = () => this.exchanges
    const wrong = (about: unknown, what: string) =>
      void node.wrong.push(`${node.name}: ${what} ${(about as { err?: Error } | null)?.err?.stack ?? ''}`)
    const peer = (name: string) => ({
      tell: { deliver: (_own: string, _id: string, message: unknown) => send(name, message) },
    })
    const inside = {
      args: { name: 'keeper', limits: LIMITS },
      context: {
        now: () => agenda.nowMs,
        wall: () => agenda.nowMs + 1,
        timers: { after },
        log: {
          error: wrong,
          warn: wrong,
          info: (_about: unknown, what: string) => world.note(`${node.name}: ${what}`),
          debug: (_about: unknown, what: string) => world.note(`${node.name}: ${what}`),
        },
      },
      get table() {
        return table()
      },
      get exchanges() {
        return exchanges()
      },
      peers: { get: peer },
      ...{ keeper, newActor },
    } as unknown as Inside
    this.epochs = new Epochs(inside)
    this.table = new DocumentTable({
      ...{
        limits: LIMITS,
        now: () => agenda.nowMs,
        wall: () => agenda.nowMs + 1,
        random: world.random,
        after,
      },
      wake: (id) => void after(0, () => this.table.work(id)),
      send: (name, _id, message) => send(name, message),
      quarantined: (name, _id, reason, explanation) =>
        wrong(null, `refused ${name}: ${reason}, ${explanation}`),
      load: (id, genesis) => keeper.load(id, genesis),
      opened: () => undefined,
      keeper: {
        isStored: (id, hash) => keeper.isStored(id, hash),
        store: (document, changes) => keeper.store(document, changes),
        flush: (document) => keeper.flush(document),
      },
      engineLost: (error) => wrong(null, String(error)),
      worked: (open) => this.epochs.worked(open),
      unloaded: () => undefined,
    })
    this.exchanges = new Exchanges(this.table)
  }

  end(): void {
    this.#ended = true
    this.#disk.crash()
    for (const cancel of this.#timers) cancel()
    this.epochs.forget(ID)
    this.table.close('the node crashed')
  }

  #after(agenda: Agenda, ms: number, run: () => void): () => void {
    let isOver = false
    const cancel = () => {
      isOver = true
      this.#timers.delete(cancel)
    }
    this.#timers.add(cancel)
    agenda.after(ms, () => {
      if (isOver || this.#ended) return
      cancel()
      run()
    })
    return cancel
  }
}
