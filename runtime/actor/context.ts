/**
 * What an actor is given as `this.context`.
 */
import { pathToFileURL } from 'node:url'
import type { Exit } from '../../protocols/exit.ts'
import { checkNumber } from '../../protocols/limits.ts'
import { Envelope } from '../mailbox/envelope.ts'
import { ambientTurnOf } from './ambient.ts'
import type { Cell } from './cell.ts'
import { deferIn } from './defer.ts'
import { TIMER, WATCH } from './internal-handlers.ts'
import type { Ref } from './ref.ts'
import { LOCALS } from './thread-local.ts'
import type {
  ActorClass,
  ActorRef,
  Context,
  Logger,
  OffloadOptions,
  RefOf,
  SpawnOptions,
  Timers,
} from './types.ts'

// biome-ignore lint/suspicious/noExplicitAny: one class serves all actors; Actor gives the context its type.
export class ActorContext implements Context<any> {
  readonly #cell: Cell
  #log: Logger | undefined
  #timers: Timers | undefined

  private constructor(cell: Cell) {
    this.#cell = cell
  }

  static of(cell: Cell): ActorContext {
    const { extras } = cell
    extras.context ??= new ActorContext(cell)
    return extras.context as ActorContext
  }

  get self(): ActorRef {
    return this.#cell.ref as ActorRef
  }

  get thread(): number {
    return this.#cell.thread
  }

  get [LOCALS](): Map<object, unknown> {
    return this.#cell.host.locals
  }

  get log(): Logger {
    this.#log ??= this.#cell.host.log.child({ actor: this.#cell.path })
    return this.#log
  }

  get sender(): ActorRef | undefined {
    const from = ambientTurnOf(this.#cell)?.from ?? null
    if (from === null) return undefined
    return ('ref' in from ? from.ref : this.#cell.host.refFromWire(from)) as ActorRef
  }

  get deadline(): number {
    return ambientTurnOf(this.#cell)?.envelope?.header?.deadline ?? Number.POSITIVE_INFINITY
  }

  get timers(): Timers {
    this.#timers ??= {
      after: (ms, run) => this.#after(ms, run),
      every: (ms, run) => this.#every(ms, run),
    }
    return this.#timers
  }

  now(): number {
    return this.#cell.host.clock.now()
  }

  wall(): number {
    return this.#cell.host.clock.wall()
  }

  random(): number {
    return this.#cell.host.clock.random()
  }

  spawn<C extends ActorClass>(type: C, options?: SpawnOptions<C>): Promise<RefOf<C>> {
    return this.#cell.host.spawn(this.#cell, type, options as SpawnOptions | undefined) as Promise<RefOf<C>>
  }

  lookup(path: string): Promise<ActorRef | undefined> {
    return this.#cell.host.lookup(path)
  }

  stop(ref: ActorRef): Promise<void> {
    return this.#cell.host.stopActor(ref as unknown as Ref, this.#cell)
  }

  publish(topic: string, message: unknown): void {
    this.#cell.host.topics.publish(topic, message)
  }

  defer(run: () => void): () => void {
    const { host, path, extras } = this.#cell
    return deferIn(extras.leases, run, (error) =>
      host.log.error({ actor: path, err: error }, 'what was deferred to the end of the actor failed'),
    )
  }

  link(ref: ActorRef): void {
    this.#cell.host.partners.link(this.#cell, ref as unknown as Ref)
  }

  watch(ref: ActorRef, listener: (exit: Exit) => void): () => void {
    const cell = this.#cell
    const { leases } = cell.extras
    const end = () => {
      leases.delete(end)
      unwatch()
    }
    const unwatch = cell.host.watches.watch(ref as unknown as Ref, (exit) => {
      leases.delete(end)
      cell.host.runAsTurn(cell, new Envelope(WATCH, [() => listener(exit)], null, null, null))
    })
    leases.add(end)
    return end
  }

  subscribe<M>(topic: string, listener: (message: M) => void | Promise<void>): () => void {
    return this.#cell.host.topics.subscribe(this.#cell, topic, listener as (message: unknown) => unknown)
  }

  sleep(ms: number): Promise<void> {
    checkNumber('the time given to sleep()', ms, 0)
    return new Promise((resolve) => void this.#cell.host.clock.after(ms, resolve))
  }

  offload<T>(module: string | URL, fn: string, args: unknown[], options: OffloadOptions = {}): Promise<T> {
    const url = module instanceof URL ? module.href : toUrl(module)
    return this.#cell.host.offload.run(url, fn, args, options) as Promise<T>
  }

  #after(ms: number, run: () => void | Promise<void>): () => void {
    checkNumber('the time given to timers.after()', ms, 0)
    const { leases } = this.#cell.extras
    const end = () => {
      leases.delete(end)
      cancel()
    }
    const cancel = this.#cell.host.clock.after(ms, () => {
      leases.delete(end)
      this.#turn(run)
    })
    leases.add(end)
    return end
  }

  /** A tick that finds the one before it still waiting or running is left out. */
  #every(ms: number, run: () => void | Promise<void>): () => void {
    checkNumber('the period given to timers.every()', ms, 1)
    const { clock } = this.#cell.host
    const { leases } = this.#cell.extras
    let cancel: () => void
    let waiting = false
    let next = clock.now() + ms
    const arm = () => {
      cancel = clock.after(next - clock.now(), tick)
    }
    const tick = () => {
      next = Math.max(next + ms, clock.now())
      arm()
      if (waiting) return
      waiting = true
      this.#turn(async () => {
        try {
          await run()
        } finally {
          waiting = false
        }
      })
    }
    const end = () => {
      leases.delete(end)
      cancel()
    }
    leases.add(end)
    arm()
    return end
  }

  #turn(run: () => unknown): void {
    this.#cell.host.runAsTurn(this.#cell, new Envelope(TIMER, [run], null, null, null))
  }
}

function toUrl(module: string): string {
  return /^[a-z]+:/i.test(module) ? module : pathToFileURL(module).href
}
