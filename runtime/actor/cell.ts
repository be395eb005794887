/**
 * What the runtime keeps of one actor: its state, its mailbox, its instance, and its life from start to
 * stop. The cell outlives restarts: references and waiting messages stay valid.
 *
 * A million actors are a million cells, and the garbage collector moves each of them twice before it stays
 * where it is. So a cell is also the reference to its actor and the record that its family keeps, and has
 * few fields. They are private because whoever has the reference would see them.
 *
 *   starting -> running -> (restarting -> running)* -> stopping -> stopped
 */
import type { Exit } from '../../protocols/exit.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { gone } from '../delivery/failures.ts'
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
import { Extras } from './extras.ts'
import { Ref } from './ref.ts'
import { State } from './state.ts'
import type { Overflow } from './types.ts'

export class Cell extends Ref implements Child {
  readonly serial: number
  readonly #host: Host
  readonly #plan: ChildPlan
  readonly #parent: Parent
  readonly #entry: number
  #instance: Actor | null = null
  #state: State = State.starting
  #busy = 0
  #nextReady: Cell | null = null
  #standing: Standing = 'starting'
  #previous: Child | null = null
  #next: Child | null = null
  #extras: Extras | null = null
  #mailbox: Mailbox | null = null

  /** @param key by what its parent calls it; its serial where it has no name and lives with its parent */
  constructor(host: Host, plan: ChildPlan, parent: Parent, key: ChildKey, serial: number) {
    super()
    this.serial = serial
    this.#host = host
    this.#plan = plan
    this.#parent = parent
    if (key !== serial) this.extras.key = key
    this.#entry = host.enter(this)
  }

  get host(): Host {
    return this.#host
  }

  get plan(): ChildPlan {
    return this.#plan
  }

  get parent(): Parent {
    return this.#parent
  }

  /** Its place in the directory that other threads can read. */
  get entry(): number {
    return this.#entry
  }

  /** Null while it has none: before its start, during a restart, and at its end. */
  get instance(): Actor | null {
    return this.#instance
  }

  get state(): State {
    return this.#state
  }

  /** Turns that have begun and not ended. */
  get busy(): number {
    return this.#busy
  }

  /** The actor behind it in the run queue, whose last leads to the first; null while it isn't queued. */
  get nextReady(): Cell | null {
    return this.#nextReady
  }

  set nextReady(cell: Cell | null) {
    this.#nextReady = cell
  }

  /** How it stands with its family, where that lives on this thread. */
  get standing(): Standing {
    return this.#standing
  }

  set standing(standing: Standing) {
    this.#standing = standing
  }

  get previous(): Child | null {
    return this.#previous
  }

  set previous(child: Child | null) {
    this.#previous = child
  }

  get next(): Child | null {
    return this.#next
  }

  set next(child: Child | null) {
    this.#next = child
  }

  get cell(): Cell {
    return this
  }

  get delivery(): Delivery {
    return this.#host.delivery
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
    return this.#extras === null ? this.serial : (this.#extras.key ?? this.serial)
  }

  get window(): RestartWindow | null {
    return this.#extras === null ? null : this.#extras.window
  }

  set window(window: RestartWindow | null) {
    this.extras.window = window
  }

  /** Made when the first message comes. */
  get mailbox(): Mailbox {
    return this.#mailbox ?? this.#openMailbox()
  }

