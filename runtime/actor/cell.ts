/**
 * What the runtime keeps of one actor: its state, its mailbox, its instance, and its life from start to
 * stop. The cell outlives restarts: references and waiting messages stay valid.
 *
 *   starting -> running -> (restarting -> running)* -> stopping -> stopped
 */
import type { Exit } from '../../protocols/exit.ts'
import { toError } from '../../protocols/payload/wire-error.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import { gone } from '../delivery/failures.ts'
import { StreamSources } from '../delivery/stream-sources.ts'
import type { Envelope } from '../mailbox/envelope.ts'
import { Mailbox } from '../mailbox/mailbox.ts'
import type { Family } from '../supervision/family.ts'
import type { Parent } from '../supervision/parent.ts'
import type { Host } from '../threads/host.ts'
import type { Actor } from './actor.ts'
import type { ActorType } from './actor-type.ts'
import { inTurn, running } from './ambient.ts'
import { construct } from './bond.ts'
import type { Ref } from './ref.ts'
import { State } from './state.ts'
import type { MailboxOptions, Overflow } from './types.ts'

/** What an actor is made from, at its start and at each restart. */
export interface Birth {
  readonly type: ActorType
  readonly args: readonly unknown[]
  readonly mailbox: MailboxOptions
  readonly shutdownMs: number
}

/** What only some actors need. */
class Extras {
  family: Family | null = null
  streams: StreamSources | null = null
  context: unknown = null
  /** Ends what belongs to the present instance: timers, watches, subscriptions. */
  readonly leases = new Set<() => void>()
  /** Called once when the actor is gone for good. */
  readonly watchers = new Set<(exit: Exit) => void>()
  stopping: Promise<void> | null = null
  /** Why it is gone, once it is. */
  exit: Exit | null = null
  idle: (() => void) | null = null
}

export class Cell {
  readonly host: Host
  readonly birth: Birth
  readonly parent: Parent
  readonly key: ChildKey
  readonly serial: number
  readonly ref: Ref
  /** Its place in the directory that other threads can read. */
  readonly entry: number
  instance: Actor | null = null
  state: State = State.starting
  /** Turns that have begun and not ended. */
  busy = 0
  /** Restarts so far; a turn that began under another number says nothing about the present instance. */
  incarnation = 0
  turns = 0
  queued = false
  nextReady: Cell | null = null
  #exported = false
  #extras: Extras | null = null
  #mailbox: Mailbox | null = null
  /** Calls whose handlers have begun and not ended. */
  #underWay: Set<Envelope> | null = null
  #path: string | null = null

  constructor(host: Host, birth: Birth, parent: Parent, key: ChildKey, serial: number) {
    this.host = host
    this.birth = birth
    this.parent = parent
    this.key = key
    this.serial = serial
    this.ref = host.makeRef(this)
    this.entry = host.enter(this)
  }

  /** Made when the first message comes. */
  get mailbox(): Mailbox {
    return this.#mailbox ?? this.#openMailbox()
  }

