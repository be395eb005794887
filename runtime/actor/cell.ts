/**
 * What the runtime keeps of one actor: its state, its mailbox, its instance, and its life from start to
 * stop. The cell outlives restarts: references and waiting messages stay valid.
 *
 * A million actors are a million cells, and the garbage collector moves what is new and stays. So a cell is
 * also the reference to its actor and the record that its family keeps, and its fields are apart, in a
 * Life. That is private because whoever has the reference would see it.
 *
 *   starting -> running -> (restarting -> running)* -> stopping -> stopped
 */
import type { Exit } from '../../protocols/exit.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { StreamSources } from '../delivery/stream-sources.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import { Mailbox } from '../mailbox/mailbox.ts'
import type { Child, ChildPlan, Standing } from '../supervision/child.ts'
import type { Family } from '../supervision/family.ts'
import type { Parent } from '../supervision/parent.ts'
import type { Host } from '../threads/host.ts'
import type { Actor } from './actor.ts'
import type { ActorType } from './actor-type.ts'
import { inTurn, running } from './ambient.ts'
import { construct } from './bond.ts'
import { endInstance, forgetSystem, refuseAll } from './ending.ts'
import { Extras } from './extras.ts'
import type { Life } from './life.ts'
import { type Facets, Ref } from './ref.ts'
import { State } from './state.ts'
import type { Overflow } from './types.ts'

export class Cell extends Ref implements Child {
  readonly #life: Life

