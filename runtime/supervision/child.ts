/**
 * What a supervisor keeps of one child, and how it reaches it on its own thread or on another.
 */
import type { Exit } from '../../protocols/exit.ts'
import type { RestartWindow } from '../../protocols/restart/intensity.ts'
import type { Restart } from '../../protocols/restart/spec.ts'
import type { ChildKey } from '../../protocols/restart/strategy.ts'
import type { ActorType } from '../actor/actor-type.ts'
import type { Birth, Cell } from '../actor/cell.ts'
import type { Ref } from '../actor/ref.ts'
import type { MailboxOptions } from '../actor/types.ts'
import type { Host } from '../threads/host.ts'
import type { Family } from './family.ts'

/** What a child is made from. */
export interface ChildPlan extends Birth {
  /** Undefined: restarted when it fails, gone when it stops itself. */
  readonly restart: Restart | undefined
  readonly pool: string | undefined
  readonly thread: number | undefined
}

/** A plan as it travels to another thread. */
export interface BirthMessage {
  readonly type: string
  readonly args: readonly unknown[]
  readonly mailbox: MailboxOptions
  readonly shutdownMs: number
  readonly parent: { thread: number; serial: number }
  readonly key: ChildKey
  readonly path: string
  /** Given where its thread was lost: the actor keeps its address. */
  readonly serial: number | undefined
  readonly restarts: number
}

const NEVER = Number.POSITIVE_INFINITY

export type ChildState = 'starting' | 'running' | 'down' | 'stopping'

export class Child {
  readonly key: ChildKey
  readonly plan: ChildPlan
  readonly thread: number
  state: ChildState = 'starting'
  /** Where it lives on this thread. */
  cell: Cell | null = null
  window: RestartWindow | null = null
  /** Where it lives on another thread. */
  #farRef: Ref | null = null
  #beginning: Promise<void> | undefined
  readonly #family: Family

  constructor(family: Family, key: ChildKey, plan: ChildPlan, thread: number) {
    this.#family = family
    this.key = key
    this.plan = plan
    this.thread = thread
  }

  /** Null until it has started for the first time. */
  get ref(): Ref | null {
    return this.cell === null ? this.#farRef : this.cell.ref
  }

  get path(): string {
    return this.#family.childPath(this.key)
  }

  get #host(): Host {
    return this.#family.host
  }

  get type(): ActorType {
    return this.plan.type
  }

  /** Makes the actor, or a new instance of it where it exists. */
  begin(): Promise<void> | undefined {
    if (this.thread !== this.#host.thread) {
      this.#beginning = this.ref === null ? this.#beginRemotely() : this.#beginAgain(this.ref)
      return this.#beginning
    }
    this.cell ??= this.#host.create(this.plan, this.#family, this.key, undefined)
    return this.cell.begin()
  }

  async #beginRemotely(): Promise<void> {
    const { control, farFamilies } = this.#host
    this.#family.owner.export()
    farFamilies.add(this.#family)
    const serial = (await control.call(this.thread, 'begin', this.#birth(), NEVER)) as number
    this.#farRef = this.#host.makeFarRef(this.thread, serial, this.type, this.path)
  }

  /** The thread has the actor already and only lacks an instance of it. */
  async #beginAgain({ serial }: Ref): Promise<void> {
    await this.#host.control.call(this.thread, 'begin-again', serial, NEVER)
  }

  /** Its thread is lost: the successor takes the actor over, to keep what comes for it until it begins again. */
  lost(): void {
    if (this.ref !== null) this.#host.links.notice(this.thread, 'take-over', this.#birth())
  }

  #birth(): BirthMessage {
    const { args, mailbox, shutdownMs } = this.plan
    const { key, path, type } = this
    const { thread, serial } = this.#family.owner
    return {
      ...{ type: type.name, args, mailbox, shutdownMs, key, path },
      parent: { thread, serial },
      serial: this.ref?.serial,
      restarts: (this.window?.total ?? 0) + (this.state === 'running' ? 1 : 0),
    }
  }

  /** Ends the instance but keeps the actor and what waits for it. */
  suspend(exit: Exit): Promise<void> | undefined {
    if (this.thread === this.#host.thread) return this.cell?.suspend(exit)
    return this.#command('suspend', exit)
  }

  stop(exit: Exit): Promise<void> | undefined {
    if (this.thread === this.#host.thread) return this.cell?.stop(exit)
    return this.#command('stop', exit)
  }

  /** Ends an actor whose instance is gone already. */
  finish(exit: Exit): void {
    if (this.cell !== null) this.cell.finish(exit)
    else if (this.ref !== null)
      this.#host.links.notice(this.thread, 'finish', { serial: this.ref.serial, path: this.path, exit })
  }

  /** A thread that is lost meanwhile has ended the instance as well. */
  async #command(verb: 'suspend' | 'stop', exit: Exit): Promise<void> {
    // One whose first start is under way has no address yet.
    if (this.ref === null) await this.#beginning?.catch(() => undefined)
    if (this.ref === null) return
    const { serial } = this.ref
    const patience = this.plan.shutdownMs * 3 + this.#host.limits.controlMs
    try {
      await this.#host.control.call(this.thread, verb, { serial, exit }, patience)
    } catch (error) {
      this.#host.log.warn(
        { actor: this.path, err: error },
        `the thread of the actor did not confirm "${verb}"`,
      )
    }
  }
}