  #openMailbox(): Mailbox {
    const { birth, type, host } = this
    this.#mailbox = new Mailbox(birth.mailbox.size ?? type.mailbox.size ?? host.limits.mailboxSize)
    return this.#mailbox
  }

  get overflow(): Overflow {
    return this.birth.mailbox.overflow ?? this.type.mailbox.overflow ?? 'refuse'
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
    if (this.#exported || this.state === State.stopped) return
    this.#exported = true
    this.host.export(this)
  }

  get type(): ActorType {
    return this.birth.type
  }

  get thread(): number {
    return this.host.thread
  }

  get path(): string {
    this.#path ??= this.parent.childPath(this.key)
    return this.#path
  }

  /** Times that its instance was replaced. */
  get restarts(): number {
    return this.incarnation
  }

  /** Whether a message may be handled now. */
  get canTurn(): boolean {
    return this.state === State.running && (this.busy === 0 || this.type.reentrant)
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
    extras.streams ??= new StreamSources(this.host, () => this.path)
    return extras.streams
  }

  /** Makes the instance and runs `onStart`. Throws, or rejects, with what the constructor or `onStart` threw. */
  begin(): Promise<void> | undefined {
    this.#forgetSystem()
    const started = this.#start()
    if (started === undefined) return this.#run()
    this.busy++
    const { incarnation } = this
    return Promise.resolve(started).then(
      () => {
        this.turnEnded(incarnation)
        // An instance that failed while it started says nothing about the one that came after it.
        if (incarnation === this.incarnation) this.#run()
      },
      (error) => {
        if (incarnation === this.incarnation) this.instance = null
        this.turnEnded(incarnation)
        throw error
      },
    )
  }

  /** What the runtime sent to the instance before is nothing to the next; readers of its streams are told. */
  #forgetSystem(): void {
    for (const { reply, handler } of this.#mailbox?.drainSystem() ?? [])
      reply?.reject(gone(this.path, handler.name))
  }

  #start(): void | Promise<void> {
    const { cell } = running
    running.cell = this
    try {
      const instance = construct(this.type.actorClass, this.birth.args, this)
      this.instance = instance
      if (instance.onStart === undefined) return
      return this.host.meter.during(this, () =>
        inTurn({ cell: this, envelope: null, from: null }, () => instance.onStart?.()),
      )
    } catch (error) {
      this.instance = null
      throw error
    } finally {
      running.cell = cell
    }
  }

  #run(): undefined {
    if (this.state >= State.stopping) return
    this.state = State.running
    if (!this.idle) this.host.scheduler.ready(this)
  }

  /** To be called when a turn has to await something: should the actor end first, its asker is told. */
  awaits(envelope: Envelope): void {
    if (envelope.reply === null) return
    this.#underWay ??= new Set()
    this.#underWay.add(envelope)
  }

  /** To be called when what `awaits` was called for has ended. */
  awaited(envelope: Envelope): void {
    this.#underWay?.delete(envelope)
  }

  /** To be called when a turn ends that had to await something. */
  turnEnded(incarnation: number): void {
    if (incarnation !== this.incarnation) return
    this.busy--
    if (this.busy === 0) this.#extras?.idle?.()
    if (this.canTurn && !this.idle) this.host.scheduler.ready(this)
  }

  /** Ends the instance because it failed, and leaves it to the supervisor what comes next. */
  fail(exit: Exit): void {
    if (this.state >= State.restarting) return
    this.busy = 0
    const left = this.suspend(exit)
    if (left === undefined) this.parent.failed(this, exit)
    else void left.then(() => this.parent.failed(this, exit))
  }

  /** Ends the instance; messages go on waiting for the next one. */
  suspend(exit: Exit): Promise<void> | undefined {
    if (this.state >= State.stopping) return
    this.state = State.restarting
    if (this.busy === 0 && this.#extras === null && this.instance?.onStop === undefined) {
      this.incarnation++
      this.instance = null
      return
    }
    return this.#leave(exit, this.birth.shutdownMs)
  }

  /** Ends the actor for good. Resolves when it is gone, at the latest after its shutdown time for each of its steps. */
  stop(exit: Exit, shutdownMs = this.birth.shutdownMs): Promise<void> | undefined {
    if (this.state === State.stopped) return
    if (this.state === State.stopping) return this.extras.stopping ?? undefined
    this.state = State.stopping
    if (this.busy === 0 && this.#extras === null && this.instance?.onStop === undefined)
      return this.finish(exit)
    this.extras.stopping = this.#leave(exit, shutdownMs).then(() => this.finish(exit))
    return this.extras.stopping
  }

  async #leave(exit: Exit, shutdownMs: number): Promise<void> {
    const { extras } = this
    if (this.busy > 0) await this.#untilIdle(shutdownMs)
    this.incarnation++
    this.busy = 0
    for (const end of [...extras.leases]) end()
    extras.leases.clear()
    this.host.partners.left(this, exit)
    extras.streams?.closeAll()
    if (extras.family !== null) await extras.family.leave(exit, this.state === State.restarting)
    await this.#runOnStop(exit, shutdownMs)
    this.instance = null
  }

  #untilIdle(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { extras } = this
      const cancel = this.host.clock.after(ms, () => done())
      const done = () => {
        cancel()
        extras.idle = null
        resolve()
      }
      extras.idle = done
    })
  }

  async #runOnStop(exit: Exit, ms: number): Promise<void> {
    const { instance } = this
    if (instance?.onStop === undefined) return
    try {
      const stopped = inTurn({ cell: this, envelope: null, from: null }, () => instance.onStop?.(exit))
      if (stopped !== undefined) await this.host.within(ms, stopped, `onStop of ${this.path}`)
    } catch (error) {
      this.host.log.warn(
        { actor: this.path, err: toError(error) },
        'onStop failed; the actor is ended all the same',
      )
    }
  }

  /** The end: whoever waits for the actor or watches it is told. */
  finish(exit: Exit): undefined {
    if (this.state === State.stopped) return
    const { host } = this
    this.state = State.stopped
    if (exit.kind !== 'stopped' || this.#extras !== null) this.extras.exit = exit
    this.instance = null
    this.#forgetSystem()
    for (const envelope of this.#mailbox?.drain() ?? [])
      host.delivery.refuse(this.path, envelope, 'gone', gone(this.path, envelope.handler.name))
    this.#mailbox = null
    for (const { reply, handler } of this.#underWay ?? []) reply?.reject(gone(this.path, handler.name, true))
    this.#underWay = null
    this.#extras?.family?.finish(exit)
    host.leave(this)
    for (const watcher of this.#extras?.watchers ?? []) watcher(exit)
    host.events.exited(exit)
  }
}