  /** @param key by what its parent calls it; its serial where it has no name and lives with its parent */
  constructor(host: Host, plan: ChildPlan, parent: Parent, key: ChildKey, serial: number) {
    super()
    this.#life = {
      host,
      plan,
      parent,
      serial,
      entry: 0,
      state: State.starting,
      busy: 0,
      place: 0,
      standing: 'starting',
      instance: null,
      nextReady: null,
      extras: null,
      mailbox: null,
      ask: null,
      tell: null,
    }
    if (key !== serial) this.extras.key = key
    this.#life.entry = host.enter(this)
  }

  get facets(): Facets {
    return this.#life
  }

  get serial(): number {
    return this.#life.serial
  }

  get host(): Host {
    return this.#life.host
  }

  get plan(): ChildPlan {
    return this.#life.plan
  }

  get parent(): Parent {
    return this.#life.parent
  }

  /** Its place in the directory that other threads can read. */
  get entry(): number {
    return this.#life.entry
  }

  /** Null while it has none: before its start, during a restart, and at its end. */
  get instance(): Actor | null {
    return this.#life.instance
  }

  get state(): State {
    return this.#life.state
  }

  /** Turns that have begun and not ended. */
  get busy(): number {
    return this.#life.busy
  }

  /** The actor behind it in the run queue, whose last leads to the first; null while it isn't queued. */
  get nextReady(): Cell | null {
    return this.#life.nextReady
  }

  set nextReady(cell: Cell | null) {
    this.#life.nextReady = cell
  }

  /** How it stands with its family, where that lives on this thread. */
  get standing(): Standing {
    return this.#life.standing
  }

  set standing(standing: Standing) {
    this.#life.standing = standing
  }

  /** Where it stands among its siblings, where its family lives on this thread. */
  get place(): number {
    return this.#life.place
  }

  set place(place: number) {
    this.#life.place = place
  }

  get cell(): Cell {
    return this
  }

  get delivery(): Delivery {
    return this.#life.host.delivery
  }

  /** The reference that others are given. */
  get ref(): Ref {
    const { refClass } = this.type
    if (refClass === undefined) return this
    const { extras } = this
    extras.front ??= new refClass(this)
    return extras.front
  }

  get key(): ChildKey {
    const { extras, serial } = this.#life
    return extras?.key ?? serial
  }

  get window(): RestartWindow | null {
    return this.#life.extras?.window ?? null
  }

  set window(window: RestartWindow | null) {
    this.extras.window = window
  }

  /** Made when the first message comes. */
  get mailbox(): Mailbox {
    return this.#life.mailbox ?? this.#openMailbox()
  }

  #openMailbox(): Mailbox {
    const { mailbox, type } = this.#life.plan
    this.#life.mailbox = new Mailbox(mailbox.size ?? type.mailbox.size ?? this.#life.host.limits.mailboxSize)
    return this.#life.mailbox
  }

  get overflow(): Overflow {
    return this.#life.plan.mailbox.overflow ?? this.type.mailbox.overflow ?? 'refuse'
  }

  /** Messages waiting. */
  get waiting(): number {
    return this.#life.mailbox?.length ?? 0
  }

  /** Whether nothing waits to be handled. */
  get idle(): boolean {
    const { mailbox } = this.#life
    return mailbox === null || mailbox.empty
  }

  /** Lets other threads address it; to be called before its reference leaves this one. */
  export(): void {
    const { extras } = this
    if (extras.exported || this.#life.state === State.stopped) return
    extras.exported = true
    this.#life.host.export(this)
  }

  get type(): ActorType {
    return this.#life.plan.type
  }

  get thread(): number {
    return this.#life.host.thread
  }

  get path(): string {
    const { extras } = this
    extras.path ??= this.#life.parent.childPath(this.key)
    return extras.path
  }

  /** Restarts so far; a turn that began under another number says nothing about the present instance. */
  get incarnation(): number {
    return this.#life.extras?.restarts ?? 0
  }

  /** Messages that it has handled. */
  get turns(): number {
    return this.#life.mailbox?.turns ?? 0
  }

  /** Whether a message may be handled now. */
  get canTurn(): boolean {
    return this.#life.state === State.running && (this.#life.busy === 0 || this.type.reentrant)
  }

  get extras(): Extras {
    this.#life.extras ??= new Extras()
    return this.#life.extras
  }

  /** Why it is gone, once it is. */
  get exit(): Exit {
    return this.#life.extras?.exit ?? { kind: 'stopped', path: this.path }
  }

  get family(): Family | null {
    return this.#life.extras?.family ?? null
  }

  get streamsIfAny(): StreamSources | null {
    return this.#life.extras?.streams ?? null
  }

  get streams(): StreamSources {
    const { extras } = this
    extras.streams ??= new StreamSources(this.#life.host, () => this.path)
    return extras.streams
  }

  /** Waits for its parent to begin it again: its thread was lost, and this is the cell on the successor. */
  takeOver(restarts: number): void {
    this.#life.state = State.restarting
    this.extras.restarts = restarts
  }

  /** Makes the instance and runs `onStart`. Throws, or rejects, with what the constructor or `onStart` threw. */
  begin(): Promise<void> | undefined {
    forgetSystem(this, this.#life)
    const started = this.#start()
    if (started === undefined) return this.#run()
    this.#life.busy++
    const { incarnation } = this
    return Promise.resolve(started).then(
      () => {
        this.turnEnded(incarnation)
        // An instance that failed while it started says nothing about the one that came after it.
        if (incarnation === this.incarnation) this.#run()
      },
      (error) => {
        if (incarnation === this.incarnation) this.#life.instance = null
        this.turnEnded(incarnation)
        throw error
      },
    )
  }

  #start(): void | Promise<void> {
    const { cell } = running
    running.cell = this
    try {
      const instance = construct(this.type.actorClass, this.#life.plan.args, this)
      this.#life.instance = instance
      if (instance.onStart === undefined) return
      return this.#life.host.meter.during(this, () =>
        inTurn({ cell: this, envelope: null, from: null }, () => instance.onStart?.()),
      )
    } catch (error) {
      this.#life.instance = null
      throw error
    } finally {
      running.cell = cell
    }
  }

  #run(): undefined {
    if (this.#life.state >= State.stopping) return
    this.#life.state = State.running
    if (!this.idle) this.#life.host.scheduler.ready(this)
  }

  /** To be called when a turn has to await something: should the actor end first, its asker is told. */
  awaits(envelope: Envelope): void {
    if (envelope.reply === null) return
    const { extras } = this
    extras.underWay ??= new Set()
    extras.underWay.add(envelope)
  }

  /** To be called when what `awaits` was called for has ended. */
  awaited(envelope: Envelope): void {
    this.#life.extras?.underWay?.delete(envelope)
  }

  /** To be called when a turn has to await something and holds up those behind it. */
  turnGoesOn(): void {
    this.#life.busy++
  }

  /** To be called when a turn ends that had to await something. */
  turnEnded(incarnation: number): void {
    if (incarnation !== this.incarnation) return
    this.#life.busy--
    if (this.#life.busy === 0) this.#life.extras?.idle?.()
    if (this.canTurn && !this.idle) this.#life.host.scheduler.ready(this)
  }

  /** Ends the instance because it failed, and leaves it to the supervisor what comes next. */
  fail(exit: Exit): void {
    if (this.#life.state >= State.restarting) return
    this.#life.busy = 0
    const left = this.suspend(exit)
    if (left === undefined) this.#life.parent.failed(this, exit)
    else void left.then(() => this.#life.parent.failed(this, exit))
  }

  /** Ends the instance; messages go on waiting for the next one. */
  suspend(exit: Exit): Promise<void> | undefined {
    if (this.#life.state >= State.stopping) return
    this.#life.state = State.restarting
    if (this.#endsAtOnce) {
      this.extras.restarts++
      this.#life.instance = null
      return
    }
    return endInstance(this, this.#life, exit, this.#life.plan.shutdownMs)
  }

  /** Ends the actor for good. Resolves when it is gone, at the latest after its shutdown time for each of its steps. */
  stop(exit: Exit, shutdownMs = this.#life.plan.shutdownMs): Promise<void> | undefined {
    if (this.#life.state === State.stopped) return
    if (this.#life.state === State.stopping) return this.extras.stopping ?? undefined
    this.#life.state = State.stopping
    if (this.#endsAtOnce) return this.finish(exit)
    this.extras.stopping = endInstance(this, this.#life, exit, shutdownMs).then(() => this.finish(exit))
    return this.extras.stopping
  }

  /** Whether the end of its instance needs nothing else to end before. */
  get #endsAtOnce(): boolean {
    return (
      this.#life.busy === 0 &&
      (this.#life.extras === null || !this.#life.extras.binds) &&
      this.#life.instance?.onStop === undefined
    )
  }

  /** The end: whoever waits for the actor or watches it is told. */
  finish(exit: Exit): undefined {
    if (this.#life.state === State.stopped) return
    const host = this.#life.host
    this.#life.state = State.stopped
    if (exit.kind !== 'stopped' || this.#life.extras !== null) this.extras.exit = exit
    this.#life.instance = null
    refuseAll(this, this.#life)
    this.#life.extras?.family?.finish(exit)
    host.leave(this)
    this.#life.extras?.tellWatchers(exit)
    host.events.exited(exit)
  }
}