  #openMailbox(): Mailbox {
    const { mailbox, type } = this.#plan
    this.#mailbox = new Mailbox(mailbox.size ?? type.mailbox.size ?? this.#host.limits.mailboxSize)
    return this.#mailbox
  }

  get overflow(): Overflow {
    return this.#plan.mailbox.overflow ?? this.type.mailbox.overflow ?? 'refuse'
  }

  /** Messages waiting. */
  get waiting(): number {
    return this.#mailbox === null ? 0 : this.#mailbox.length
  }

  /** Whether nothing waits to be handled. */
  get idle(): boolean {
    return this.#mailbox === null || this.#mailbox.empty
  }

  /** Lets other threads address it; to be called before its reference leaves this one. */
  export(): void {
    const { extras } = this
    if (extras.exported || this.#state === State.stopped) return
    extras.exported = true
    this.#host.export(this)
  }

  get type(): ActorType {
    return this.#plan.type
  }

  get thread(): number {
    return this.#host.thread
  }

  get path(): string {
    const { extras } = this
    extras.path ??= this.#parent.childPath(this.key)
    return extras.path
  }

  /** Restarts so far; a turn that began under another number says nothing about the present instance. */
  get incarnation(): number {
    return this.#extras === null ? 0 : this.#extras.restarts
  }

  /** Messages that it has handled. */
  get turns(): number {
    return this.#mailbox === null ? 0 : this.#mailbox.turns
  }

  /** Whether a message may be handled now. */
  get canTurn(): boolean {
    return this.#state === State.running && (this.#busy === 0 || this.type.reentrant)
  }

  get extras(): Extras {
    this.#extras ??= new Extras()
    return this.#extras
  }

  /** Why it is gone, once it is. */
  get exit(): Exit {
    return this.#extras?.exit ?? { kind: 'stopped', path: this.path }
  }

  get family(): Family | null {
    return this.#extras === null ? null : this.#extras.family
  }

  get streamsIfAny(): StreamSources | null {
    return this.#extras === null ? null : this.#extras.streams
  }

  get streams(): StreamSources {
    const { extras } = this
    extras.streams ??= new StreamSources(this.#host, () => this.path)
    return extras.streams
  }

  /** Waits for its parent to begin it again: its thread was lost, and this is the cell on the successor. */
  takeOver(restarts: number): void {
    this.#state = State.restarting
    this.extras.restarts = restarts
  }

  /** Makes the instance and runs `onStart`. Throws, or rejects, with what the constructor or `onStart` threw. */
  begin(): Promise<void> | undefined {
    this.#forgetSystem()
    const started = this.#start()
    if (started === undefined) return this.#run()
    this.#busy++
    const { incarnation } = this
    return Promise.resolve(started).then(
      () => {
        this.turnEnded(incarnation)
        // An instance that failed while it started says nothing about the one that came after it.
        if (incarnation === this.incarnation) this.#run()
      },
      (error) => {
        if (incarnation === this.incarnation) this.#instance = null
        this.turnEnded(incarnation)
        throw error
      },
    )
  }

  /** What the runtime sent to the instance before is nothing to the next; readers of its streams are told. */
  #forgetSystem(): void {
    if (this.#mailbox === null) return
    for (const { reply, handler } of this.#mailbox.drainSystem()) reply?.reject(gone(this.path, handler.name))
  }

  #start(): void | Promise<void> {
    const { cell } = running
    running.cell = this
    try {
      const instance = construct(this.type.actorClass, this.#plan.args, this)
      this.#instance = instance
      if (instance.onStart === undefined) return
      return this.#host.meter.during(this, () =>
        inTurn({ cell: this, envelope: null, from: null }, () => instance.onStart?.()),
      )
    } catch (error) {
      this.#instance = null
      throw error
    } finally {
      running.cell = cell
    }
  }

  #run(): undefined {
    if (this.#state >= State.stopping) return
    this.#state = State.running
    if (!this.idle) this.#host.scheduler.ready(this)
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
    this.#extras?.underWay?.delete(envelope)
  }

  /** To be called when a turn has to await something and holds up those behind it. */
  turnGoesOn(): void {
    this.#busy++
  }

  /** To be called when a turn ends that had to await something. */
  turnEnded(incarnation: number): void {
    if (incarnation !== this.incarnation) return
    this.#busy--
    if (this.#busy === 0) this.#extras?.idle?.()
    if (this.canTurn && !this.idle) this.#host.scheduler.ready(this)
  }

  /** Ends the instance because it failed, and leaves it to the supervisor what comes next. */
  fail(exit: Exit): void {
    if (this.#state >= State.restarting) return
    this.#busy = 0
    const left = this.suspend(exit)
    if (left === undefined) this.#parent.failed(this, exit)
    else void left.then(() => this.#parent.failed(this, exit))
  }

  /** Ends the instance; messages go on waiting for the next one. */
  suspend(exit: Exit): Promise<void> | undefined {
    if (this.#state >= State.stopping) return
    this.#state = State.restarting
    if (this.#endsAtOnce) {
      this.extras.restarts++
      this.#instance = null
      return
    }
    return this.#leave(exit, this.#plan.shutdownMs)
  }

  /** Ends the actor for good. Resolves when it is gone, at the latest after its shutdown time for each of its steps. */
  stop(exit: Exit, shutdownMs = this.#plan.shutdownMs): Promise<void> | undefined {
    if (this.#state === State.stopped) return
    if (this.#state === State.stopping) return this.extras.stopping ?? undefined
    this.#state = State.stopping
    if (this.#endsAtOnce) return this.finish(exit)
    this.extras.stopping = this.#leave(exit, shutdownMs).then(() => this.finish(exit))
    return this.extras.stopping
  }

  /** Whether the end of its instance needs nothing else to end before. */
  get #endsAtOnce(): boolean {
    return (
      this.#busy === 0 &&
      (this.#extras === null || !this.#extras.binds) &&
      this.#instance?.onStop === undefined
    )
  }

  async #leave(exit: Exit, shutdownMs: number): Promise<void> {
    const { extras } = this
    if (this.#busy > 0) await this.#untilIdle(shutdownMs)
    this.extras.restarts++
    this.#busy = 0
    extras.endLeases()
    this.#host.partners.left(this, exit)
    extras.streams?.closeAll()
    if (extras.family !== null) await extras.family.leave(exit, this.#state === State.restarting)
    await this.#runOnStop(exit, shutdownMs)
    this.#instance = null
  }

  #untilIdle(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { extras } = this
      const cancel = this.#host.clock.after(ms, () => done())
      const done = () => {
        cancel()
        extras.idle = null
        resolve()
      }
      extras.idle = done
    })
  }

  async #runOnStop(exit: Exit, ms: number): Promise<void> {
    const instance = this.#instance
    if (instance?.onStop === undefined) return
    try {
      const stopped = inTurn({ cell: this, envelope: null, from: null }, () => instance.onStop?.(exit))
      if (stopped !== undefined) await this.#host.within(ms, stopped, `onStop of ${this.path}`)
    } catch (error) {
      this.#host.log.warn(
        { actor: this.path, err: toError(error) },
        'onStop failed; the actor is ended all the same',
      )
    }
  }

  /** The end: whoever waits for the actor or watches it is told. */
  finish(exit: Exit): undefined {
    if (this.#state === State.stopped) return
    const host = this.#host
    this.#state = State.stopped
    if (exit.kind !== 'stopped' || this.#extras !== null) this.extras.exit = exit
    this.#instance = null
    this.#refuseAll()
    this.#extras?.family?.finish(exit)
    host.leave(this)
    this.#extras?.tellWatchers(exit)
    host.events.exited(exit)
  }

  /** Whoever waits for the outcome of a message gets none. */
  #refuseAll(): void {
    this.#forgetSystem()
    const host = this.#host
    if (this.#mailbox !== null)
      for (const envelope of this.#mailbox.drain())
        host.delivery.refuse(this.path, envelope, 'gone', gone(this.path, envelope.handler.name))
    this.#mailbox = null
    if (this.#extras === null) return
    for (const { reply, handler } of this.#extras.underWay ?? [])
      reply?.reject(gone(this.path, handler.name, true))
    this.#extras.underWay = null
  }
}
