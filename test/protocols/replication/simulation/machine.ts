/**
 * One replica with its mailbox and its disk: what a crash takes, and what it leaves.
 *
 * The shell is what a replica actor will be: it hands over the events of a turn together, and does what
 * replication wants done.
 */
import type { Change } from '../../../../protocols/replication/document.ts'
import type { ReplicationEffect, ReplicationEvent } from '../../../../protocols/replication/events.ts'
import type { Message } from '../../../../protocols/replication/messages.ts'
import type { Replicator, ReplicatorOptions } from '../../../../protocols/replication/replicator.ts'
import type { Agenda } from './agenda.ts'
import { SimulatedDocument } from './document.ts'
import type { Scenario } from './scenario.ts'

export interface Surroundings {
  readonly agenda: Agenda
  readonly scenario: Scenario
  readonly replicator: new (options: ReplicatorOptions) => Replicator
  send(from: number, to: number, message: Message): void
  /** Whether a keeper has it on its disk. */
  isKept(hash: string): boolean
  /** Notes what happened, for the hash of the trace. */
  note(what: string): void
}

const KEEPER = 0
const TURN_EVENTS = 16
/** A replica that crashed goes on in the name of another actor, since it may have lost changes of the last one. */
const INCARNATIONS = 256

export class Machine {
  readonly id: number
  document: SimulatedDocument | undefined
  /** What it waits to hear that it is kept, in this life. */
  readonly unkept = new Set<string>()
  /** What it said that must not have been. */
  readonly wrong: string[] = []
  readonly #world: Surroundings
  /** What a crash leaves. */
  readonly #disk = new Map<string, Change>()
  #replicator: Replicator | undefined
  #mailbox: ReplicationEvent[] = []
  #incarnation = 0
  #turnPlanned = false
  #stalledUntilMs = 0
  #tickAtMs = Number.POSITIVE_INFINITY
  /** Changes that were made here, in all lives. */
  edits = 0

  constructor(id: number, world: Surroundings) {
    this.id = id
    this.#world = world
  }

  get runs(): boolean {
    return this.document !== undefined
  }

  /** Begins with what is on the disk. */
  start(): void {
    const { scenario, replicator } = this.#world
    const actor = (this.id * INCARNATIONS + ++this.#incarnation).toString(16).padStart(8, '0')
    this.document = new SimulatedDocument(actor, scenario.orphans, [...this.#disk.values()])
    const isStored = this.id === KEEPER ? (hash: string) => this.#disk.has(hash) : undefined
    const { limits, random } = scenario
    this.#replicator = new replicator({
      document: 'agent-state/one',
      replica: this.document,
      ...{ limits, random, isStored },
    })
  }

  crash(): void {
    this.document?.free()
    this.document = undefined
    this.#replicator = undefined
    this.#mailbox = []
    this.#tickAtMs = Number.POSITIVE_INFINITY
    this.unkept.clear()
  }

  stall(untilMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, untilMs)
  }

  /** Changes the document, now, as a local edit does. */
  edit(count: number): void {
    const { document } = this
    if (document === undefined) return
    const changes: Change[] = []
    for (let index = 0; index < count; index++) {
      // A value that is there already would make no change.
      const value = ++this.edits * 10 + this.id
      changes.push(
        this.edits % 3 === 0 ? document.increment(1) : document.set(`key-${this.edits % 4}`, value),
      )
    }
    for (const { hash } of changes) this.unkept.add(hash)
    this.#storeLater(changes)
    this.#enqueue({ kind: 'committed', changes, tell: true })
  }

  /** A full mailbox refuses what comes from others. */
  deliver(from: number, message: unknown): void {
    if (!this.runs || this.#mailbox.length >= this.#world.scenario.mailboxSize) return
    this.#enqueue({ kind: 'message', peer: `${from}`, message })
  }

  up(peer: number, session: number): void {
    if (this.runs) this.#enqueue({ kind: 'up', peer: `${peer}`, session })
  }

  down(peer: number): void {
    if (this.runs) this.#enqueue({ kind: 'down', peer: `${peer}` })
  }

  #enqueue(event: ReplicationEvent): void {
    this.#mailbox.push(event)
    if (!this.#turnPlanned) this.#planTurn()
  }

  #planTurn(): void {
    const { agenda } = this.#world
    this.#turnPlanned = true
    agenda.at(Math.max(agenda.nowMs, this.#stalledUntilMs), () => this.#turn())
  }

  #turn(): void {
    this.#turnPlanned = false
    const { agenda } = this.#world
    const events = this.#mailbox.splice(0, TURN_EVENTS)
    if (this.#replicator === undefined || events.length === 0) return
    for (const effect of this.#replicator.step(events, agenda.nowMs)) this.#obey(effect)
    this.#planTick(this.#replicator)
    if (this.#mailbox.length > 0) this.#planTurn()
  }

  #planTick(replicator: Replicator): void {
    const dueMs = replicator.dueMs
    if (dueMs >= this.#tickAtMs || dueMs === Number.POSITIVE_INFINITY) return
    this.#tickAtMs = dueMs
    this.#world.agenda.at(dueMs, () => {
      if (this.#replicator !== replicator || this.#tickAtMs !== dueMs) return
      this.#tickAtMs = Number.POSITIVE_INFINITY
      this.#enqueue({ kind: 'tick' })
    })
  }

  #obey(effect: ReplicationEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#world.send(this.id, Number(effect.peer), effect.message)
        break
      case 'applied':
        this.#world.note(`${this.id} applied ${effect.changes.map(({ hash }) => hash)}`)
        this.#storeLater(effect.changes)
        break
      case 'kept':
        for (const hash of effect.hashes) this.#heardKept(hash)
        break
      case 'untracked':
        for (const hash of effect.hashes) this.unkept.delete(hash)
        break
      case 'refused':
        this.wrong.push(`${this.id} refused ${effect.peer}: ${effect.reason}, ${effect.explanation}`)
    }
  }

  #heardKept(hash: string): void {
    this.#world.note(`${this.id} knows to be kept ${hash}`)
    if (!this.unkept.delete(hash))
      this.wrong.push(`${this.id} was told twice, or unasked, that ${hash} is kept`)
    if (!this.#world.isKept(hash)) this.wrong.push(`${this.id} was told that ${hash} is kept, and it is not`)
  }

  /** The keeper stores after a while; others now and then. */
  #storeLater(changes: readonly Change[]): void {
    const { agenda, scenario } = this.#world
    const incarnation = this.#incarnation
    const keeper = this.id === KEEPER
    if (!keeper && scenario.random() < 0.7) return
    agenda.after(scenario.random() * 500, () => {
      if (!this.runs || this.#incarnation !== incarnation) return
      // Storage gets what the replica has by then, so that nothing is stored without what it depends on.
      const stored = (this.document as SimulatedDocument).changes()
      for (const change of stored) this.#disk.set(change.hash, change)
      this.#world.note(`${this.id} stored ${changes.length}`)
      if (keeper) this.#enqueue({ kind: 'stored', hashes: stored.map(({ hash }) => hash) })
    })
  }

  /** Whether it is on the disk. */
  stores(hash: string): boolean {
    return this.#disk.has(hash)
  }
}
